"""A talk that was held, corrected afterwards."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from matchmaker.models.states import AssignmentState, RequestState, TalkState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, Invalid, NotPossible
from matchmaker.services.talks import talk_changes, talk_outcomes
from tests.services.talks.approved import Approved


@pytest.fixture
def held(session: Session, desk: Desk) -> Approved:
    """The speaker had accepted, the interpreter had only been invited and did not come."""
    approved = Approved(session, desk)
    approved.later(days=30)
    for row in approved.talk.assignments:
        own = row.person_id == approved.speaker.id
        row.state = AssignmentState.ACCEPTED if own else AssignmentState.INVITED
    talk_outcomes.mark_held(
        session,
        approved.desk,
        approved.talk.code,
        participants=17,
        absent=[approved.interpreter.code],
    )
    return approved


def take_back(held: Approved, version: int | None = None) -> None:
    talk_outcomes.take_back_held(held.session, held.desk, held.talk.code, version=version)


def correct(held: Approved, participants: int | None, version: int | None = None) -> None:
    talk_outcomes.correct_participants(
        held.session, held.desk, held.talk.code, participants, version=version
    )


def test_taken_back_everything_stands_as_before(held: Approved) -> None:
    take_back(held)
    talk = held.talk
    assert (talk.state, talk.held_at, talk.participants) == (TalkState.CONFIRMED, None, None)
    assert held.states() == {held.speaker.id: "accepted", held.interpreter.id: "invited"}
    assert held.request.state is RequestState.SCHEDULED
    entry = held.last_entry("talk.held_taken_back")
    assert entry.before == {
        "state": "done",
        "participants": 17,
        "absent": [held.interpreter.code],
    }
    assert entry.after == {"state": "confirmed"}
    assert held.last_entry("request.undone").after["state"] == "scheduled"


def test_taken_back_talk_can_be_called_off_or_held_once_more(held: Approved) -> None:
    take_back(held)
    talk_outcomes.mark_held(held.session, held.desk, held.talk.code, participants=9)
    assert held.request.state is RequestState.DONE
    take_back(held)
    talk_changes.call_off(held.session, held.desk, held.talk.code, reason="Der Raum war zu.")
    assert held.talk.state is TalkState.CANCELLED


def test_request_that_went_on_stays_where_it_is(held: Approved) -> None:
    held.request.state = RequestState.FOLLOWED_UP
    take_back(held)
    assert held.request.state is RequestState.FOLLOWED_UP


def test_number_is_corrected_and_the_log_keeps_the_old_one(held: Approved) -> None:
    correct(held, 71)
    entry = held.last_entry("talk.participants_corrected")
    assert (held.talk.participants, entry.before, entry.after) == (
        71,
        {"participants": 17},
        {"participants": 71},
    )
    correct(held, None)
    assert held.talk.participants is None


def test_same_number_leaves_no_trace(held: Approved) -> None:
    correct(held, 71)
    first = held.last_entry("talk.participants_corrected")
    correct(held, 71)
    assert held.last_entry("talk.participants_corrected") is first


def test_stale_tab_corrects_nothing(held: Approved) -> None:
    seen = held.talk.version
    correct(held, 71, seen)
    with pytest.raises(Conflict):
        correct(held, 3, seen)
    with pytest.raises(Conflict):
        take_back(held, seen)
    assert (held.talk.state, held.talk.participants) == (TalkState.DONE, 71)


def test_only_held_talks_are_corrected_and_with_sensible_numbers(held: Approved) -> None:
    with pytest.raises(Invalid):
        correct(held, -1)
    take_back(held)
    with pytest.raises(NotPossible):
        take_back(held)
    with pytest.raises(NotPossible):
        correct(held, 5)
