"""Taking over what the worker has found after an event."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, PlanningRound, PlanQuestion, Proposal
from matchmaker.models.states import DecisionKind, ProposalSource, QuestionKind, QuestionState
from matchmaker.scheduling.formats.encode import encoded
from matchmaker.scheduling.judge import check
from matchmaker.scheduling.problem import Assignment
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, Invalid, NotFound, NotPossible
from matchmaker.services.house import audit
from matchmaker.services.people import availability, contacts, profiles
from matchmaker.services.planning import absences, decisions, going_back, questions, repairs
from matchmaker.services.planning.judging import RulesBroken
from matchmaker.services.planning.proposals import plan_of, problem_of
from matchmaker.services.problems.plan_rows import planned, standing_decisions
from matchmaker.services.talks import approval
from tests import factories
from tests.services.plans import TUESDAY, evening, stored_plan

WEEK_LATER = TUESDAY.replace(day=26)


@pytest.fixture
def planning_round(session: Session) -> PlanningRound:
    for code in ("R01", "R02", "R03"):
        factories.speaker(session, topics={"ANE-01": 3}, weekly=((1, 16, 22),), code=code)
    return factories.planning_round(session)


@pytest.fixture
def plan(session: Session, desk: Desk, planning_round: PlanningRound) -> Proposal:
    """A001 and A002 on one evening with R01 and R02."""
    first, second = (factories.request(session, code=code) for code in ("A001", "A002"))
    proposal = stored_plan(
        session, desk, planning_round, evening(first, "R01"), evening(second, "R02")
    )
    session.flush()
    return proposal


def moved(code: str, *speakers: str, start: Any = TUESDAY) -> Assignment:
    request = type("Asked", (), {"code": code})()
    return evening(request, *speakers, start=start)


def answered(
    session: Session,
    desk: Desk,
    plan: Proposal,
    event: dict[str, Any],
    *options: dict[str, Assignment | None],
) -> int:
    row = questions.ask(session, desk, plan, QuestionKind.REPAIR, {"event": event})
    changes = (
        [{"request": code, "after": encoded(after)} for code, after in option.items()]
        for option in options
    )
    row.answer = {"options": [{"changes": entries} for entries in changes]}
    row.state = QuestionState.ANSWERED
    row.known_until, row.known_on = audit.last_entry(session), desk.today
    session.flush()
    return row.id


def kinds(session: Session, plan: Proposal) -> list[tuple[DecisionKind, str]]:
    rows = standing_decisions(session, plan.round_id)
    return sorted((row.kind, row.request.code) for row in rows)


def test_an_option_with_several_moves_is_one_judged_version(
    session: Session, desk: Desk, plan: Proposal
) -> None:
    event = {"kind": "decline", "person": "R01", "request": "A001"}
    swapped = {"A001": moved("A001", "R02"), "A002": moved("A002", "R03", start=WEEK_LATER)}
    number = answered(session, desk, plan, event, {}, swapped)
    made = repairs.take_over(session, desk, plan.round_id, number, 1, base=1)
    assert (made.number, made.source) == (2, ProposalSource.MANUAL)
    assert {row.request: row.people for row in planned(made)} == {
        "A001": ("R02",),
        "A002": ("R03",),
    }
    assert check(problem_of(made), plan_of(made)).right
    assert made.content["info"]["edit"]["requests"] == ["A001", "A002"]
    assert kinds(session, plan) == [
        (DecisionKind.BAN_PERSON, "A001"),
        (DecisionKind.PIN, "A001"),
        (DecisionKind.PIN, "A002"),
    ]


def test_undoing_it_brings_back_the_plan_and_the_decisions(
    session: Session, desk: Desk, plan: Proposal
) -> None:
    decisions.pin(session, desk, plan.round_id, "A001")
    event = {"kind": "absence", "person": "R01", "from": None, "to": None}
    number = answered(session, desk, plan, event, {"A001": None})
    made = repairs.take_over(session, desk, plan.round_id, number, 0, base=1)
    assert [row.request for row in planned(made)] == ["A002"]
    assert kinds(session, plan) == []
    going_back.revert(session, desk, plan.round_id, base=2)
    assert kinds(session, plan) == [(DecisionKind.PIN, "A001")]


def test_who_is_away_has_these_days_off_from_then_on(
    session: Session, desk: Desk, plan: Proposal
) -> None:
    profile = profiles.profile_of(contacts.person_by_code(session, "R01"))
    event = {"kind": "absence", "person": "R01", "from": "2027-01-19", "to": None}
    number = answered(session, desk, plan, event, {"A001": moved("A001", "R03")})
    repairs.take_over(session, desk, plan.round_id, number, 0, base=1)
    (days,) = availability.read(profile).days
    assert (days.first_day, days.last_day) == (TUESDAY.date(), plan.round.last_day)
    assert absences.is_entered(session, desk, plan.round, event)
    assert not absences.enter(session, desk, plan.round, event)
    assert availability.undoable(session, desk, profile) is not None


ONE_DAY = {"kind": "absence", "person": "R01", "from": "2027-01-19", "to": "2027-01-19"}


def test_undoing_it_takes_back_the_absence_that_it_has_entered(
    session: Session, desk: Desk, plan: Proposal
) -> None:
    number = answered(session, desk, plan, ONE_DAY, {"A001": moved("A001", "R03")})
    repairs.take_over(session, desk, plan.round_id, number, 0, base=1)
    assert absences.is_entered(session, desk, plan.round, ONE_DAY)
    assert going_back.revert(session, desk, plan.round_id, base=2) is plan
    profile = profiles.profile_of(contacts.person_by_code(session, "R01"))
    assert availability.read(profile).days == ()
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.action == availability.CHANGED).order_by(AuditEntry.id)
    ).all()
    assert [entry.reason for entry in entries] == [absences.ABSENT, "undone"]


def test_an_absence_that_was_known_before_stays_when_it_is_undone(
    session: Session, desk: Desk, plan: Proposal
) -> None:
    longer = {**ONE_DAY, "from": "2027-01-20", "to": "2027-01-22"}
    absences.enter(session, desk, plan.round, longer)
    number = answered(session, desk, plan, longer, {"A001": moved("A001", "R03")})
    repairs.take_over(session, desk, plan.round_id, number, 0, base=1)
    going_back.revert(session, desk, plan.round_id, base=2)
    assert absences.is_entered(session, desk, plan.round, longer)


def test_times_that_have_changed_since_are_not_overwritten(
    session: Session, desk: Desk, plan: Proposal
) -> None:
    number = answered(session, desk, plan, ONE_DAY, {"A001": moved("A001", "R03")})
    made = repairs.take_over(session, desk, plan.round_id, number, 0, base=1)
    assert made.content["info"]["edit"]["entered"] is not None
    profile = profiles.profile_of(contacts.person_by_code(session, "R01"))
    left = availability.read(profile)
    changed = replace(left, school_holidays_off=True)
    availability.change(session, desk, profile, changed)
    with pytest.raises(absences.TimesChanged) as refusal:
        going_back.revert(session, desk, plan.round_id, base=2)
    assert refusal.value.code == "R01"
    assert availability.read(profile) == changed
    availability.change(session, desk, profile, replace(changed, days=()))
    assert going_back.revert(session, desk, plan.round_id, base=2) is plan
    assert availability.read(profile) == replace(changed, days=())


def test_an_option_that_is_refused_enters_no_absence(
    session: Session, desk: Desk, plan: Proposal
) -> None:
    number = answered(session, desk, plan, ONE_DAY, {"A001": moved("A001", "R02")})
    with session.begin_nested() as tried:
        with pytest.raises(RulesBroken):
            repairs.take_over(session, desk, plan.round_id, number, 0, base=1)
        tried.rollback()
    session.expire_all()
    assert not absences.is_entered(session, desk, plan.round, ONE_DAY)


def test_an_absence_that_begins_after_the_round_needs_a_last_day(
    session: Session, desk: Desk, plan: Proposal
) -> None:
    after = plan.round.last_day + timedelta(days=3)
    event = {**ONE_DAY, "from": after.isoformat(), "to": None}
    with pytest.raises(Invalid) as refusal:
        absences.enter(session, desk, plan.round, event)
    assert list(refusal.value.fields) == ["to"]
    event["to"] = event["from"]
    assert absences.enter(session, desk, plan.round, event) is not None


def test_an_approved_talk_in_the_event_keeps_no_absence_from_being_entered(
    session: Session, desk: Desk, plan: Proposal
) -> None:
    approval.approve(session, desk, plan.round_id, requests=["A002"])
    event = {**ONE_DAY, "request": "A002"}
    number = answered(session, desk, plan, event, {"A001": moved("A001", "R03")})
    repairs.take_over(session, desk, plan.round_id, number, 0, base=1)
    assert absences.is_entered(session, desk, plan.round, event)


def test_an_option_does_not_undo_what_was_decided_after_it(
    session: Session, desk: Desk, plan: Proposal
) -> None:
    event = {"kind": "decline", "person": "R01", "request": "A001"}
    swapped = {"A001": moved("A001", "R03")}
    number = answered(session, desk, plan, event, swapped)
    decisions.ban_person(session, desk, plan.round_id, "A002", "R03")
    session.flush()
    with session.begin_nested() as tried:
        made = repairs.take_over(session, desk, plan.round_id, number, 0, base=1)
        assert made.number == 2
        tried.rollback()
    session.expire_all()
    decisions.ban_person(session, desk, plan.round_id, "A001", "R03")
    with pytest.raises(Conflict):
        repairs.take_over(session, desk, plan.round_id, number, 0, base=1)
    assert kinds(session, plan) == [
        (DecisionKind.BAN_PERSON, "A001"),
        (DecisionKind.BAN_PERSON, "A002"),
    ]


def test_what_belongs_to_an_approved_talk_is_changed_there_and_the_rest_in_the_plan(
    session: Session, desk: Desk, plan: Proposal
) -> None:
    approval.approve(session, desk, plan.round_id, requests=["A001"])
    event = {"kind": "decline", "person": "R01", "request": "A001"}
    swapped = {"A001": moved("A001", "R02"), "A002": moved("A002", "R03")}
    number = answered(session, desk, plan, event, swapped)
    made = repairs.take_over(session, desk, plan.round_id, number, 0, base=1)
    assert {row.request: row.people for row in planned(made)} == {
        "A001": ("R01",),
        "A002": ("R03",),
    }
    assert kinds(session, plan) == [(DecisionKind.PIN, "A002")]
    assert made.content["info"]["edit"]["agreed"] == ["A001"]


def test_a_cancelled_request_is_left_out_of_the_round(
    session: Session, desk: Desk, plan: Proposal
) -> None:
    event = {"kind": "cancellation", "request": "A001"}
    number = answered(session, desk, plan, event, {"A001": None})
    made = repairs.take_over(session, desk, plan.round_id, number, 0, base=1)
    assert [row.request for row in planned(made)] == ["A002"]
    assert kinds(session, plan) == [(DecisionKind.LEAVE_OUT, "A001")]


def test_an_option_that_breaks_a_rule_by_now_is_refused(
    session: Session, desk: Desk, plan: Proposal
) -> None:
    event = {"kind": "decline", "person": "R01", "request": "A001"}
    number = answered(session, desk, plan, event, {"A001": moved("A001", "R02")})
    with pytest.raises(RulesBroken):
        repairs.take_over(session, desk, plan.round_id, number, 0, base=1)


def test_what_is_not_there_or_out_of_date_is_refused(
    session: Session, desk: Desk, plan: Proposal
) -> None:
    event = {"kind": "decline", "person": "R01", "request": "A001"}
    number = answered(session, desk, plan, event, {})
    with pytest.raises(NotPossible):
        repairs.take_over(session, desk, plan.round_id, number, 0, base=1)
    with pytest.raises(Conflict):
        repairs.take_over(session, desk, plan.round_id, number, 0, base=2)
    for wrong in ((number + 1, 0, 0), (number, 1, 0), (number, 0, 1)):
        question_id, option, away = wrong
        with pytest.raises(NotFound):
            repairs.take_over(session, desk, plan.round_id + away, question_id, option, base=1)
    explained = questions.ask(session, desk, plan, QuestionKind.EXPLAIN, {"request": "A001"})
    with pytest.raises(NotFound):
        repairs.take_over(session, desk, plan.round_id, explained.id, 0, base=1)
    assert session.get(PlanQuestion, explained.id) is explained
