"""One alert for all mails: what it says, when it is raised, when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.mail.transport import transport_from_url
from matchmaker.services.desk import Desk
from matchmaker.services.sending import mail_trouble
from matchmaker.services.sending.mail_trouble import LOGIN_REFUSED, NO_SERVER, UNREACHABLE, UNUSABLE
from matchmaker.services.sending.outbox import DeliveryReport, deliver_due
from tests.conftest import NOW
from tests.mail.servers import MailServer, running
from tests.services.letters import letter, rows


@pytest.fixture
def engine_kind() -> str:
    return "sqlite"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running(login=True) as server:
        yield server


class Post:
    """Three mails and a worker with its settings."""

    def __init__(self, factory: sessionmaker[Session], settings: Settings, url: str) -> None:
        self.factory, self.settings, self.now = factory, replace(settings, mail_url=url), NOW
        with factory.begin() as session:
            for _ in range(3):
                letter(session, Desk(settings, NOW))

    def deliver(self) -> DeliveryReport:
        return deliver_due(self.factory, self.settings, lambda: self.now, owner="test", lanes=1)

    def trouble(self) -> mail_trouble.MailTrouble | None:
        with self.factory() as session:
            return mail_trouble.trouble(session, self.settings)


def test_missing_and_unusable_servers_are_named(session: Session, settings: Settings) -> None:
    def trouble(**changes: object) -> mail_trouble.MailTrouble | None:
        return mail_trouble.trouble(session, replace(settings, **changes))  # type: ignore[arg-type]  # by name

    missing, unusable = trouble(), trouble(mail_url="smtp://user:secret@mail.example")
    assert missing is not None
    assert missing.text == NO_SERVER
    assert unusable is not None
    assert unusable.text == UNUSABLE
    assert "secret" not in unusable.detail
    assert trouble(demo=True) is None
    assert trouble(mail_url="smtp://mail.example") is None


def test_refused_login_leaves_all_mails_queued_and_pauses(
    factory: sessionmaker[Session], settings: Settings, server: MailServer
) -> None:
    post = Post(factory, settings, server.url("me:wrong@"))
    report = post.deliver()
    assert (report.sent, report.left) == (0, 3)
    assert [(row.state.value, row.attempts) for row in rows(factory)] == [("queued", 0)] * 3
    alert = post.trouble()
    assert alert is not None
    assert (alert.text, alert.since) == (LOGIN_REFUSED, NOW)
    assert "535" in alert.detail

    connections = server.connections
    post.now += timedelta(minutes=14)
    assert LOGIN_REFUSED in post.deliver().stopped
    assert server.connections == connections  # nobody bothers the server during the pause

    post.now += timedelta(minutes=1)
    post.deliver()
    assert server.connections == connections + 1
    again = post.trouble()
    assert again is not None
    assert again.since == NOW  # still the same alert


def test_corrected_settings_are_tried_at_once_and_end_the_alert(
    factory: sessionmaker[Session], settings: Settings, server: MailServer
) -> None:
    post = Post(factory, settings, server.url("me:wrong@"))
    post.deliver()
    post.settings = replace(post.settings, mail_url=server.url("me:right@"))
    assert post.deliver() == DeliveryReport(sent=3)
    assert post.trouble() is None
    assert len(server.inbox.bodies) == 3


def test_a_person_may_end_the_pause(
    factory: sessionmaker[Session], settings: Settings, server: MailServer
) -> None:
    post = Post(factory, settings, server.url("me:wrong@"))
    post.deliver()
    with factory.begin() as session:
        mail_trouble.end(session)
    connections = server.connections
    post.deliver()
    assert server.connections == connections + 1


def test_unreachable_server_is_an_alert_until_mail_gets_through(
    factory: sessionmaker[Session], settings: Settings
) -> None:
    with running() as gone:
        url = gone.url()
    post = Post(factory, settings, url)
    assert "no connection" in post.deliver().stopped
    alert = post.trouble()
    assert alert is not None
    assert alert.text == UNREACHABLE
    with running() as back:
        post.settings = replace(post.settings, mail_url=back.url())
        post.now += timedelta(minutes=1)
        assert post.deliver() == DeliveryReport(sent=3)
    assert post.trouble() is None


def test_transport_of_no_url_is_never_used_for_real_mail(settings: Settings) -> None:
    assert type(transport_from_url(None)).__name__ == "LocalSink"


def test_a_login_that_is_wanted_only_at_the_recipient_pauses_all_mails(
    factory: sessionmaker[Session], settings: Settings
) -> None:
    with running({"rcpt": "530 5.7.0 Authentication required"}) as server:
        post = Post(factory, settings, server.url())
        report = post.deliver()
    alert = post.trouble()
    assert alert is not None
    assert (report.dead, report.left, alert.kind) == (0, 3, "login_refused")
    assert [(row.state.value, row.attempts) for row in rows(factory)] == [("queued", 0)] * 3


def test_a_refused_sender_pauses_all_mails_until_it_is_corrected(
    factory: sessionmaker[Session], settings: Settings
) -> None:
    with running({"mail": "553 5.7.1 not owned by you"}) as server:
        post = Post(factory, settings, server.url())
        report = post.deliver()
        assert (report.dead, report.left) == (0, 3)
        alert = post.trouble()
        assert alert is not None
        assert (alert.kind, alert.detail) == ("sender_refused", "553 5.7.1 not owned by you")
        assert [(row.state.value, row.attempts) for row in rows(factory)] == [("queued", 0)] * 3
    post.settings = replace(post.settings, mail_from="andere@traeger.example")
    assert post.trouble() is None  # the next run tries


def test_mails_with_a_former_sender_are_settled_one_by_one(
    factory: sessionmaker[Session], settings: Settings
) -> None:
    """They would keep those from leaving that carry the sender of today."""
    with running({"mail": "553 5.7.1 not owned by you"}) as server:
        post = Post(factory, settings, server.url())
        post.settings = replace(post.settings, mail_from="andere@traeger.example")
        report = post.deliver()
    assert (report.dead, report.left, post.trouble()) == (3, 0, None)
