"""What would become of a plan if it were approved now: evenings, people, mails and objections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.i18n import N_
from matchmaker.models import (
    Organisation,
    Person,
    PlanningRound,
    Profile,
    Proposal,
    Request,
    RequestTopic,
    Talk,
)
from matchmaker.models.states import (
    TO_PLAN,
    CalendarChoice,
    DecisionKind,
    InvitationRole,
    TalkState,
)
from matchmaker.scheduling.judge import Breach
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.services.desk import Desk
from matchmaker.services.planning import judging
from matchmaker.services.problems import RoundProblem, round_problem
from matchmaker.services.problems.aliases import spoken
from matchmaker.services.problems.plan_rows import planned, standing_decisions
from matchmaker.services.sending import post

REQUEST_GONE = N_("%(request)s is not waiting for a talk any more.")
NOT_IN_ROUND = N_("%(request)s is no longer part of this round's plan. Please plan again.")
PERSON_GONE = N_("%(person)s is not available as a speaker or interpreter any more.")
OVER = N_("The evening of %(request)s is over.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why an evening should not, or (`final`) cannot be approved as it is planned.

    `code` is the rule's, or `request`, `person`, `past`; `template` is a message id for `facts`.
    `reason` is what was said when exactly this rule was broken by hand.
    """

    code: str
    template: str
    facts: Mapping[str, Any]
    final: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMail:
    """An invitation that would go out. `unreachable` people are invited without a mail."""

    person: Person
    role: InvitationRole
    unreachable: bool
    with_calendar: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """One evening of the plan that is not approved yet; times are wall-clock."""

    request: Request
    assignment: Assignment
    start: datetime
    end: datetime
    mails: tuple[PlannedMail, ...]
    objections: tuple[Objection, ...] = ()

    @property
    def code(self) -> str:
        return self.request.code

    @property
    def possible(self) -> bool:
        return not any(objection.final for objection in self.objections)

    @property
    def needs_reason(self) -> bool:
        """Whether a rule is broken without anybody having said why."""
        return any(not objection.reason for objection in self.objections)

    @property
    def reason(self) -> str:
        """What was said when its rules were broken by hand."""
        said = (objection.reason for objection in self.objections if objection.reason)
        return " · ".join(dict.fromkeys(said))

    def people(self, role: InvitationRole) -> list[Person]:
        return [mail.person for mail in self.mails if mail.role is role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A round's plan as it stands. `approved` maps the requests that have their talk already."""

    round: PlanningRound
    proposal: Proposal
    evenings: tuple[Evening, ...]
    approved: Mapping[str, Talk]

    def chosen(self, codes: Collection[str] | None) -> list[Evening]:
        return [row for row in self.evenings if codes is None or row.code in codes]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCount:
    """How many mails would go out: in all, by role, and to how many different people."""

    total: int
    by_role: Mapping[InvitationRole, int] = field(default_factory=dict)
    people: int = 0
    unreachable: tuple[Person, ...] = ()


def review(
    session: Session,
    desk: Desk,
    planning_round: PlanningRound,
    proposal: Proposal,
    codes: Collection[str] | None = None,
) -> Review:
    """Look at the plan with today's eyes; the judge sees `codes` (None: all) placed together."""
    rows = planned(proposal)
    requests = _requests(session, rows)
    approved = _approved(session, requests.values())
    waiting = [row for row in rows if row.request in requests and row.request not in approved]
    waiting.sort(key=lambda row: (row.start, row.request))
    known = _Known(
        desk=desk,
        current=round_problem(session, desk, planning_round),
        requests=requests,
        people=_people(session, waiting),
        overrides=_overrides(session, planning_round),
    )
    objections = known.objections(waiting, codes)
    return Review(
        round=planning_round,
        proposal=proposal,
        evenings=tuple(known.evening(row, objections[row.request]) for row in waiting),
        approved=approved,
    )


def count_mails(evenings: Iterable[Evening]) -> MailCount:
    mails = [mail for row in evenings for mail in row.mails]
    sent = [mail for mail in mails if not mail.unreachable]
    lost = {mail.person.id: mail.person for mail in mails if mail.unreachable}
    return MailCount(
        total=len(sent),
        by_role=Counter(mail.role for mail in sent),
        people=len({mail.person.id for mail in sent}),
        unreachable=tuple(sorted(lost.values(), key=lambda person: person.name)),
    )


def _requests(session: Session, rows: Sequence[Assignment]) -> dict[str, Request]:
    found = session.scalars(
        select(Request)
        .where(Request.code.in_([row.request for row in rows]))
        .options(
            joinedload(Request.organisation).selectinload(Organisation.people),
            joinedload(Request.contact),
            joinedload(Request.venue),
            selectinload(Request.topics).joinedload(RequestTopic.topic),
        )
        .execution_options(populate_existing=True)
    )
    return {request.code: request for request in found}


def _approved(session: Session, requests: Iterable[Request]) -> dict[str, Talk]:
    codes = {request.id: request.code for request in requests}
    talks = session.scalars(
        select(Talk).where(Talk.request_id.in_(codes), Talk.state != TalkState.CANCELLED)
    )
    return {codes[talk.request_id]: talk for talk in talks if talk.request_id is not None}


def _people(session: Session, rows: Sequence[Assignment]) -> dict[str, Person]:
    codes = {code for row in rows for code in row.people}
    found = session.scalars(
        select(Person)
        .where(Person.code.in_(codes))
        .options(
            joinedload(Person.organisation),
            joinedload(Person.profile).selectinload(Profile.topics),
        )
    )
    return {person.code: person for person in found}


def _overrides(session: Session, planning_round: PlanningRound) -> dict[tuple[str, str], str]:
    """By request and rule: what was said when a request was placed by hand against the rule."""
    return {
        (row.request.code, code): row.reason
        for row in standing_decisions(session, planning_round.id)
        if row.kind is DecisionKind.PIN
        for code in row.overridden
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the evenings are looked at with; rows are looked up by their codes."""

    desk: Desk
    current: RoundProblem
    requests: Mapping[str, Request]
    people: Mapping[str, Person]
    overrides: Mapping[tuple[str, str], str]

    def objections(
        self, rows: Sequence[Assignment], codes: Collection[str] | None
    ) -> dict[str, list[Objection]]:
        """By request: what cannot be at all, else what the judge says about those that can."""
        problem = self.current.problem
        found = {row.request: self._final(row) for row in rows}
        agreed = [row for row in problem.fixed if row.request in self.current.agreed]
        placed = [
            _named(row, problem)
            for row in rows
            if not found[row.request] and (codes is None or row.request in codes)
        ]
        verdict = judging.judged(problem, [*agreed, *placed])
        for row in placed:
            found[row.request] += [
                self._broken(breach) for breach in judging.about(verdict, row.request)
            ]
        return found

    def _broken(self, breach: Breach) -> Objection:
        """What was said for any of the talks that the rule ties together counts for all of them."""
        said = (self.overrides.get((request, breach.code), "") for request in breach.requests)
        return Objection(
            code=breach.code,
            template=breach.template,
            facts=breach.facts,
            reason=next(filter(None, said), ""),
        )

    def _final(self, row: Assignment) -> list[Objection]:
        problem, facts = self.current.problem, {"request": row.request}
        if self.requests[row.request].state not in TO_PLAN:
            return [Objection(code="request", template=REQUEST_GONE, facts=facts, final=True)]
        if row.start <= self.desk.now_local:
            return [Objection(code="past", template=OVER, facts=facts, final=True)]
        if row.request not in problem.request:
            return [Objection(code="request", template=NOT_IN_ROUND, facts=facts, final=True)]
        return [
            Objection(
                code="person",
                template=PERSON_GONE,
                facts={"person": self.people[code].name if code in self.people else code},
                final=True,
            )
            for code in row.people
            if code not in self.people or code not in problem.person
        ]

    def evening(self, row: Assignment, objections: Iterable[Objection]) -> Evening:
        request = self.requests[row.request]
        return Evening(
            request=request,
            assignment=row,
            start=row.start,
            end=row.start + timedelta(minutes=request.minutes),
            mails=tuple(self._mail(person, role) for person, role in self._invited(row)),
            objections=tuple(objections),
        )

    def _invited(self, row: Assignment) -> Iterator[tuple[Person, InvitationRole]]:
        known = self.people
        yield from ((known[code], InvitationRole.SPEAKER) for code in row.speakers if code in known)
        for code in row.interpreters:
            if code in known:
                yield known[code], InvitationRole.INTERPRETER
        host = self.requests[row.request].contact
        if host is not None and host.code not in row.people:
            yield host, InvitationRole.HOST

    def _mail(self, person: Person, role: InvitationRole) -> PlannedMail:
        return PlannedMail(
            person=person,
            role=role,
            unreachable=not post.reachable(self.desk, person),
            with_calendar=person.calendar_choice is CalendarChoice.INVITATION,
        )


def _named(row: Assignment, problem: Problem) -> Assignment:
    """The assignment with its language called as in today's problem."""
    names = problem.request[row.request].languages
    return replace(
        row, language=next((name for name in names if spoken(name) == row.language), row.language)
    )
