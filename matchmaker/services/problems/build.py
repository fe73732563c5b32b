"""Putting a round's problem together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import (
    DuplicateFlag,
    Organisation,
    PlanningRound,
    Request,
    RoundDecision,
    Talk,
)
from matchmaker.models.states import AssignmentRole, DuplicateState
from matchmaker.scheduling import problem as core
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit
from matchmaker.services.house.planning_rules import planning_rules
from matchmaker.services.problems.aliases import Aliases
from matchmaker.services.problems.people import Period, Roster, Team, load_busy, load_people, team
from matchmaker.services.problems.plan_rows import standing_decisions
from matchmaker.services.problems.requests import (
    Bans,
    Wishes,
    core_request,
    fixed_request,
    host,
    languages,
    windows,
    wished_request,
)
from matchmaker.services.problems.selection import LeftOut, Selection, select_requests
from matchmaker.services.problems.talks import past_talks, standing_talks
from matchmaker.services.problems.travel import travel_times
from matchmaker.services.times.calendar_days import CalendarDays, calendar_days, periods


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know before planning; `code` and facts, the web room words it.

    `school_holidays_unknown` (from), `open_duplicates` (pairs of codes), `people_without_times`
    and `people_incomplete` (codes), `pin_lost` and `pin_over` (request).
    """

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundProblem:
    """A round's problem and what stands beside it. `agreed` are requests with a talk already.

    `known_until` is the last entry of the audit log when reading began: every later one may be
    missing in the problem.
    """

    problem: core.Problem
    agreed: frozenset[str]
    left_out: tuple[LeftOut, ...]
    notes: tuple[Note, ...]
    days: CalendarDays
    aliases: Aliases
    known_until: int

    def named(self, assignment: core.Assignment) -> core.Assignment:
        """The assignment with its language called as in this problem."""
        tag = self.aliases.named(assignment.request, assignment.language)
        return replace(assignment, language=tag)


def round_problem(
    session: Session,
    desk: Desk,
    planning_round: PlanningRound,
    *,
    changing: Talk | None = None,
    near: Sequence[core.Assignment] = (),
) -> RoundProblem:
    """What the round's plan has to solve, from everything that is known at this moment.

    Agreed talks count as they are. The one that is `changing` stands against the wishes with
    which it was asked for, and its day is part of the period, however far away it is. `near` is
    an earlier plan from which every deviation costs points; what of it can still be named
    becomes the problem's `published`.
    """
    return _Builder(session, desk, planning_round, changing, near).built()


class _Builder:
    """The parts of a problem, each made once and from those before it."""

    def __init__(
        self,
        session: Session,
        desk: Desk,
        planning_round: PlanningRound,
        changing: Talk | None,
        near: Sequence[core.Assignment],
    ) -> None:
        self.session, self.desk, self.round = session, desk, planning_round
        self.changing, self.near = changing, near
        self.known_until = audit.last_entry(session)
        self.rules = planning_rules(session)
        first, last = planning_round.first_day, planning_round.last_day
        if changing is not None:
            day = changing.local_start.date()
            first, last = min(first, day), max(last, day)
        self.standing = standing_talks(session, first, last)
        first, last = self.standing.horizon(first, last)
        self.days = calendar_days(first, last, self.rules)
        self.period = Period(
            first=first, last=last, school=self.days.school, zone=desk.settings.zone
        )
        self.bans = Bans.of(self.decisions)

    @cached_property
    def decisions(self) -> list[RoundDecision]:
        return standing_decisions(self.session, self.round.id)

    @cached_property
    def selection(self) -> Selection:
        own = replace(self.period, first=self.round.first_day, last=self.round.last_day)
        now = self.desk.now_local
        return select_requests(self.session, self.round, own, self.decisions, now)

    @cached_property
    def aliases(self) -> Aliases:
        chosen = self.selection.chosen.items()
        return Aliases.of(
            self.bans.interpreters, {code: languages(request) for code, (request, _) in chosen}
        )

    @cached_property
    def past(self) -> tuple[dict[int, int], dict[int, int]]:
        return past_talks(self.session, self.rules.fairness_months, self.period.first)

    @cached_property
    def people(self) -> tuple[Team, dict[int, str]]:
        """The team, and its speakers' codes by id."""
        known = load_people(self.session)
        roster = Roster(
            busy=load_busy(self.session, self.period),
            commitments=self.standing.commitments,
            past_talks=self.past[0],
            bound=frozenset(self._bound()),
            aliases=self.aliases,
        )
        members = team(known, roster, self.period)
        speakers = {row.id for row in members.speakers}
        return members, {row.id: row.code for row in known if row.code in speakers}

    def _bound(self) -> Iterator[str]:
        for talk, _ in self.standing.fixed:
            yield from (row.person.code for row in talk.team())
        for row in (*self.selection.pins, *self._wanted_again()):
            yield from row.people

    def _wanted_again(self) -> Iterator[core.Assignment]:
        """Evenings of the earlier plan whose requests still wait for one."""
        yield from (row for row in self.near if row.request in self.selection.chosen)

    @cached_property
    def _members(self) -> tuple[frozenset[str], frozenset[str]]:
        members, _ = self.people
        speakers = frozenset(row.id for row in members.speakers)
        return speakers, frozenset(row.id for row in members.interpreters)

    def built(self) -> RoundProblem:
        members, _ = self.people
        agreed = frozenset(request.code for _, request in self.standing.fixed)
        lost = frozenset(self._lost_pins())
        problem = core.Problem(
            timezone=self.desk.settings.timezone,
            now=self.desk.now_local.replace(second=0, microsecond=0),
            first_day=self.period.first,
            last_day=self.period.last,
            start_grid_minutes=self.rules.start_grid_minutes,
            travel=travel_times(self.session, self.rules),
            organisations=tuple(self._organisations()),
            speakers=members.speakers,
            interpreters=members.interpreters,
            requests=tuple(self._requests()),
            closed_days=self.days.closed,
            discouraged_days=self.days.discouraged,
            fixed=tuple(self._fixed(lost)),
            published=tuple(self._published()),
            weights=core.Weights(**self.round.weights),
        )
        return RoundProblem(
            problem=problem,
            agreed=agreed,
            left_out=self.selection.left_out,
            notes=tuple(self._notes(lost)),
            days=self.days,
            aliases=self.aliases,
            known_until=self.known_until,
        )

    def _organisations(self) -> Iterator[core.Organisation]:
        hosts = {row.id: row for row in (host(one) for one, _ in self.selection.chosen.values())}
        hosts |= {talk.organisation_id: talk.organisation for talk, _ in self.standing.fixed}
        for row in sorted(hosts.values(), key=lambda organisation: organisation.code):
            yield core.Organisation(
                id=row.code,
                max_per_week=row.max_per_week,
                max_talks=row.max_talks,
                past_talks=self.past[1].get(row.id, 0),
                blocked=tuple(self._blocked(row)),
            )

    def _blocked(self, row: Organisation) -> list[core.Days]:
        """Periods that the organisation has closed, and days on which it hosts something else."""
        closed = (
            (period.first_day, period.last_day)
            for period in row.blocked_periods
            if period.first_day <= self.period.last and period.last_day >= self.period.first
        )
        return sorted([*closed, *periods(self.standing.taken_days.get(row.id, frozenset()))])

    def _requests(self) -> Iterator[core.Request]:
        _, speakers = self.people
        wishes = Wishes(speakers=speakers, bans=self.bans, aliases=self.aliases)
        made = [
            *(core_request(row, when, wishes) for row, when in self.selection.chosen.values()),
            *(self._agreed(talk, request, wishes) for talk, request in self.standing.fixed),
        ]
        yield from sorted(made, key=lambda row: row.id)

    def _agreed(self, talk: Talk, request: Request, wishes: Wishes) -> core.Request:
        if self.changing is None or talk.id != self.changing.id:
            return fixed_request(talk, request)
        banned = self.bans.days.get(request.code, frozenset())
        return wished_request(talk, request, windows(request, self.period, banned), wishes)

    def _fixed(self, lost: frozenset[str]) -> Iterator[core.Assignment]:
        for talk, request in self.standing.fixed:
            yield _agreed_assignment(talk, request.code)
        for pin in self.selection.pins:
            if pin.request not in lost:
                yield replace(pin, language=self.aliases.named(pin.request, pin.language))

    def _published(self) -> Iterator[core.Assignment]:
        for row in self._wanted_again():
            if self._can_be_named(row):
                yield replace(row, language=self.aliases.named(row.request, row.language))

    def _lost_pins(self) -> Iterator[str]:
        return (pin.request for pin in self.selection.pins if not self._can_be_named(pin))

    def _can_be_named(self, row: core.Assignment) -> bool:
        """Whether all its people still have a profile of the kind that it needs."""
        speakers, interpreters = self._members
        return speakers.issuperset(row.speakers) and interpreters.issuperset(row.interpreters)

    def _notes(self, lost: frozenset[str]) -> Iterator[Note]:
        members, _ = self.people
        if self.days.school_unknown_from is not None:
            yield Note("school_holidays_unknown", {"from": self.days.school_unknown_from})
        if pairs := open_duplicates(self.session, self.selection.chosen):
            yield Note("open_duplicates", {"pairs": pairs})
        if members.without_times:
            yield Note("people_without_times", {"people": members.without_times})
        if members.incomplete:
            yield Note("people_incomplete", {"people": members.incomplete})
        for code in sorted(lost):
            yield Note("pin_lost", {"request": code})
        for code in sorted(self.selection.over):
            yield Note("pin_over", {"request": code})


def open_duplicates(session: Session, codes: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs among the requests that look like one and that nobody has decided about."""
    given = set(codes)
    flags = session.scalars(
        select(DuplicateFlag)
        .where(DuplicateFlag.state == DuplicateState.OPEN)
        .options(joinedload(DuplicateFlag.first), joinedload(DuplicateFlag.second))
    )
    pairs = ((row.first.code, row.second.code) for row in flags)
    return sorted(pair for pair in pairs if given.issuperset(pair))


def _agreed_assignment(talk: Talk, request: str) -> core.Assignment:
    return core.Assignment(
        request=request,
        start=talk.local_start,
        mode=core.Mode(talk.mode.value),
        language=talk.language_tag,
        speakers=_codes(talk, AssignmentRole.SPEAKER),
        interpreters=_codes(talk, AssignmentRole.INTERPRETER),
    )


def _codes(talk: Talk, role: AssignmentRole) -> tuple[str, ...]:
    return tuple(sorted(row.person.code for row in talk.team(role)))
