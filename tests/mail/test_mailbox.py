"""Reading a real mailbox: numbers, octets, marks, and what can go wrong with a server."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from matchmaker.mail.incoming import LARGEST
from matchmaker.mail.mailbox import LoginRefused, MailboxError, open_mailbox
from matchmaker.mail.mailbox_settings import ImapSettings
from tests.support import dovecot
from tests.support.dovecot import Dovecot

MAIL = b"From: a@x.example\r\nSubject: one\r\n\r\nHello\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot.running() as running:
        yield running


@pytest.fixture
def folder(server: Dovecot) -> str:
    server.make("Antworten")
    return server.url("Antworten")


def settings(url: str) -> ImapSettings:
    return ImapSettings.from_url(url)


@pytest.mark.clients
def test_mails_are_read_and_stay_unread(server: Dovecot, folder: str) -> None:
    when = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    server.deliver(MAIL, MAIL.replace(b"one", b"two"), name="Antworten", at=when)
    with open_mailbox(settings(folder)) as box:
        first, second = box.after(0)
        fetched = box.fetch(second)
        assert fetched is not None
        assert (fetched.raw, fetched.whole) == (MAIL.replace(b"one", b"two"), True)
        assert fetched.received_at == when
        assert box.after(first) == [second]
        assert box.after(second) == []
        assert box.fetch(second + 1) is None
    assert [flags for flags in server.flags("Antworten").values() if "Seen" in flags] == []


@pytest.mark.clients
def test_marks_are_set_and_seen(server: Dovecot, folder: str) -> None:
    server.deliver(*[MAIL] * 3, name="Antworten")
    with open_mailbox(settings(folder)) as box:
        first, second, third = box.after(0)
        box.mark_read([first, third])
        assert box.read_ones([first, second, third]) == {first, third}
        assert box.unread() == {second}
        assert box.read_ones([]) == set()
        box.mark_read([])


@pytest.mark.clients
def test_of_a_large_mail_only_the_head_is_fetched(server: Dovecot, folder: str) -> None:
    server.deliver(MAIL + b"x\r\n" * (LARGEST // 3), name="Antworten")
    with open_mailbox(settings(folder)) as box:
        (uid,) = box.after(0)
        fetched = box.fetch(uid)
    assert fetched is not None
    assert not fetched.whole
    assert fetched.raw.rstrip() == MAIL.partition(b"\r\n\r\n")[0]


@pytest.mark.clients
def test_new_folder_of_the_same_name_has_another_validity(server: Dovecot, folder: str) -> None:
    with open_mailbox(settings(folder)) as box:
        before = box.uidvalidity
    server.make("Antworten")
    with open_mailbox(settings(folder)) as box:
        assert box.uidvalidity != before


@pytest.mark.clients
def test_refusals_are_told_without_the_password(server: Dovecot) -> None:
    with (
        pytest.raises(LoginRefused) as refused,
        open_mailbox(settings(server.url(password="wr0ng"))),
    ):
        pass
    assert "wr0ng" not in str(refused.value)
    with pytest.raises(MailboxError), open_mailbox(settings(server.url("Nirgends"))):
        pass
    with pytest.raises(LoginRefused), open_mailbox(settings(server.url(password="%C3%BC%22"))):
        pass


def test_nobody_listening_is_a_mailbox_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"imap://a:b@127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(MailboxError), open_mailbox(settings(url)):
            pass


def test_silent_server_is_given_up() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"imap://a:b@127.0.0.1:{silent.getsockname()[1]}?connect_timeout=0.2"
        with pytest.raises(MailboxError, match="timed out"), open_mailbox(settings(url)):
            pass
