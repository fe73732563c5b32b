"""Older versions taken over without the requests that cannot have their talks any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from matchmaker.models import PlanningRound, Proposal, Request
from matchmaker.models.states import (
    AssignmentState,
    DecisionKind,
    ProposalSource,
    RequestState,
    RoundState,
)
from matchmaker.scheduling.judge import check
from matchmaker.services.desk import Desk
from matchmaker.services.planning import absences, decisions, edits, going_back, proposals
from matchmaker.services.planning.comparison import compared
from matchmaker.services.planning.judging import RulesBroken
from matchmaker.services.planning.staying_out import StaysOut
from matchmaker.services.problems import LeftOut
from matchmaker.services.problems.plan_rows import planned, served, standing_decisions
from matchmaker.services.requests import clearing
from matchmaker.services.talks import approval
from tests import factories
from tests.services.plans import TUESDAY, evening, stored_plan

WEEK_LATER, TWO_LATER = TUESDAY.replace(day=26), TUESDAY.replace(month=2, day=2)
Asked = Mapping[str, Request]


@pytest.fixture
def planning_round(session: Session) -> PlanningRound:
    for code in ("R01", "R02"):
        factories.speaker(session, topics={"ANE-01": 2}, weekly=((1, 16, 21),), code=code)
    return factories.planning_round(session)


@pytest.fixture
def asked(session: Session) -> Asked:
    return {code: factories.request(session, code=code) for code in ("A001", "A002")}


@pytest.fixture
def first(session: Session, desk: Desk, planning_round: PlanningRound, asked: Asked) -> Proposal:
    """Version 1 places both requests with R01; version 2 has moved A001."""
    row = stored_plan(
        session,
        desk,
        planning_round,
        evening(asked["A001"], "R01"),
        evening(asked["A002"], "R01", start=WEEK_LATER),
        reasons=("topic",),
    )
    move(session, desk, planning_round, asked, base=1)
    return row


def move(
    session: Session, desk: Desk, planning_round: PlanningRound, asked: Asked, *, base: int
) -> Proposal:
    place = evening(asked["A001"], "R02", start=TWO_LATER)
    return edits.place(session, desk, planning_round.id, place, base=base)


def withdrawn(session: Session, desk: Desk, request: Request) -> str:
    clearing.withdraw(session, desk, request)
    return "withdrawn"


def said_no(session: Session, desk: Desk, request: Request) -> str:
    clearing.not_possible(session, desk, request, reason="Kein Angebot")
    return "not_possible"


def asked_back(session: Session, desk: Desk, request: Request) -> str:
    request.state = RequestState.IN_CLARIFICATION
    return "in_clarification"


def left_out(session: Session, desk: Desk, request: Request) -> str:
    decisions.leave_out(session, desk, 1, request.code)
    return "decision"


def incomplete(session: Session, desk: Desk, request: Request) -> str:
    request.topics.clear()
    return "incomplete"


def later(session: Session, desk: Desk, request: Request) -> str:
    request.date_from, request.date_to = date(2027, 5, 1), date(2027, 6, 30)
    return "outside"


@pytest.mark.parametrize("happens", [withdrawn, said_no, asked_back, left_out, incomplete, later])
def test_what_cannot_have_its_talk_any_more_stays_out_and_is_said_before(
    session: Session,
    desk: Desk,
    asked: Asked,
    first: Proposal,
    happens: Callable[[Session, Desk, Request], str],
) -> None:
    planning_round = first.round
    reason = happens(session, desk, asked["A002"])
    with session.begin_nested() as tried:
        with pytest.raises(StaysOut) as question:
            going_back.adopt(session, desk, planning_round.id, 1, base=2)
        tried.rollback()
    assert question.value.number == 1
    (row,) = question.value.rows
    assert (row.request, row.reason) == ("A002", reason)
    back = going_back.adopt(session, desk, planning_round.id, 1, base=2, without=["A002"])
    assert planning_round.current_proposal is back.version
    assert back.version.number == 3
    assert planned(back.version) == [evening(asked["A001"], "R01")]
    assert back.version.content["info"]["without"] == {
        "version": 1,
        "requests": [{"request": "A002", "reason": reason, "missing": list(row.missing)}],
    }


def test_the_version_made_is_a_true_one(
    session: Session, desk: Desk, planning_round: PlanningRound, asked: Asked, first: Proposal
) -> None:
    clearing.withdraw(session, desk, asked["A002"])
    factories.request(session, code="A003", topics=("ANE-02",))
    made = going_back.adopt(session, desk, planning_round.id, 1, base=2, without=["A002"]).version
    verdict = check(proposals.problem_of(made), proposals.plan_of(made))
    assert (verdict.violations, verdict.misstatements) == ((), ())
    assert (made.source, made.status, made.bound) == (ProposalSource.MANUAL, "feasible", None)
    assert (made.served, made.unserved, made.parent_id) == (1, 1, None)
    assert [row["request"] for row in made.content["unassigned"]] == ["A003"]
    assert planning_round.state is RoundState.IN_REVIEW
    states = (asked["A001"].state, asked["A002"].state)
    assert states == (RequestState.PROPOSED, RequestState.WITHDRAWN)
    assert served(first) == {"A001", "A002"}
    assert [row.request for row in compared(first, made).comparison.talks] == ["A002"]


def test_reasons_that_the_version_knew_are_kept(
    session: Session, desk: Desk, planning_round: PlanningRound, asked: Asked
) -> None:
    factories.request(session, code="A003", topics=("ANE-02",))
    places = (evening(asked["A001"], "R01"), evening(asked["A002"], "R01", start=WEEK_LATER))
    stored_plan(session, desk, planning_round, *places, reasons=("topic",))
    move(session, desk, planning_round, asked, base=1)
    clearing.withdraw(session, desk, asked["A002"])
    made = going_back.adopt(session, desk, planning_round.id, 1, base=2, without=["A002"]).version
    (row,) = made.content["unassigned"]
    assert (row["request"], row["reasons"]) == ("A003", ["topic"])


def test_a_request_that_waits_again_comes_back_with_the_version(
    session: Session, desk: Desk, planning_round: PlanningRound, asked: Asked, first: Proposal
) -> None:
    clearing.withdraw(session, desk, asked["A002"])
    asked["A002"].state = RequestState.READY
    back = going_back.adopt(session, desk, planning_round.id, 1, base=2, without=["A002"])
    assert back.version is first


def test_one_more_that_nobody_was_told_of_is_asked_about_again(
    session: Session, desk: Desk, planning_round: PlanningRound, asked: Asked, first: Proposal
) -> None:
    for request in asked.values():
        clearing.withdraw(session, desk, request)
    with pytest.raises(StaysOut) as question:
        going_back.adopt(session, desk, planning_round.id, 1, base=2, without=["A002"])
    assert [row.request for row in question.value.rows] == ["A001", "A002"]


def test_whatever_else_stands_against_a_version_refuses_it_as_before(
    session: Session, desk: Desk, planning_round: PlanningRound, asked: Asked, first: Proposal
) -> None:
    clearing.withdraw(session, desk, asked["A002"])
    decisions.ban_person(session, desk, planning_round.id, "A001", "R01")
    for without in ([], ["A002"]):
        with pytest.raises(RulesBroken) as refusal:
            going_back.adopt(session, desk, planning_round.id, 1, base=2, without=without)
        assert {code for row in refusal.value.breaches for code in row.requests} == {"A001"}


def test_an_approved_talk_elsewhere_refuses_the_version(
    session: Session, desk: Desk, planning_round: PlanningRound, asked: Asked, first: Proposal
) -> None:
    approval.approve(session, desk, planning_round.id, requests=["A001"])
    clearing.withdraw(session, desk, asked["A002"])
    with pytest.raises(RulesBroken) as refusal:
        going_back.adopt(session, desk, planning_round.id, 1, base=2, without=["A001", "A002"])
    assert "fixed" in {row.code for row in refusal.value.breaches}


def test_an_approved_talk_that_lacks_a_speaker_is_not_left_out(
    session: Session, desk: Desk, planning_round: PlanningRound, asked: Asked, first: Proposal
) -> None:
    (talk,) = approval.approve(session, desk, planning_round.id, requests=["A001"]).talks
    talk.assignments[0].state = AssignmentState.DECLINED
    with pytest.raises(RulesBroken) as refusal:
        going_back.adopt(session, desk, planning_round.id, 1, base=2, without=["A001"])
    assert "shape" in {row.code for row in refusal.value.breaches}


def test_undoing_a_change_leaves_out_who_was_withdrawn_meanwhile(
    session: Session, desk: Desk, planning_round: PlanningRound, asked: Asked, first: Proposal
) -> None:
    clearing.withdraw(session, desk, asked["A002"])
    with session.begin_nested() as tried:
        with pytest.raises(StaysOut) as question:
            going_back.revert(session, desk, planning_round.id, base=2)
        tried.rollback()
    assert question.value.rows == [LeftOut("A002", "withdrawn")]
    assert [row.kind for row in standing_decisions(session, planning_round.id)] == [
        DecisionKind.PIN
    ]
    made = going_back.revert(session, desk, planning_round.id, base=2, without=["A002"])
    assert planned(made) == [evening(asked["A001"], "R01")]
    assert standing_decisions(session, planning_round.id) == []


def test_what_was_undone_without_a_request_can_be_undone_further(
    session: Session, desk: Desk, planning_round: PlanningRound, asked: Asked, first: Proposal
) -> None:
    """Version 4 is version 2 again, with the change by hand that had made that."""
    place = evening(asked["A001"], "R02", start=TWO_LATER.replace(day=9))
    edits.place(session, desk, planning_round.id, place, base=2)
    clearing.withdraw(session, desk, asked["A002"])
    fourth = going_back.revert(session, desk, planning_round.id, base=3, without=["A002"])
    assert (fourth.number, fourth.parent_id) == (4, first.id)
    assert planned(fourth) == [evening(asked["A001"], "R02", start=TWO_LATER)]
    fifth = going_back.revert(session, desk, planning_round.id, base=4, without=["A002"])
    assert planned(fifth) == [evening(asked["A001"], "R01")]
    assert standing_decisions(session, planning_round.id) == []


def test_what_a_change_had_taken_out_is_only_named_while_it_is_planned(
    session: Session, desk: Desk, planning_round: PlanningRound, asked: Asked
) -> None:
    other = factories.request(session, code="A003")
    stored_plan(
        session,
        desk,
        planning_round,
        evening(asked["A001"], "R01"),
        evening(asked["A002"], "R01", start=WEEK_LATER),
        evening(other, "R02"),
    )
    decisions.ban_day(session, desk, planning_round.id, "A002", WEEK_LATER.date())
    second = move(session, desk, planning_round, asked, base=1)
    assert list(second.content["info"]["edit"]["taken_out"]) == ["A002"]
    place = evening(asked["A001"], "R02", start=TWO_LATER.replace(day=9))
    edits.place(session, desk, planning_round.id, place, base=2)
    clearing.withdraw(session, desk, asked["A002"])
    clearing.withdraw(session, desk, other)
    fourth = going_back.revert(session, desk, planning_round.id, base=3, without=["A003"])
    edit = fourth.content["info"]["edit"]
    assert (edit["requests"], edit["taken_out"]) == (["A001"], {})


def test_an_absence_is_taken_back_with_a_version_that_comes_back_smaller(
    session: Session, desk: Desk, planning_round: PlanningRound, asked: Asked, first: Proposal
) -> None:
    event = {"kind": "absence", "person": "R01", "from": "2027-01-19", "to": "2027-01-19"}
    entry = absences.enter_alone(session, desk, planning_round.id, 2, event)
    assert entry is not None
    clearing.withdraw(session, desk, asked["A002"])
    facts: dict[str, Any] = {"base": 2, "taking_back": [entry.id]}
    with session.begin_nested() as tried:
        with pytest.raises(StaysOut):
            going_back.adopt(session, desk, planning_round.id, 1, **facts)
        tried.rollback()
    session.expire_all()
    assert absences.is_entered(session, desk, planning_round, event)
    going_back.adopt(session, desk, planning_round.id, 1, **facts, without=["A002"])
    assert not absences.is_entered(session, desk, planning_round, event)


def test_a_version_that_was_to_stay_near_another_is_measured_as_it_was(
    session: Session, desk: Desk, planning_round: PlanningRound, asked: Asked
) -> None:
    kept = evening(asked["A001"], "R01")
    near = (kept, evening(asked["A002"], "R01", start=WEEK_LATER))
    stored_plan(session, desk, planning_round, *near, near=near)
    move(session, desk, planning_round, asked, base=1)
    clearing.withdraw(session, desk, asked["A002"])
    made = going_back.adopt(session, desk, planning_round.id, 1, base=2, without=["A002"]).version
    assert proposals.near_of(made) == (kept,)
