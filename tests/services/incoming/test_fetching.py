"""A real mailbox read again and again: once each, whatever happens in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.mail.mailbox import Mailbox, MailboxError
from matchmaker.models import IncomingMail, MailboxState
from matchmaker.models.states import IncomingKind, IncomingState
from matchmaker.services.desk import Desk
from matchmaker.services.incoming import fetching, taking
from matchmaker.services.incoming.fetching import Report
from tests.services.incoming.arriving import mail
from tests.services.incoming.mailboxes import APPLIED, FOR_A_PERSON, LETTER, Post
from tests.support import dovecot
from tests.support.dovecot import Dovecot

pytestmark = pytest.mark.clients


class Killed(BaseException):
    """As if the process had ended there."""


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot.running() as running:
        yield running


@pytest.fixture
def post(server: Dovecot, factory: sessionmaker[Session], settings: Settings, desk: Desk) -> Post:
    return Post(server, factory, settings, desk)


def test_answers_are_applied_and_marked_and_letters_stay_unread(post: Post) -> None:
    post.deliver(LETTER, post.answer)
    report = post.run()
    assert (report.fetched, report.applied, report.review, report.failure) == (2, 1, 1, "")
    assert post.rows() == [FOR_A_PERSON, APPLIED]
    assert post.state() == "accepted"
    assert post.seen() == [False, True]


def test_reading_again_does_nothing(post: Post) -> None:
    post.deliver(post.answer)
    post.run()
    for _ in range(3):
        assert post.run() == Report()
    assert (post.rows(), post.answers()) == ([APPLIED], 1)


def test_later_mails_are_read_by_the_next_run(post: Post) -> None:
    post.deliver(post.answer)
    post.run()
    post.deliver(post.refusal)
    assert post.run().fetched == 1
    assert (post.state(), post.answers()) == ("declined", 2)


def test_mailbox_that_has_numbered_itself_anew_is_read_anew(post: Post) -> None:
    post.deliver(LETTER, post.answer)
    post.run()
    post.server.make("Antworten")
    post.deliver(post.refusal, post.answer, LETTER)
    report = post.run()
    assert (report.fetched, report.applied) == (3, 1)
    assert (post.state(), post.answers(), len(post.rows())) == ("declined", 2, 3)
    assert post.seen() == [True, True, False]


def test_mail_delivered_twice_counts_once(post: Post) -> None:
    post.deliver(post.answer, b"Received: from b\r\n" + post.answer)
    post.run()
    assert (post.rows(), post.answers()) == ([APPLIED], 1)
    assert post.seen() == [True, True]


@pytest.mark.parametrize("place", ["keep", "take", "give away", "mark_read", "release"])
def test_killed_run_loses_and_doubles_nothing(
    post: Post, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def kill(*_: object, **__: object) -> None:
        raise Killed

    post.deliver(LETTER, post.answer)
    with monkeypatch.context() as patch:
        if place in {"keep", "take"}:
            patch.setattr(taking, place, kill)
        elif place == "give away":
            patch.setattr(taking, "record_response", kill)
        elif place == "mark_read":
            patch.setattr(Mailbox, "mark_read", kill)
        else:
            patch.setattr(fetching._Run, "release", kill)
        with suppress(Killed):
            post.run()
    post.run()
    assert (post.rows(), post.answers()) == ([FOR_A_PERSON, APPLIED], 1)
    assert (post.state(), post.seen()) == ("accepted", [False, True])


def test_run_that_holds_the_mailbox_keeps_others_out(post: Post) -> None:
    with post.factory.begin() as session:
        session.add(
            MailboxState(
                name=fetching.ImapSettings.from_url(post.settings.imap_url or "").name,
                last_uid=0,
                failure="",
                lease_owner="other",
                lease_until=post.now + timedelta(minutes=25),
            )
        )
    post.deliver(post.answer)
    assert post.run().skipped
    assert post.state() == "open"
    assert post.run().applied == 1


def test_mail_that_takes_the_reader_down_is_given_up(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of ours")

    post.deliver(post.answer)
    with monkeypatch.context() as patch:
        patch.setattr(taking, "read_mail", fail)
        for _ in range(taking.MOST_TRIES + 1):
            post.run()
    assert post.rows() == [(IncomingKind.UNREADABLE, IncomingState.REVIEW)]
    post.deliver(post.refusal)
    post.run()
    assert post.state() == "declined"


def test_mark_is_made_up_for_after_a_long_outage(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MailboxError("the connection is broken")

    post.deliver(LETTER, post.answer)
    with monkeypatch.context() as patch:
        patch.setattr(Mailbox, "mark_read", fail)
        assert post.run().failure
    assert (post.state(), post.seen()) == ("accepted", [False, False])
    post.now += timedelta(days=3)
    post.run()
    assert post.seen() == [False, True]


@pytest.mark.parametrize("is_read", [True, False])
def test_letter_moved_away_leaves_the_list(post: Post, is_read: bool) -> None:
    post.deliver(LETTER, LETTER.replace(b"<1@x>", b"<2@x>"))
    post.run()
    if is_read:
        post.server.mark(1, name="Antworten")
    post.server.remove(1, name="Antworten")
    post.run()
    assert post.rows() == [(IncomingKind.HUMAN, IncomingState.DECIDED), FOR_A_PERSON]
    with post.factory() as session:
        decisions = select(IncomingMail.decision).order_by(IncomingMail.id)
        assert session.scalars(decisions).all() == ["gone_there", ""]


def test_letters_wait_while_the_mailbox_numbers_itself_anew(post: Post) -> None:
    post.deliver(LETTER)
    post.run()
    post.server.make("Antworten")
    post.run()
    assert post.rows() == [FOR_A_PERSON]


def test_run_that_has_lost_the_mailbox_ends(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was slower than its lease; what it leaves is done by whoever has the mailbox now."""
    take = taking.take

    def slow(session: Session, desk: Desk, row: IncomingMail, **how: str) -> None:
        take(session, desk, row, **how)
        session.scalars(select(MailboxState)).one().lease_owner = "other"

    post.deliver(LETTER, post.answer)
    with monkeypatch.context() as patch:
        patch.setattr(taking, "take", slow)
        report = post.run()
    assert (report.fetched, report.skipped) == (1, "somebody else is reading the mailbox")
    with post.factory() as session:
        assert session.scalars(select(MailboxState.lease_owner)).one() == "other"
    assert post.run().applied == 1


def test_working_off_keeps_the_mailbox(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a killed run has left behind may be a lot."""

    def kill(*_: object, **__: object) -> None:
        raise Killed

    post.deliver(LETTER, post.answer)
    with monkeypatch.context() as patch:
        patch.setattr(fetching._Run, "_work_off", kill)
        with suppress(Killed):
            post.run()
    take, held = taking.take, []

    def slow(session: Session, desk: Desk, row: IncomingMail, **how: str) -> None:
        until = session.scalars(select(MailboxState.lease_until)).one()
        held.append(until is not None and until > post.now)
        take(session, desk, row, **how)
        post.now += fetching.LEASE - timedelta(seconds=1)

    monkeypatch.setattr(taking, "take", slow)
    post.run()
    assert held == [True, True]


def test_letter_read_in_the_mailbox_leaves_the_list(post: Post) -> None:
    post.deliver(LETTER)
    post.run()
    (uid,) = post.server.flags("Antworten")
    post.server.mark(uid, name="Antworten")
    post.run()
    assert post.rows() == [(IncomingKind.HUMAN, IncomingState.DECIDED)]


def test_answer_about_a_talk_that_a_backup_lacks_waits_although_it_was_read(post: Post) -> None:
    lost = f"inv-01jga0000000000000000000@{post.settings.uid_host}"
    post.deliver(mail(post.evening, uid=lost))
    (uid,) = post.server.flags("Antworten")
    post.server.mark(uid, name="Antworten")
    post.run()
    post.run()
    assert post.rows() == [(IncomingKind.FOREIGN, IncomingState.REVIEW)]


def test_refused_login_waits_and_is_told(post: Post) -> None:
    right = post.settings
    post.settings = replace(right, imap_url=post.server.url("Antworten", password="wrong"))
    assert post.run().failure.startswith(fetching.REFUSED)
    post.now -= timedelta(minutes=15)
    assert post.run().skipped.startswith(fetching.REFUSED)
    assert post.run(at_once=True).failure.startswith(fetching.REFUSED)
    with post.factory() as session:
        row = session.scalars(select(MailboxState)).one()
        assert row.failing_since is not None
    post.settings = right
    post.deliver(post.answer)
    assert post.run(at_once=True).applied == 1
    with post.factory() as session:
        row = session.scalars(select(MailboxState)).one()
        assert (row.failing_since, row.failure) == (None, "")


def test_large_mail_is_not_read(post: Post, tmp_path: Path) -> None:
    post.deliver(LETTER + b"x\r\n" * 400_000)
    post.run()
    with post.factory() as session:
        row = session.scalars(select(IncomingMail)).one()
        assert (row.reason, row.subject) == ("too_large", "Frage")
