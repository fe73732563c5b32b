"""Going back to an earlier version of a plan: its last change undone, or any version taken over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.models import PlanningRound, Proposal, RoundDecision
from matchmaker.models.states import DecisionKind
from matchmaker.scheduling.problem import Assignment
from matchmaker.services.desk import Desk
from matchmaker.services.errors import NotPossible
from matchmaker.services.house import audit
from matchmaker.services.planning import absences
from matchmaker.services.planning.absences import Absence
from matchmaker.services.planning.judging import RulesBroken, judged
from matchmaker.services.planning.proposals import (
    end_decision,
    find_proposal,
    make_current,
    working_plan,
)
from matchmaker.services.problems import round_problem
from matchmaker.services.problems.plan_rows import (
    assignment_to_json,
    planned,
    standing_decisions,
)


def revert(session: Session, desk: Desk, round_id: int, *, base: int) -> Proposal:
    """Undo the last change by hand: the version before is current again, its decisions too.

    An absence that it has entered is taken back with it. Raises RulesBroken if that version no
    longer fits what is known today, TimesChanged if the absence has to be looked at first.
    """
    planning_round, current = working_plan(session, round_id, base)
    parent = session.get(Proposal, current.parent_id) if current.parent_id else None
    changes = current.content.get("info", {}).get("edit")
    if parent is None or changes is None:
        raise NotPossible(N_("This version was not made by hand, so there is nothing to undo."))
    for decision_id in changes["made"]:
        row = session.get(RoundDecision, decision_id)
        if row is not None and row.undone_at is None:
            end_decision(session, desk, row)
    for decision_id in changes["ended"]:
        row = session.get(RoundDecision, decision_id)
        if row is not None and row.undone_at is not None:
            row.undone_at = None
            audit.record(session, desk, "decision.restored", row, after={"kind": row.kind.value})
    if changes.get("entered") is not None:
        absences.take_back(session, desk, changes["entered"])
    _return_to(session, desk, planning_round, parent)
    return parent


def adopt(
    session: Session,
    desk: Desk,
    round_id: int,
    number: int,
    *,
    base: int,
    without_absences: bool = False,
) -> Sequence[Absence]:
    """Make another version the current one again; the absences that were taken back for it.

    Pins that it does not follow are undone. Who is away is away whatever the plan: absences stay
    entered, unless those that the version does not know (see `since`) are to be taken back.
    Raises Conflict if the current version is not `base` any more, RulesBroken if the version no
    longer fits what is known today, TimesChanged if an absence has to be looked at first.
    """
    planning_round, current = working_plan(session, round_id, base)
    row = find_proposal(session, round_id, number)
    if row.id == current.id:
        return ()
    assignments = {assignment.request: assignment for assignment in planned(row)}
    for decision in standing_decisions(session, round_id):
        if decision.kind is DecisionKind.PIN and not _follows(assignments, decision):
            end_decision(session, desk, decision)
    later = since(session, row) if without_absences else None
    gone = later.absences if later is not None else ()
    for absence in gone:
        absences.take_back(session, desk, absence.entry_id)
    _return_to(session, desk, planning_round, row)
    return gone


@dataclass(frozen=True, slots=True)
class Since:
    """What has come after a version: the number of the current one, and absences that stand
    because of it or of one that it comes from, the last one first."""

    current: int
    absences: Sequence[Absence]


def since(session: Session, row: Proposal) -> Since | None:
    """None for the current version. What `row` or one that it comes from has entered counts not."""
    current_id = row.round.current_proposal_id
    if current_id is None or current_id == row.id:
        return None
    entered = Proposal.content[("info", "edit", "entered")].as_integer()
    made = {
        one.id: _Made(*one)
        for one in session.execute(
            select(Proposal.id, Proposal.number, Proposal.parent_id, entered).where(
                Proposal.round_id == row.round_id
            )
        )
    }
    known = {one.id for one in _line(made, row.id)}
    ids = [one.entered for one in _line(made, current_id) if one.id not in known]
    found = [absences.entered(session, entry_id) for entry_id in ids if entry_id is not None]
    return Since(
        current=made[current_id].number,
        absences=[absence for absence in found if absence is not None and absence.stands],
    )


class _Made(NamedTuple):
    """A version, the one that it comes from, and the entry of an absence that it has entered."""

    id: int
    number: int
    parent: int | None
    entered: int | None


def _line(made: Mapping[int, _Made], newest: int | None) -> Iterator[_Made]:
    """A version and all that it comes from."""
    while newest is not None:
        yield made[newest]
        newest = made[newest].parent


def _return_to(session: Session, desk: Desk, planning_round: PlanningRound, row: Proposal) -> None:
    """Make an earlier version current if it fits what is known and decided now; RulesBroken."""
    session.flush()
    made = round_problem(session, desk, planning_round)
    verdict = judged(made.problem, [made.named(entry) for entry in planned(row)])
    if verdict.violations:
        raise RulesBroken(verdict.violations)
    make_current(session, desk, planning_round, row)


def _follows(assignments: Mapping[str, Assignment], pin: RoundDecision) -> bool:
    placed = assignments.get(pin.request.code)
    return placed is not None and assignment_to_json(placed) == pin.assignment
