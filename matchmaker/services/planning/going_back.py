"""Going back to an earlier version of a plan: its last change undone, or any version taken over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
) -> Proposal:
    """Make another version the current one again.

    Pins that it does not follow are undone. Who is away is away whatever the plan: absences stay
    entered, unless those that the version does not know (`entered_since`) are to be taken back.
    Raises Conflict if the current version is not `base` any more, RulesBroken if the version no
    longer fits what is known today, TimesChanged if an absence has to be looked at first.
    """
    planning_round, current = working_plan(session, round_id, base)
    row = find_proposal(session, round_id, number)
    if row.id == current.id:
        return row
    assignments = {assignment.request: assignment for assignment in planned(row)}
    for decision in standing_decisions(session, round_id):
        if decision.kind is DecisionKind.PIN and not _follows(assignments, decision):
            end_decision(session, desk, decision)
    if without_absences:
        for absence in entered_since(session, row):
            absences.take_back(session, desk, absence.entry_id)
    _return_to(session, desk, planning_round, row)
    return row


def entered_since(session: Session, row: Proposal) -> list[Absence]:
    """The absences that stand because of changes since `row`, the last one first.

    Those are what the current version, or one that it comes from, has entered; not what `row` or
    one that it comes from has.
    """
    current = row.round.current_proposal
    if current is None or current.id == row.id:
        return []
    made = _made_in(session, row.round)
    known = set(_line(made, row.id))
    ids = [made[one][1] for one in _line(made, current.id) if one not in known]
    found = [absences.entered(session, entry_id) for entry_id in ids if entry_id is not None]
    return [absence for absence in found if absence is not None and absence.stands]


Made = Mapping[int, tuple[int | None, int | None]]
"""By the ids of versions: the version that each comes from, and the absence that it has entered."""


def _made_in(session: Session, planning_round: PlanningRound) -> Made:
    entered = Proposal.content["info"]["edit"]["entered"].as_integer()
    rows = session.execute(
        select(Proposal.id, Proposal.parent_id, entered).where(
            Proposal.round_id == planning_round.id
        )
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _line(made: Made, newest: int | None) -> Iterator[int]:
    """A version and all that it comes from."""
    while newest is not None:
        yield newest
        newest, _ = made[newest]


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
