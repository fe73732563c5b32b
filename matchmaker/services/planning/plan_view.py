"""A stored plan with everything that a page shows of it, loaded with few statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.models import (
    Person,
    PlanningRound,
    Proposal,
    Request,
    RequestTopic,
    RoundDecision,
    Topic,
)
from matchmaker.models.states import DecisionKind
from matchmaker.scheduling.compare import Difference, differing
from matchmaker.scheduling.problem import Assignment
from matchmaker.scheduling.proposal import Status
from matchmaker.services.planning.approved import Approved, approved_talks
from matchmaker.services.problems import LeftOut
from matchmaker.services.problems.plan_rows import (
    assignment_from_json,
    planned,
    standing_decisions,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A request on its evening. `before` is where the version before had it (None: nowhere).

    `talk` is the code of its talk once it is approved. `broken` are rules that somebody has
    overridden.
    """

    request: Request
    assignment: Assignment
    speakers: tuple[Person, ...]
    interpreters: tuple[Person, ...]
    pin: RoundDecision | None = None
    talk: str = ""
    broken: tuple[str, ...] = ()
    before: Assignment | None = None
    is_new: bool = False

    @property
    def agreed(self) -> bool:
        return bool(self.talk)

    @property
    def code(self) -> str:
        return self.request.code

    @property
    def start(self) -> datetime:
        return self.assignment.start

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.request.minutes)

    @property
    def people(self) -> tuple[Person, ...]:
        return self.speakers + self.interpreters

    @property
    def is_changed(self) -> bool:
        return self.is_new or (self.before is not None and self.before != self.assignment)

    @property
    def in_wish_language(self) -> bool:
        """Held in the language wanted most, by people who speak it."""
        wanted = [row.language_tag for row in self.request.languages]
        return not self.interpreters and wanted[:1] == [self.assignment.language]


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A request without an evening: the solver's `reasons`, or why it was `left_out`."""

    request: Request
    reasons: tuple[str, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    left_out: str = ""
    missing: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        return self.request.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """The version that was taken over, and which requests stayed out of it, and why."""

    version: int
    requests: Sequence[LeftOut]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One version of a round's plan; `placed` in the order of time, `open` by code.

    `approved` are the talks of its requests, and those of its days that nobody speaks at.
    """

    round: PlanningRound
    proposal: Proposal
    placed: tuple[Placed, ...]
    open: tuple[Open, ...]
    decisions: tuple[RoundDecision, ...]
    people: Mapping[str, Person]
    requests: Mapping[str, Request]
    before: Proposal | None = None
    approved: Sequence[Approved] = ()

    @property
    def is_current(self) -> bool:
        return self.round.current_proposal_id == self.proposal.id

    @property
    def is_optimal(self) -> bool:
        return self.proposal.status == Status.OPTIMAL

    @property
    def most_served(self) -> int | None:
        """How many requests any plan can serve at most, if that is proven."""
        most = self.proposal.content.get("info", {}).get("most_served")
        return most if isinstance(most, int) else None

    @property
    def made_by_hand(self) -> Mapping[str, Any] | None:
        """What the change by hand that made this version did, None if the solver made it."""
        edit = self.proposal.content.get("info", {}).get("edit")
        return edit if isinstance(edit, dict) else None

    @property
    def without(self) -> Without | None:
        """What it lacks of an older version that it repeats, if it does."""
        info = self.proposal.content.get("info", {}).get("without")
        if not isinstance(info, dict):
            return None
        rows = info["requests"]
        return Without(
            version=info["version"],
            requests=[
                LeftOut(row["request"], row["reason"], tuple(row["missing"])) for row in rows
            ],
        )

    @property
    def near(self) -> int | None:
        """The version from which this one was to depart as little as possible."""
        near = self.proposal.content.get("info", {}).get("near")
        return near["version"] if isinstance(near, dict) else None

    @cached_property
    def asked(self) -> int:
        return len(self.placed) + len(self.open)

    @cached_property
    def to_approve(self) -> int:
        return sum(not row.agreed for row in self.placed)

    @cached_property
    def load(self) -> Mapping[str, int]:
        """Talks of this plan by the person's code."""
        return Counter(person.code for row in self.placed for person in row.people)

    def wanting(self, now: datetime) -> list[Approved]:
        """The talks to come that somebody has to be found for."""
        return [row for row in self.approved if row.needs_speaker and row.starts_at > now]

    def placed_of(self, code: str) -> Placed | None:
        return next((row for row in self.placed if row.code == code), None)

    def open_of(self, code: str) -> Open | None:
        return next((row for row in self.open if row.code == code), None)

    def decisions_of(self, code: str) -> list[RoundDecision]:
        return [row for row in self.decisions if row.request.code == code]


def load_plan(session: Session, planning_round: PlanningRound, proposal: Proposal) -> Plan:
    """The version with names, decisions and what has changed since the one before."""
    before = session.get(Proposal, proposal.parent_id) if proposal.parent_id else None
    info = proposal.content.get("info", {})
    left_out = info.get("left_out", [])
    unassigned = proposal.content["unassigned"]
    assignments = planned(proposal)
    codes = {row.request for row in assignments}
    codes |= {row["request"] for row in (*unassigned, *left_out)}
    requests = load_requests(session, codes)
    people = load_people(session, {code for row in assignments for code in row.people})
    decisions = standing_decisions(session, planning_round.id)
    approved = approved_talks(session, planning_round, requests)
    builder = _Builder(
        requests=requests,
        people=people,
        pins={row.request.code: row for row in decisions if row.kind is DecisionKind.PIN},
        talks={row.request: row.code for row in approved},
        broken=_broken(proposal),
        before=None if before is None else {row.request: row for row in planned(before)},
    )
    waiting = [builder.unassigned(row) for row in unassigned if row["request"] in requests]
    waiting += [builder.left_out(row) for row in left_out if row["request"] in requests]
    return Plan(
        round=planning_round,
        proposal=proposal,
        placed=tuple(builder.placed(row) for row in sorted(assignments, key=_by_time)),
        open=tuple(sorted(waiting, key=lambda row: row.code)),
        decisions=tuple(decisions),
        people=people,
        requests=requests,
        before=before,
        approved=approved,
    )


@dataclass(frozen=True, kw_only=True)
class _Builder:
    requests: Mapping[str, Request]
    people: Mapping[str, Person]
    pins: Mapping[str, RoundDecision]
    talks: Mapping[str, str]
    broken: Mapping[str, Sequence[str]]
    before: Mapping[str, Assignment] | None

    def placed(self, row: Assignment) -> Placed:
        code = row.request
        pin = self.pins.get(code)
        holds = pin is not None and assignment_from_json(pin.assignment or {}) == row
        return Placed(
            request=self.requests[code],
            assignment=row,
            speakers=tuple(self.people[one] for one in row.speakers),
            interpreters=tuple(self.people[one] for one in row.interpreters),
            pin=pin if holds else None,
            talk=self.talks.get(code, ""),
            broken=tuple(self.broken.get(code, ())),
            before=None if self.before is None else self.before.get(code),
            is_new=self.before is not None and code not in self.before,
        )

    def unassigned(self, row: Mapping[str, Any]) -> Open:
        return Open(
            request=self.requests[row["request"]],
            reasons=tuple(row.get("reasons", ())),
            detail=row.get("detail", {}),
        )

    def left_out(self, row: Mapping[str, Any]) -> Open:
        return Open(
            request=self.requests[row["request"]],
            left_out=row["reason"],
            missing=tuple(row.get("missing", ())),
        )


def load_requests(session: Session, codes: Iterable[str]) -> dict[str, Request]:
    """Requests by code, with host, topics, languages and room."""
    rows = session.scalars(
        select(Request)
        .where(Request.code.in_(list(codes)))
        .options(
            joinedload(Request.organisation),
            joinedload(Request.venue),
            selectinload(Request.topics).joinedload(RequestTopic.topic).joinedload(Topic.area),
            selectinload(Request.languages),
        )
    )
    return {row.code: row for row in rows}


def load_people(session: Session, codes: Iterable[str]) -> dict[str, Person]:
    """People by code, with their institution and their limits."""
    rows = session.scalars(
        select(Person)
        .where(Person.code.in_(list(codes)))
        .options(joinedload(Person.organisation), joinedload(Person.profile))
    )
    return {row.code: row for row in rows}


def changes(before: Proposal, after: Proposal) -> list[Difference]:
    """What differs between two versions: request, where it was, where it is, by code."""
    return differing(planned(before), planned(after))


def _broken(proposal: Proposal) -> Mapping[str, Sequence[str]]:
    """Rules that fixed talks break, by request."""
    found: dict[str, list[str]] = {}
    for row in proposal.content.get("warnings", ()):
        found.setdefault(row["request"], []).append(row["code"])
    return found


def _by_time(row: Assignment) -> tuple[datetime, str]:
    return row.start, row.request
