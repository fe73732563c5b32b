"""One request within a plan: why it lies where it does, and where else it could lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import Person, Profile
from matchmaker.models.states import RoundState
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.services.desk import Desk
from matchmaker.services.planning.alternatives import Alternative, Bench, Opinion
from matchmaker.services.planning.plan_view import Plan
from matchmaker.services.planning.proposals import near_of
from matchmaker.services.planning.rounds import active_run
from matchmaker.services.planning.stale import goes_along
from matchmaker.services.problems import RoundProblem, round_problem
from matchmaker.services.problems.plan_rows import planned

SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """A request that may still be placed: today's problem, and what the judge says.

    `opinion` is about where it lies now (None: nowhere), `alternatives` about where else it could;
    `goes_along` are the requests that leave the plan with it, because they do not fit any more.
    """

    made: RoundProblem
    bench: Bench
    opinion: Opinion | None
    alternatives: Sequence[Alternative]
    goes_along: Mapping[str, Sequence[str]]

    @property
    def problem(self) -> Problem:
        return self.made.problem


def open_workbench(session: Session, desk: Desk, plan: Plan, code: str) -> Workbench | None:
    """None if the request cannot be placed now: old version, closed round, agreed, left out."""
    movable = plan.is_current and plan.round.state is not RoundState.CLOSED
    if not movable or active_run(session, plan.round.id) is not None:
        return None
    made = round_problem(session, desk, plan.round, near=near_of(plan.proposal))
    if code not in made.problem.request or code in made.agreed:
        return None
    assignments = {row.request: row for row in planned(plan.proposal)}
    known = [made.named(row) for row in assignments.values() if _is_known(row, made.problem)]
    bench = Bench(made.problem, known, code)
    here = next((row for row in known if row.request == code), None)
    return Workbench(
        made=made,
        bench=bench,
        opinion=None if here is None else bench.opinion(here),
        alternatives=bench.alternatives(SHOWN, without=here),
        goes_along={} if here is None else goes_along(bench.problem, known, code, plan.decisions),
    )


def _is_known(row: Assignment, problem: Problem) -> bool:
    people = problem.person
    return row.request in problem.request and all(code in people for code in row.people)


def planned_people(session: Session) -> Mapping[str, Person]:
    """Everybody who can be chosen by hand, with topics and languages, by code."""
    rows = session.scalars(
        select(Person)
        .join(Profile)
        .where(Person.active)
        .order_by(Person.name)
        .options(
            joinedload(Person.organisation),
            joinedload(Person.profile).selectinload(Profile.topics),
            joinedload(Person.profile).selectinload(Profile.languages),
        )
    )
    return {row.code: row for row in rows}
