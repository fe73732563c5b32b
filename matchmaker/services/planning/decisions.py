"""What coordinators decide for a request; it holds for every plan of the round until undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.i18n import N_
from matchmaker.models import Person, PlanningRound, Request, RoundDecision, Talk
from matchmaker.models.states import TO_PLAN, DecisionKind, RoundState, TalkState
from matchmaker.scheduling.problem import Assignment
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Invalid, NotFound, NotPossible
from matchmaker.services.house import audit
from matchmaker.services.planning.proposals import end_decision, end_decisions
from matchmaker.services.planning.rounds import locked_round, require_working
from matchmaker.services.problems.plan_rows import (
    assignment_to_json,
    of_request,
    planned,
    standing_decisions,
)


def pin(
    session: Session, desk: Desk, round_id: int, code: str, *, reason: str = ""
) -> RoundDecision:
    """Keep a request on the evening and with the people that the current plan gives it."""
    planning_round, request = _open_request(session, round_id, code)
    current = planning_round.current_proposal
    placed = {row.request: row for row in planned(current)} if current else {}
    if code not in placed:
        raise NotPossible(N_("The plan has no evening for this request that could be kept."))
    return pin_to(session, desk, planning_round, request, placed[code], reason=reason)


def pin_to(
    session: Session,
    desk: Desk,
    planning_round: PlanningRound,
    request: Request,
    assignment: Assignment,
    *,
    reason: str = "",
) -> RoundDecision:
    """Keep a request at this assignment; earlier decisions that speak against it end.

    A reason always makes a new decision; it knows which rules the one before it overrode.
    """
    standing = of_request(standing_decisions(session, planning_round.id), request.code)
    values = assignment_to_json(assignment)
    overridden: list[str] = []
    for row in standing:
        if row.kind is DecisionKind.PIN and row.assignment == values:
            if not reason:
                return row
            overridden = row.overridden
        if _contradicts(row, assignment):
            end_decision(session, desk, row)
    return _decide(
        session,
        desk,
        planning_round,
        request,
        DecisionKind.PIN,
        assignment=values,
        overridden=overridden,
        reason=reason,
    )


def ban_person(
    session: Session, desk: Desk, round_id: int, code: str, person_code: str, *, reason: str = ""
) -> RoundDecision:
    """Do not send this speaker or interpreter to this request."""
    planning_round, request = _open_request(session, round_id, code)
    person = session.scalars(select(Person).where(Person.code == person_code)).one_or_none()
    if person is None or person.profile is None:
        raise NotFound(N_("There is no such speaker or interpreter."))
    standing = of_request(standing_decisions(session, round_id), code)
    for row in standing:
        if row.kind is DecisionKind.BAN_PERSON and row.person_id == person.id:
            return row
        if row.kind is DecisionKind.PIN and person_code in _people(row):
            end_decision(session, desk, row)
    return _decide(
        session,
        desk,
        planning_round,
        request,
        DecisionKind.BAN_PERSON,
        person=person,
        reason=reason,
    )


def ban_day(
    session: Session, desk: Desk, round_id: int, code: str, day: date, *, reason: str = ""
) -> RoundDecision:
    """Do not put this request on this day."""
    planning_round, request = _open_request(session, round_id, code)
    if not planning_round.first_day <= day <= planning_round.last_day:
        raise Invalid({"day": N_("Please choose a day within the period of the round.")})
    for row in of_request(standing_decisions(session, round_id), code):
        if row.kind is DecisionKind.BAN_DAY and row.day == day:
            return row
        if row.kind is DecisionKind.PIN and _day(row) == day:
            end_decision(session, desk, row)
    return _decide(
        session, desk, planning_round, request, DecisionKind.BAN_DAY, day=day, reason=reason
    )


def leave_out(
    session: Session, desk: Desk, round_id: int, code: str, *, reason: str = ""
) -> RoundDecision:
    """Do not plan this request in this round. A plan that holds it stays until the next one."""
    planning_round, request = _open_request(session, round_id, code)
    for row in of_request(standing_decisions(session, round_id), code):
        if row.kind is DecisionKind.LEAVE_OUT:
            return row
        if row.kind is DecisionKind.PIN:
            end_decision(session, desk, row)
    return _decide(session, desk, planning_round, request, DecisionKind.LEAVE_OUT, reason=reason)


def let_go(session: Session, desk: Desk, round_id: int, code: str) -> None:
    """A request that was kept on an evening is no longer."""
    rows = of_request(standing_decisions(session, round_id), code)
    end_decisions(session, desk, [row for row in rows if row.kind is DecisionKind.PIN])


def undo(session: Session, desk: Desk, round_id: int, decision_id: int) -> RoundDecision:
    """The decision no longer holds for the next plan. Undoing it twice does nothing more."""
    planning_round = locked_round(session, round_id)
    require_working(session, planning_round)
    row = session.get(RoundDecision, decision_id)
    if row is None or row.round_id != round_id:
        raise NotFound(N_("There is no such decision."))
    if row.undone_at is None:
        end_decision(session, desk, row)
        start_review(session, desk, planning_round)
    return row


def use_up_pins(session: Session, desk: Desk, requests: Sequence[Request]) -> None:
    """What was fixed by hand for these requests, in any round, has become a talk and holds no more.

    Otherwise a request would be bound to that evening again after its talk was called off.
    """
    session.flush()
    rows = session.scalars(
        select(RoundDecision)
        .where(
            RoundDecision.request_id.in_([request.id for request in requests]),
            RoundDecision.kind == DecisionKind.PIN,
            RoundDecision.undone_at.is_(None),
        )
        .order_by(RoundDecision.id)
        .options(joinedload(RoundDecision.request))
    ).all()
    end_decisions(session, desk, rows)


def start_review(session: Session, desk: Desk, planning_round: PlanningRound) -> None:
    """Somebody has begun to look through the plan."""
    if planning_round.state is RoundState.COMPUTED:
        planning_round.state = RoundState.IN_REVIEW
        audit.record(
            session,
            desk,
            "round.in_review",
            planning_round,
            before={"state": "computed"},
            after={"state": "in_review"},
        )


def request_of_round(session: Session, code: str) -> Request:
    """A request that may be planned: NotPossible if it has a talk or another fate already."""
    request = session.scalars(select(Request).where(Request.code == code)).one_or_none()
    if request is None:
        raise NotFound(N_("There is no such request."))
    agreed = session.scalar(
        select(Talk.id)
        .where(Talk.request_id == request.id, Talk.state != TalkState.CANCELLED)
        .limit(1)
    )
    if agreed is not None:
        raise NotPossible(N_("This talk is approved already. Please change it under “Talks”."))
    if request.state not in TO_PLAN:
        raise NotPossible(N_("This request is not waiting for a plan any more."))
    return request


def _open_request(session: Session, round_id: int, code: str) -> tuple[PlanningRound, Request]:
    planning_round = locked_round(session, round_id)
    require_working(session, planning_round)
    return planning_round, request_of_round(session, code)


def _decide(
    session: Session,
    desk: Desk,
    planning_round: PlanningRound,
    request: Request,
    kind: DecisionKind,
    *,
    reason: str,
    **facts: Any,
) -> RoundDecision:
    row = RoundDecision(
        round_id=planning_round.id,
        request=request,
        kind=kind,
        reason=reason,
        decided_at=desk.now,
        decided_by_id=desk.actor.id,
        **facts,
    )
    session.add(row)
    person, day = facts.get("person"), facts.get("day")
    after = {
        "request": request.code,
        "person": person.code if person else None,
        "day": day.isoformat() if day else None,
        "assignment": facts.get("assignment"),
    }
    audit.record(
        session,
        desk,
        f"decision.{kind.value}",
        row,
        after={key: value for key, value in after.items() if value is not None},
        reason=reason,
    )
    start_review(session, desk, planning_round)
    return row


def _contradicts(row: RoundDecision, assignment: Assignment) -> bool:
    """Whether an earlier decision speaks against the assignment; the later one wins."""
    if row.kind is DecisionKind.BAN_PERSON:
        return row.person is not None and row.person.code in assignment.people
    if row.kind is DecisionKind.BAN_DAY:
        return row.day == assignment.start.date()
    return True


def _people(pin_row: RoundDecision) -> list[str]:
    values = pin_row.assignment or {}
    return [*values.get("speakers", ()), *values.get("interpreters", ())]


def _day(pin_row: RoundDecision) -> date | None:
    start = (pin_row.assignment or {}).get("start")
    return date.fromisoformat(start[:10]) if start else None
