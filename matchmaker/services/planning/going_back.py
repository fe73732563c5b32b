"""Going back to an earlier version of a plan: its last change undone, or any version taken over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

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
from matchmaker.services.planning.staying_out import StaysOut, staying_out, store_without
from matchmaker.services.problems import round_problem
from matchmaker.services.problems.plan_rows import (
    assignment_to_json,
    planned,
    standing_decisions,
)


def revert(
    session: Session, desk: Desk, round_id: int, *, base: int, without: Collection[str] = ()
) -> Proposal:
    """Undo the last change by hand: the version before is current again, its decisions too.

    An absence that it has entered is taken back with it. Raises RulesBroken if that version no
    longer fits what is known today, TimesChanged if the absence has to be looked at first, and
    StaysOut as `adopt`, where it says what `without` is.
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
    return _return_to(session, desk, planning_round, parent, without)


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The version that is current now, and the absences that were taken back for it."""

    version: Proposal
    absences: Sequence[Absence] = ()


def adopt(
    session: Session,
    desk: Desk,
    round_id: int,
    number: int,
    *,
    base: int,
    taking_back: Collection[int] = (),
    without: Collection[str] = (),
) -> TakenOver:
    """Make another version the current one again.

    Pins that it does not follow are undone. Who is away is away whatever the plan: absences stay
    entered, but for those that `since` offers and whose entries are among `taking_back`.
    Requests that cannot have their talks any more stay out: the version comes back as a new one
    then. `without` are those that the person knows of; StaysOut if there are others.
    Raises Conflict if the current version is not `base` any more, RulesBroken if the version no
    longer fits what is known today, TimesChanged if an absence has to be looked at first.
    """
    planning_round, current = working_plan(session, round_id, base)
    row = find_proposal(session, round_id, number)
    if row.id == current.id:
        return TakenOver(row)
    assignments = {assignment.request: assignment for assignment in planned(row)}
    for decision in standing_decisions(session, round_id):
        if decision.kind is DecisionKind.PIN and not _follows(assignments, decision):
            end_decision(session, desk, decision)
    offered = absences.entered_since(session, desk, row)
    gone = [absence for absence in offered if absence.entry_id in taking_back]
    for absence in gone:
        absences.take_back(session, desk, absence.entry_id)
    version = _return_to(session, desk, planning_round, row, without)
    return TakenOver(version, gone)


@dataclass(frozen=True, slots=True)
class Since:
    """What has come after a version: the number of the current one, and absences that stand and
    that the version knew nothing of, the last one first."""

    current: int
    absences: Sequence[Absence]


def since(session: Session, desk: Desk, row: Proposal) -> Since | None:
    """None for the current version."""
    current = row.round.current_proposal
    if current is None or current.id == row.id:
        return None
    return Since(current.number, absences.entered_since(session, desk, row))


def _return_to(
    session: Session,
    desk: Desk,
    planning_round: PlanningRound,
    row: Proposal,
    without: Collection[str],
) -> Proposal:
    """Make an earlier version current if it fits what is known and decided now.

    Raises RulesBroken, and StaysOut if others than those `without` would stay out of it.
    """
    session.flush()
    made = round_problem(session, desk, planning_round)
    out = staying_out(session, row, made)
    gone = {one.request for one in out}
    kept = [made.named(entry) for entry in planned(row) if entry.request not in gone]
    verdict = judged(made.problem, kept)
    if verdict.violations:
        raise RulesBroken(verdict.violations)
    if not gone.issubset(without):
        raise StaysOut(row.number, out)
    if out:
        return store_without(session, desk, planning_round, row, out)
    make_current(session, desk, planning_round, row)
    return row


def _follows(assignments: Mapping[str, Assignment], pin: RoundDecision) -> bool:
    placed = assignments.get(pin.request.code)
    return placed is not None and assignment_to_json(placed) == pin.assignment
