"""Which requests a round plans, and why the others are not in its plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import PlanningRound, Request, RoundDecision
from matchmaker.models.states import DecisionKind, RequestState, RoundState
from matchmaker.scheduling import problem as core
from matchmaker.services.problems.people import Period
from matchmaker.services.problems.plan_rows import assignment_from_json, served
from matchmaker.services.problems.requests import (
    Bans,
    load_requests,
    missing_parts,
    touches,
    windows,
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A request that the plan does not look at.

    `reason`: `decision` (left out by a person), `elsewhere` (proposed in another round),
    `incomplete` (`missing` names what it lacks), `no_window` (none of its evenings is left).
    """

    request: str
    reason: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """`chosen` requests with their windows, by code; `pins` and `over` only of chosen requests.

    `over` are those whose pin has been overtaken by time: it holds no more.
    """

    chosen: Mapping[str, tuple[Request, Sequence[core.Window]]]
    left_out: tuple[LeftOut, ...]
    pins: tuple[core.Assignment, ...]
    over: frozenset[str]


def select_requests(
    session: Session,
    planning_round: PlanningRound,
    period: Period,
    decisions: Sequence[RoundDecision],
    now: datetime,
) -> Selection:
    """Sort the waiting requests of the round's period, its own; `now` is by the wall clock."""
    bans = Bans.of(decisions)
    by_decision = {row.request.code for row in decisions if row.kind is DecisionKind.LEAVE_OUT}
    pins = {
        row.request.code: assignment_from_json(row.assignment)
        for row in decisions
        if row.kind is DecisionKind.PIN and row.assignment is not None
    }
    over = {code for code, row in pins.items() if row.start <= now}
    pins = {code: row for code, row in pins.items() if code not in over}
    elsewhere = _proposed_elsewhere(session, planning_round)
    chosen: dict[str, tuple[Request, Sequence[core.Window]]] = {}
    left_out: list[LeftOut] = []
    for request in load_requests(session):
        code = request.code
        if not touches(request, period.first, period.last):
            continue
        if code in by_decision:
            left_out.append(LeftOut(code, "decision"))
        elif request.state is RequestState.PROPOSED and code in elsewhere:
            left_out.append(LeftOut(code, "elsewhere"))
        elif missing := missing_parts(request):
            left_out.append(LeftOut(code, "incomplete", tuple(missing)))
        else:
            when = windows(request, period, bans.days.get(code, ()))
            if not when and code in pins:
                when = [_window_of(pins[code], request.minutes)]
            if when:
                chosen[code] = (request, when)
            else:
                left_out.append(LeftOut(code, "no_window"))
    kept = tuple(pin for code, pin in pins.items() if code in chosen)
    return Selection(chosen, tuple(left_out), kept, frozenset(over & chosen.keys()))


def _window_of(pin: core.Assignment, minutes: int) -> core.Window:
    """The evening that a person chose, where the request's own wishes leave none."""
    return core.Window(pin.start, pin.start + timedelta(minutes=minutes))


def _proposed_elsewhere(session: Session, planning_round: PlanningRound) -> frozenset[str]:
    others = session.scalars(
        select(PlanningRound)
        .where(
            PlanningRound.id != planning_round.id,
            PlanningRound.state.in_([RoundState.COMPUTED, RoundState.IN_REVIEW]),
            PlanningRound.current_proposal_id.is_not(None),
        )
        .options(joinedload(PlanningRound.current_proposal))
    )
    return frozenset().union(
        *(served(row.current_proposal) for row in others if row.current_proposal is not None)
    )
