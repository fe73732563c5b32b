"""A version of a plan beside everything that is known and decided at this moment."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from matchmaker.models import Proposal, Talk
from matchmaker.models.states import FREED, AssignmentState
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.services.desk import Desk
from matchmaker.services.planning.proposals import near_of
from matchmaker.services.problems import RoundProblem, round_problem
from matchmaker.services.problems.plan_rows import planned


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanToday:
    """Today's problem, and what of the version it still knows; fixed talks are where they are."""

    made: RoundProblem
    plan: tuple[Assignment, ...]

    @property
    def problem(self) -> Problem:
        return self.made.problem


def plan_today(
    session: Session, desk: Desk, proposal: Proposal, *, changing: Talk | None = None
) -> PlanToday:
    """`changing` is an approved talk that is to be held differently, as in `round_problem`."""
    made = round_problem(session, desk, proposal.round, changing=changing, near=near_of(proposal))
    rows = (made.named(row) for row in planned(proposal) if _is_known(row, made.problem))
    standing = {row.request: row for row in rows} | {row.request: row for row in made.problem.fixed}
    return PlanToday(made=made, plan=tuple(standing.values()))


def with_whoever_leaves(
    session: Session, desk: Desk, proposal: Proposal, talk: Talk, leaving: str
) -> PlanToday:
    """The plan in which the talk stands with its whole team, also if that person has said no.

    Everybody knows its evening, so leaving it costs what leaving a published one does. Nothing of
    it may be kept: the session has to be closed or rolled back afterwards.
    """
    with session.no_autoflush:
        for row in talk.assignments:
            if row.person.code == leaving and row.state in FREED:
                row.state = AssignmentState.INVITED
        today = plan_today(session, desk, proposal, changing=talk)
    code = talk.request.code if talk.request is not None else ""
    known = [row for row in today.problem.fixed if row.request == code]
    others = (row for row in today.problem.published if row.request != code)
    problem = replace(today.problem, published=(*others, *known))
    return replace(today, made=replace(today.made, problem=problem))


def made_way(today: PlanToday, requests: Collection[str]) -> PlanToday:
    """The same without the evenings of these requests; approved talks stay where they are."""
    gone = set(requests) - today.made.agreed
    fixed = tuple(row for row in today.problem.fixed if row.request not in gone)
    return PlanToday(
        made=replace(today.made, problem=replace(today.problem, fixed=fixed)),
        plan=tuple(row for row in today.plan if row.request not in gone),
    )


def _is_known(row: Assignment, problem: Problem) -> bool:
    people = problem.person
    return row.request in problem.request and all(code in people for code in row.people)
