from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from matchmaker.models import PlanningRound
from matchmaker.models.states import DecisionKind, RequestState, RoundState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Invalid, NotFound, NotPossible
from matchmaker.services.planning import decisions, rounds
from matchmaker.services.problems import round_problem
from matchmaker.services.problems.plan_rows import assignment_to_json, standing_decisions
from tests import factories
from tests.services.plans import TUESDAY, evening, stored_plan


@pytest.fixture
def planning_round(session: Session) -> PlanningRound:
    for code in ("R01", "R02"):
        factories.speaker(session, topics={"ANE-01": 3}, weekly=((1, 16, 21),), code=code)
    return factories.planning_round(session)


@pytest.fixture
def request_row(session: Session, desk: Desk, planning_round: PlanningRound) -> Any:
    """A request that the plan has placed with R01 on a Tuesday."""
    made = factories.request(session)
    stored_plan(session, desk, planning_round, evening(made, "R01"))
    return made


def kinds(session: Session, planning_round: PlanningRound) -> list[DecisionKind]:
    return [row.kind for row in standing_decisions(session, planning_round.id)]


def test_a_pin_keeps_what_the_plan_says(
    session: Session, desk: Desk, planning_round: PlanningRound, request_row: Any
) -> None:
    row = decisions.pin(session, desk, planning_round.id, request_row.code, reason="verabredet")
    assert row.assignment == assignment_to_json(evening(request_row, "R01"))
    assert planning_round.state is RoundState.IN_REVIEW
    problem = round_problem(session, desk, planning_round).problem
    assert problem.fixed == (evening(request_row, "R01"),)


def test_pinning_twice_is_pinning_once(
    session: Session, desk: Desk, planning_round: PlanningRound, request_row: Any
) -> None:
    first = decisions.pin(session, desk, planning_round.id, request_row.code)
    assert decisions.pin(session, desk, planning_round.id, request_row.code) is first
    assert kinds(session, planning_round) == [DecisionKind.PIN]


def test_what_the_plan_has_not_placed_cannot_be_pinned(
    session: Session, desk: Desk, planning_round: PlanningRound, request_row: Any
) -> None:
    waiting = factories.request(session)
    with pytest.raises(NotPossible):
        decisions.pin(session, desk, planning_round.id, waiting.code)


def test_a_banned_person_ends_the_pin_with_that_person(
    session: Session, desk: Desk, planning_round: PlanningRound, request_row: Any
) -> None:
    decisions.pin(session, desk, planning_round.id, request_row.code)
    decisions.ban_person(session, desk, planning_round.id, request_row.code, "R01")
    decisions.ban_person(session, desk, planning_round.id, request_row.code, "R01")
    assert kinds(session, planning_round) == [DecisionKind.BAN_PERSON]
    problem = round_problem(session, desk, planning_round).problem
    assert problem.request[request_row.code].excluded_speakers == ("R01",)


def test_banning_somebody_else_leaves_the_pin_alone(
    session: Session, desk: Desk, planning_round: PlanningRound, request_row: Any
) -> None:
    decisions.pin(session, desk, planning_round.id, request_row.code)
    decisions.ban_person(session, desk, planning_round.id, request_row.code, "R02")
    assert kinds(session, planning_round) == [DecisionKind.PIN, DecisionKind.BAN_PERSON]


def test_only_speakers_and_interpreters_can_be_banned(
    session: Session, desk: Desk, planning_round: PlanningRound, request_row: Any
) -> None:
    for code in (request_row.contact.code, "R99"):
        with pytest.raises(NotFound):
            decisions.ban_person(session, desk, planning_round.id, request_row.code, code)


def test_a_banned_day_ends_the_pin_on_it(
    session: Session, desk: Desk, planning_round: PlanningRound, request_row: Any
) -> None:
    decisions.pin(session, desk, planning_round.id, request_row.code)
    day = TUESDAY.date()
    decisions.ban_day(session, desk, planning_round.id, request_row.code, day)
    assert kinds(session, planning_round) == [DecisionKind.BAN_DAY]
    problem = round_problem(session, desk, planning_round).problem
    assert day not in {row.start.date() for row in problem.requests[0].windows}


def test_a_day_outside_the_round_cannot_be_banned(
    session: Session, desk: Desk, planning_round: PlanningRound, request_row: Any
) -> None:
    with pytest.raises(Invalid):
        decisions.ban_day(session, desk, planning_round.id, request_row.code, date(2027, 4, 1))


def test_a_request_left_out_is_not_planned_until_that_is_undone(
    session: Session, desk: Desk, planning_round: PlanningRound, request_row: Any
) -> None:
    row = decisions.leave_out(session, desk, planning_round.id, request_row.code, reason="Umzug")
    session.flush()
    assert round_problem(session, desk, planning_round).problem.requests == ()
    decisions.undo(session, desk, planning_round.id, row.id)
    decisions.undo(session, desk, planning_round.id, row.id)
    session.flush()
    assert len(round_problem(session, desk, planning_round).problem.requests) == 1


def test_a_decision_of_another_round_is_not_found(
    session: Session, desk: Desk, planning_round: PlanningRound, request_row: Any
) -> None:
    row = decisions.leave_out(session, desk, planning_round.id, request_row.code)
    session.flush()
    other = factories.planning_round(session, name="B")
    with pytest.raises(NotFound):
        decisions.undo(session, desk, other.id, row.id)


def test_an_approved_talk_is_not_decided_about(
    session: Session, desk: Desk, planning_round: PlanningRound, request_row: Any
) -> None:
    factories.talk(session, desk.now, organisation=request_row.organisation, request=request_row)
    with pytest.raises(NotPossible):
        decisions.leave_out(session, desk, planning_round.id, request_row.code)


def test_a_withdrawn_request_is_not_decided_about(
    session: Session, desk: Desk, planning_round: PlanningRound, request_row: Any
) -> None:
    request_row.state = RequestState.WITHDRAWN
    session.flush()
    with pytest.raises(NotPossible):
        decisions.pin(session, desk, planning_round.id, request_row.code)


def test_nothing_is_decided_while_a_plan_is_being_made(
    session: Session, desk: Desk, planning_round: PlanningRound, request_row: Any
) -> None:
    rounds.request_plan(session, desk, planning_round.id)
    session.flush()
    with pytest.raises(NotPossible):
        decisions.pin(session, desk, planning_round.id, request_row.code)
