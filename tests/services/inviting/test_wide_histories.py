"""Whatever happens to talks: what is stored is what would be written anew, and nobody is named."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Talk
from matchmaker.models.states import AnswerVia, Format, InvitationState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import ServiceError
from matchmaker.services.inviting import wide_feeds
from matchmaker.services.inviting.responses import record_response
from matchmaker.services.people import contacts, organisations, own_data
from matchmaker.services.talks import guests, talk_changes, talk_outcomes
from matchmaker.services.talks.talk_changes import Place
from matchmaker.services.talks.talk_creation import NewTalk, create_by_hand
from tests.calendars.lint import faults, logical_lines
from tests.calendars.samples import NASTY
from tests.services.plans import TUESDAY
from tests.support.wide import Subscribed

Step = Callable[["History"], object]


class History(Subscribed):
    """A talk that was approved, further ones made by hand, and all that may be done with them."""

    number = 0

    @property
    def last(self) -> Talk:
        return self.session.scalars(select(Talk).order_by(Talk.id.desc()).limit(1)).one()

    def make(self) -> None:
        new = NewTalk(
            format=Format.WORKSHOP,
            title=f"Workshop von {self.talk.organisation.name}",
            organisation=self.talk.organisation.code,
            start=TUESDAY + timedelta(days=20 + self.number),
            minutes=90,
            language="de",
            place=Place(address=NASTY[self.number % len(NASTY)].strip() or "Platz 1"),
            speakers=[self.speaker.code],
        )
        create_by_hand(self.session, self.desk, new)

    def move(self) -> None:
        talk_changes.move(
            self.session,
            self.desk,
            self.last.code,
            start=TUESDAY + timedelta(days=30 + self.number),
            minutes=60 + self.number,
            place=Place(address=f"Weg {self.number}"),
        )

    def call_off(self) -> None:
        talk_changes.call_off(self.session, self.desk, self.last.code, reason="Wasser")

    def replace(self) -> None:
        talk = self.last
        leaving = next((row.person for row in talk.team()), self.speaker)
        coming = self.substitute if leaving is self.speaker else self.speaker
        talk_changes.replace_person(
            self.session, self.desk, talk.code, leaving=leaving.code, coming=coming.code
        )

    def answer(self, given: InvitationState) -> None:
        for row in self.last.invitations:
            if row.assignment is not None:
                record_response(
                    self.session,
                    self.desk,
                    row,
                    given,
                    sequence=row.sequence,
                    stamp=self.desk.now,
                    via=AnswerVia.WEB,
                )

    def invite_guest(self) -> None:
        email = f"gast{self.number}@amt.example"
        guests.invite_guest(self.session, self.desk, self.last.code, name="Gast", email=email)

    def rename_person(self) -> None:
        name = NASTY[self.number % len(NASTY)].strip()[:40]
        wanted = replace(own_data.contact(self.speaker), name=name or "Jo")
        own_data.change_contact(self.session, self.desk, self.speaker, wanted)

    def rename_host(self) -> None:
        host = self.talk.organisation
        facts = replace(organisations.facts_of(host), name=f"Verein Nr. {self.number} e. V.")
        organisations.change_organisation(self.session, self.desk, host, facts)

    def change_employer(self) -> None:
        other = self.other if self.speaker.organisation is self.institution else self.institution
        facts = replace(contacts.facts_of(self.speaker), organisation=other.code)
        contacts.change_person(
            self.session, self.desk, self.speaker, facts, may_grant=contacts.EVERYBODY
        )

    def change_mail(self) -> None:
        email = f"neu{self.number}@amt.example"
        facts = replace(contacts.facts_of(self.speaker), email=email)
        contacts.change_person(
            self.session, self.desk, self.speaker, facts, may_grant=contacts.EVERYBODY
        )

    def wait(self) -> None:
        self.later(days=25)

    def hold(self) -> None:
        talk_outcomes.mark_held(self.session, self.desk, self.last.code, absent=[self.speaker.code])

    def unhold(self) -> None:
        talk_outcomes.take_back_held(self.session, self.desk, self.last.code)

    def sweep(self) -> None:
        wide_feeds.renew_stale(self.session, self.desk)


STEPS: dict[str, Step] = {
    "make": History.make,
    "move": History.move,
    "call off": History.call_off,
    "replace": History.replace,
    "yes": lambda history: history.answer(InvitationState.ACCEPTED),
    "no": lambda history: history.answer(InvitationState.DECLINED),
    "guest": History.invite_guest,
    "rename the speaker": History.rename_person,
    "rename the host": History.rename_host,
    "change employer": History.change_employer,
    "change mail": History.change_mail,
    "wait": History.wait,
    "hold": History.hold,
    "take back": History.unhold,
    "sweep": History.sweep,
}


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=False)
@hypothesis_settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.sampled_from(list(STEPS)), max_size=10))
def test_any_history_leaves_what_would_be_written_anew(
    session: Session, desk: Desk, engine_kind: str, steps: list[str]
) -> None:
    with session.begin_nested() as whole:
        history = History(session, desk)
        known: dict[str, int] = {}
        for number, step in enumerate(steps, 1):
            history.number = number
            history.later(minutes=1)
            with suppress(ServiceError), session.begin_nested():
                STEPS[step](history)
            session.expire_all()
            known = _no_sequence_fell(history, known)
        _feeds_are_right(history)
        whole.rollback()
    session.expire_all()


def _no_sequence_fell(history: History, known: dict[str, int]) -> dict[str, int]:
    now = {row["UID"]: int(row["SEQUENCE"]) for row in history.entries(history.all)}
    assert all(now.get(uid, number) >= number for uid, number in known.items())
    return known | now


def _feeds_are_right(history: History) -> None:
    stored = [history.served(whose) for whose in history.every]
    public = stored[-1].replace(b"\r\n ", b"").decode()
    for secret in (history.talk.organisation.name, history.talk.location, "Workshop von"):
        assert secret not in public
    assert [faults(content) for content in stored] == [[]] * len(stored)
    for whose in history.every:
        wide_feeds.renew(history.session, history.desk, whose)
    anew = [history.served(whose) for whose in history.every]
    assert [_without_source(content) for content in stored] == [
        _without_source(content) for content in anew
    ]


def _without_source(content: bytes) -> list[str]:
    return [line for line in logical_lines(content) if not line.startswith("SOURCE")]
