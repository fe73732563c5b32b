"""One request within a plan: why it lies where it does, and where else it could lie."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import Person, Profile, Proposal
from matchmaker.models.states import RoundState
from matchmaker.scheduling.beside import Beside
from matchmaker.scheduling.judge import Breach
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.problem import Request as CoreRequest
from matchmaker.services.desk import Desk
from matchmaker.services.planning.completing import Completing
from matchmaker.services.planning.plan_today import made_way, plan_today
from matchmaker.services.planning.plan_view import Plan
from matchmaker.services.planning.rounds import active_run
from matchmaker.services.planning.stale import goes_along
from matchmaker.services.problems import RoundProblem


@dataclass(frozen=True, kw_only=True)
class Workbench:
    """A request that may still be placed, beside today's problem and the rest of the plan.

    `here` is where it lies now (None: nowhere); `goes_along` are the requests that leave the plan
    with it, because they do not fit any more.
    """

    made: RoundProblem
    plan: Sequence[Assignment]
    request: CoreRequest
    here: Assignment | None
    goes_along: Mapping[str, Sequence[str]]

    @property
    def problem(self) -> Problem:
        return self.made.problem

    @cached_property
    def beside(self) -> Beside:
        return Beside(self.problem, self.plan)

    def breaches(self, row: Assignment) -> tuple[Breach, ...]:
        """Every rule that the request would break there, languages by their tags."""
        return self.beside.breaches(self.made.named(row))

    def completed(self, start: datetime, person: str = "") -> Assignment | None:
        """As in `Completing`."""
        return Completing(self.problem, self.beside, self.request.id).completed(start, person)

    def load(self, person: str) -> int:
        """How many other talks the plan gives somebody."""
        return sum(person in row.people for row in self.plan if row.request != self.request.id)


def may_change(session: Session, proposal: Proposal) -> bool:
    """Whether something may be placed: the current version of a round that is not closed."""
    planning_round = proposal.round
    return (
        planning_round.current_proposal_id == proposal.id
        and planning_round.state is not RoundState.CLOSED
        and active_run(session, planning_round.id) is None
    )


def open_workbench(
    session: Session, desk: Desk, plan: Plan, code: str, making_way: Collection[str] = ()
) -> Workbench | None:
    """Beside the plan without the requests that make way for it.

    None if the request cannot be placed now: as in `may_change`, agreed, left out.
    """
    if not may_change(session, plan.proposal):
        return None
    today = made_way(plan_today(session, desk, plan.proposal), making_way)
    problem = today.problem
    if code not in problem.request or code in today.made.agreed:
        return None
    here = next((row for row in today.plan if row.request == code), None)
    free = replace(problem, fixed=tuple(row for row in problem.fixed if row.request != code))
    return Workbench(
        made=today.made,
        plan=today.plan,
        request=problem.request[code],
        here=here,
        goes_along={} if here is None else goes_along(free, today.plan, code, plan.decisions),
    )


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
