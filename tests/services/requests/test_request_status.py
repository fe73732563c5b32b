"""For every state a request can be in: what is told to those who asked, and by when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Invitation, Person, Request
from matchmaker.models.states import AnswerVia, InvitationState, RequestState
from matchmaker.services.desk import Desk
from matchmaker.services.intake import drafts, submit
from matchmaker.services.inviting import responses
from matchmaker.services.requests import clearing
from matchmaker.services.requests.request_status import Situation, Standing, standing_of
from matchmaker.services.talks import talk_changes
from tests import factories
from tests.services.talks.approved import Approved
from tests.support.needs import submitted

YES, NO, MAYBE = InvitationState.ACCEPTED, InvitationState.DECLINED, InvitationState.TENTATIVE


class Evening(Approved):
    """The approved talk, as its host sees it."""

    def answers(self, who: Person | None, answer: InvitationState, day: date | None = None) -> None:
        assert who is not None
        row = self.session.scalars(
            select(Invitation).where(
                Invitation.talk_id == self.talk.id,
                Invitation.person_id == who.id,
                Invitation.state != InvitationState.CANCELLED,
            )
        ).one()
        self.later(minutes=1)
        responses.record_response(
            self.session,
            self.desk,
            row,
            answer,
            sequence=row.sequence,
            stamp=self.desk.now,
            via=AnswerVia.WEB,
            other_day=day,
        )

    def all_agree(self) -> None:
        for person in (self.request.contact, self.speaker, self.interpreter):
            self.answers(person, YES)

    def is_moved(self) -> None:
        start = datetime.fromisoformat(self.talk.starts_local) + timedelta(days=7)
        talk_changes.move(self.session, self.desk, self.talk.code, start=start, minutes=120)

    def is_called_off(self, becomes: RequestState = RequestState.READY) -> None:
        talk_changes.call_off(
            self.session,
            self.desk,
            self.talk.code,
            reason="Der Raum ist gesperrt.",
            request_becomes=becomes,
        )

    def gets_another_speaker(self) -> None:
        self.answers(self.speaker, NO)
        talk_changes.replace_person(
            self.session,
            self.desk,
            self.talk.code,
            leaving=self.speaker.code,
            coming=self.another_speaker().code,
        )

    @property
    def standing(self) -> Standing:
        return standing_of(self.session, self.desk, self.request)


@pytest.fixture
def evening(session: Session, desk: Desk) -> Evening:
    return Evening(session, desk)


Story = Callable[[Evening], None]
STORIES: dict[Situation, list[Story]] = {
    Situation.ASKED: [
        lambda one: one.later(minutes=1),
        lambda one: one.answers(one.speaker, YES),
        lambda one: one.gets_another_speaker(),
    ],
    Situation.ASKED_AGAIN: [
        lambda one: one.is_moved(),
        lambda one: (one.all_agree(), one.is_moved())[-1],
        lambda one: (one.answers(one.request.contact, NO), one.is_moved())[-1],
    ],
    Situation.UNSURE: [lambda one: one.answers(one.request.contact, MAYBE)],
    Situation.AGREED: [
        lambda one: one.answers(one.request.contact, YES),
        lambda one: (one.all_agree(), one.answers(one.speaker, MAYBE))[-1],
    ],
    Situation.FIXED: [lambda one: one.all_agree()],
    Situation.HOST_CANNOT: [
        lambda one: one.answers(one.request.contact, NO),
        lambda one: (one.answers(one.speaker, NO), one.answers(one.request.contact, NO))[-1],
    ],
    Situation.SPEAKER_CANNOT: [
        lambda one: one.answers(one.speaker, NO),
        lambda one: (one.all_agree(), one.answers(one.speaker, NO))[-1],
    ],
    Situation.INTERPRETER_CANNOT: [lambda one: one.answers(one.interpreter, NO)],
    Situation.SEARCHING_AGAIN: [lambda one: one.is_called_off()],
    Situation.ENDED: [lambda one: one.is_called_off(RequestState.WITHDRAWN)],
    Situation.OVER: [lambda one: (one.all_agree(), one.later(days=120))[-1]],
}


@pytest.mark.parametrize(
    ("situation", "story"),
    [(situation, story) for situation, stories in STORIES.items() for story in stories],
)
def test_answers_and_changes_of_a_talk_are_told(
    evening: Evening, situation: Situation, story: Story
) -> None:
    story(evening)
    assert evening.standing.situation is situation


WITHOUT_TALK = [
    (RequestState.SUBMITTED, "", Situation.SENT),
    (RequestState.IN_CLARIFICATION, submit.CHANGED_BY_HOST, Situation.CHANGED),
    (RequestState.IN_CLARIFICATION, "Welche Etage?", Situation.QUESTION),
    (RequestState.READY, "", Situation.SEARCHING),
    (RequestState.PROPOSED, "", Situation.IN_SIGHT),
    (RequestState.SCHEDULED, "", Situation.DATED),
    (RequestState.DONE, "", Situation.OVER),
    (RequestState.FOLLOWED_UP, "", Situation.FOLLOWED_UP),
    (RequestState.WITHDRAWN, submit.WITHDRAWN_BY_HOST, Situation.WITHDRAWN),
    (RequestState.WITHDRAWN, "Am Telefon besprochen", Situation.ENDED),
    (RequestState.NOT_POSSIBLE, "Niemand da", Situation.NOT_POSSIBLE),
    (RequestState.DUPLICATE, "", Situation.DUPLICATE),
]


@pytest.mark.parametrize(("state", "reason", "situation"), WITHOUT_TALK)
def test_states_without_a_talk_are_told(
    session: Session, desk: Desk, state: RequestState, reason: str, situation: Situation
) -> None:
    request = factories.request(session, state=state, state_reason=reason)
    assert standing_of(session, desk, request).situation is situation


def test_every_situation_has_a_test() -> None:
    told = {*STORIES, *(row[-1] for row in WITHOUT_TALK), Situation.NO_DATE_YET}
    assert told == set(Situation)


def test_every_state_that_was_sent_is_told(session: Session, desk: Desk) -> None:
    for state in RequestState:
        if state is not RequestState.DRAFT:
            request = factories.request(session, state=state)
            assert standing_of(session, desk, request).situation in Situation


def test_host_is_asked_within_a_week_and_before_the_talk(evening: Evening) -> None:
    assert evening.standing.by == evening.desk.today + timedelta(days=7)
    held = datetime.fromisoformat(evening.talk.starts_local).date()
    asked = datetime.combine(held - timedelta(days=3), datetime.min.time(), UTC)
    standing = evening.standing
    assert standing.invitation is not None
    standing.invitation.stamp = asked
    assert evening.standing.by == held - timedelta(days=1)


def test_day_that_has_passed_is_not_promised(session: Session, desk: Desk) -> None:
    request = factories.request(session, state=RequestState.SUBMITTED, submitted_at=desk.now)
    promised = standing_of(session, desk, request).by
    assert promised == desk.today + timedelta(days=14)
    later = replace(desk, now=desk.now + timedelta(days=15))
    assert standing_of(session, later, request).by is None


def test_called_off_talk_says_why_and_by_when(evening: Evening) -> None:
    evening.is_called_off()
    standing = evening.standing
    assert standing.called_off is evening.talk
    assert standing.by == evening.desk.today + timedelta(days=14)


def test_day_suggested_with_a_no_is_told(evening: Evening) -> None:
    evening.answers(evening.request.contact, NO, date(2027, 3, 2))
    standing = evening.standing
    assert (standing.wanted_day, standing.by) == (
        date(2027, 3, 2),
        evening.desk.today + timedelta(days=14),
    )


def test_another_expert_is_told(evening: Evening) -> None:
    assert evening.standing.is_replaced is False
    evening.gets_another_speaker()
    assert evening.standing.is_replaced is True


def test_talk_that_takes_place_outweighs_one_called_off(evening: Evening) -> None:
    evening.is_called_off()
    evening.request.state = RequestState.SCHEDULED
    earlier = evening.talk.starts_at - timedelta(days=7)
    talk = factories.talk(evening.session, earlier, request=evening.request)
    standing = evening.standing
    assert (standing.talk, standing.called_off) == (talk, None)


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"people": "33"}, RequestState.READY),
        ({"children": "3", "questions": "Was ist ein Minijob?"}, RequestState.READY),
        ({"address": "Karl-Marx-Straße 5"}, RequestState.IN_CLARIFICATION),
        ({"people": "33", "language_1": "ar"}, RequestState.IN_CLARIFICATION),
    ],
)
def test_small_change_keeps_a_ready_request_ready(
    session: Session, desk: Desk, change: dict[str, str], state: RequestState
) -> None:
    request = _ready(session, desk)
    typed = submit.begin_change(session, request)
    drafts.save(session, desk, request, typed | change)
    assert submit.send_change(session, desk, request) is True
    assert request.state is state


def _ready(session: Session, desk: Desk) -> Request:
    request = submitted(session, desk, language_1="tr")
    clearing.set_ready(session, desk, request)
    return request
