"""A talk is called off while its invitation is on its way to a real mail server.

Whoever may have the invitation gets the cancellation; everybody else never hears of the talk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.mail import transport as smtp
from matchmaker.mail.outcome import Outcome
from matchmaker.mail.transport import BeforeDot
from matchmaker.models import OutboxMessage
from matchmaker.services.sending.outbox import resend
from matchmaker.services.talks import approval, talk_changes
from tests.mail.servers import DROP, MailServer, running
from tests.services.letters import states
from tests.services.sending.mail_story import Story, methods_by_person


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running() as server:
        yield server


@pytest.fixture
def story(factory: sessionmaker[Session], settings: Settings, server: MailServer) -> Story:
    story = Story(factory, settings, server)
    with factory.begin() as session:
        approval.approve(session, story.desk, story.round_id)
    return story


class Meanwhile:
    """Sends by SMTP as ever; during the first attempt, something happens."""

    def __init__(self, url: str, *, before: Callable[[], None], after: Callable[[], None]) -> None:
        self.way = smtp.transport_from_url(url)
        self.before, self.after = [before], [after]

    @contextmanager
    def session(self) -> Iterator[Meanwhile]:
        with self.way.session() as self.connection:
            yield self

    def send(self, sender: str, recipient: str, raw: bytes, before_dot: BeforeDot) -> Outcome:
        for act in self.before:
            act()
        outcome = self.connection.send(sender, recipient, raw, before_dot)
        for act in self.after:
            act()
        self.before, self.after = [], []
        return outcome


def call_off_during_first_attempt(story: Story, **faults: str) -> None:
    """The first mail meets the faults, and the talk is called off before that is known."""

    def call_off() -> None:
        story.server.faults.update(faults)
        with story.factory.begin() as session:
            talk_changes.call_off(session, story.desk, "T001", reason="Der Raum ist gesperrt.")

    way = Meanwhile(story.settings.mail_url or "", before=call_off, after=story.server.faults.clear)
    story.deliver(way)
    deliver_for_a_week(story)


def deliver_for_a_week(story: Story) -> None:
    for _ in range(7 * 6):
        story.now += timedelta(hours=4)
        story.deliver()


def arrived(story: Story) -> list[list[tuple[str, int]]]:
    return list(methods_by_person(story.mails()).values())


@pytest.mark.parametrize(
    "faults",
    [{"rcpt": "451 busy"}, {"rcpt": "550 no such user"}, {"mail": DROP}, {"data": "452 full"}],
    ids=["later", "never", "cut", "full"],
)
def test_invitation_that_did_not_get_out_leaves_no_trace(
    story: Story, faults: dict[str, str]
) -> None:
    call_off_during_first_attempt(story, **faults)
    assert arrived(story) == []
    assert set(states(story.factory)) == {"dropped"}


def test_invitation_that_got_out_is_followed_by_its_cancellation(story: Story) -> None:
    call_off_during_first_attempt(story)
    assert arrived(story) == [[("REQUEST", 0), ("CANCEL", 1)]]


def test_invitation_that_may_have_got_out_is_not_repeated_but_cancelled(story: Story) -> None:
    """The server has taken it and was cut off before it could say so."""
    call_off_during_first_attempt(story, dot=DROP)
    assert arrived(story) == [[("REQUEST", 0), ("CANCEL", 1)]]
    assert sorted(states(story.factory)) == ["dropped", "dropped", "dropped", "sent"]


def test_invitation_of_a_worker_that_died_is_not_sent_after_all(story: Story) -> None:
    """The process dies before the dot; another one finds the mail when the lease has run out."""

    class Killed(BaseException):
        pass

    def die() -> None:
        with story.factory.begin() as session:
            talk_changes.call_off(session, story.desk, "T001", reason="Der Raum ist gesperrt.")
        raise Killed

    way = Meanwhile(story.settings.mail_url or "", before=die, after=lambda: None)
    with pytest.raises(Killed):
        story.deliver(way)
    assert "sending" in states(story.factory)
    deliver_for_a_week(story)
    assert arrived(story) == []
    assert set(states(story.factory)) == {"dropped"}


def test_cancellation_follows_where_an_earlier_attempt_may_have_arrived(story: Story) -> None:
    """A person let a mail of unknown fate go again; this time it is refused for certain."""
    story.server.faults["dot"] = DROP
    for _ in range(2):
        story.deliver()
        story.now += timedelta(minutes=1)
    story.server.faults.clear()
    with story.factory.begin() as session:
        uncertain = session.scalars(
            select(OutboxMessage).where(OutboxMessage.state == "uncertain").limit(1)
        ).one()
        recipient = uncertain.recipient
        uncertain_id = uncertain.id
        for other in session.scalars(select(OutboxMessage).where(OutboxMessage.id != uncertain_id)):
            other.due_at = story.now + timedelta(days=1)
        session.flush()
        resend(session, story.desk, uncertain_id)
    call_off_during_first_attempt(story, rcpt="451 busy")
    assert methods_by_person(story.mails())[recipient][-1] == ("CANCEL", 1)
