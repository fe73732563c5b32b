"""What happens to a plan after it was made, and the problem as it is from then on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from matchmaker.scheduling.problem import Assignment, Days, Interval, Problem, Request, Window


@dataclass(frozen=True, slots=True)
class Decline:
    """A person leaves one talk: a speaker does not come to that request at all any more.

    No request can exclude an interpreter, so that of theirs the day of the talk is taken, but for
    the hours of other talks that they keep on it. No repair sends them to that request again.
    """

    person: str
    request: str


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is away on these days, all of them if none are given."""

    person: str
    days: Days | None = None


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A request is withdrawn."""

    request: str


@dataclass(frozen=True, slots=True)
class VenueLoss:
    """A venue is closed on these days, on all of them if none are given."""

    venue: str
    days: Days | None = None


@dataclass(frozen=True, slots=True)
class LateRequest:
    """A request that the plan leaves out is to get a place after all."""

    request: str


Event = Decline | Absence | Cancellation | VenueLoss | LateRequest

ALWAYS: Days = (date.min, date.max)


def lost_talks(problem: Problem, plan: Iterable[Assignment], event: Event) -> list[Assignment]:
    """The talks that cannot stay as they are, in the order of the plan."""
    match event:
        case Decline(person, request):
            return [row for row in plan if row.request == request and person in row.people]
        case Absence(person, days):
            return [row for row in plan if person in row.people and _on(row, days)]
        case Cancellation(request):
            return [row for row in plan if row.request == request]
        case VenueLoss(venue, days):
            there = {row.id for row in problem.requests if row.venue == venue}
            return [row for row in plan if row.request in there and _on(row, days)]
    return []


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is not there on these days but for some hours, in the order of the clock."""

    person: str
    days: Days
    but: tuple[Interval, ...] = ()


def away_of(problem: Problem, plan: Iterable[Assignment], event: Event) -> Away | None:
    """Who of the event is away when; None if nobody is."""
    match event:
        case Absence(person, days):
            return Away(person, days or ALWAYS)
        case Decline(person, request) if person in problem.interpreter:
            talks = [talk for talk in plan if person in talk.people]
            day = next(talk.start.date() for talk in talks if talk.request == request)
            others = (talk for talk in talks if talk.request != request)
            hours = (problem.hours(talk) for talk in others if talk.start.date() == day)
            return Away(person, (day, day), tuple(sorted(hours)))
    return None


def changed_problem(problem: Problem, plan: Iterable[Assignment], event: Event) -> Problem:
    """The problem after the event; talks that it makes impossible are no longer fixed."""
    talks = tuple(plan)
    lost = {talk.request for talk in lost_talks(problem, talks, event)}
    fixed = tuple(talk for talk in problem.fixed if talk.request not in lost)
    after = replace(problem, fixed=fixed)
    if away := away_of(problem, talks, event):
        return _without_days(after, away)
    match event:
        case Decline(person, request):
            return _without_speaker(after, person, request)
        case Cancellation(request):
            return replace(
                after,
                requests=tuple(row for row in problem.requests if row.id != request),
                published=tuple(row for row in problem.published if row.request != request),
            )
        case VenueLoss(venue, days):
            rows = problem.requests
            closed = (_outside(row, days or ALWAYS) if row.venue == venue else row for row in rows)
            return replace(after, requests=tuple(closed))
    return after


def _on(talk: Assignment, days: Days | None) -> bool:
    return days is None or days[0] <= talk.start.date() <= days[1]


def _without_speaker(problem: Problem, person: str, request: str) -> Problem:
    rows = (
        replace(row, excluded_speakers=tuple(dict.fromkeys((*row.excluded_speakers, person))))
        if row.id == request
        else row
        for row in problem.requests
    )
    return replace(problem, requests=tuple(rows))


def _without_days(problem: Problem, away: Away) -> Problem:
    def rest(available: tuple[Interval, ...]) -> tuple[Interval, ...]:
        return (*(piece for whole in available for piece in _cut(*whole, away.days)), *away.but)

    speakers = (
        replace(row, available=rest(row.available)) if row.id == away.person else row
        for row in problem.speakers
    )
    interpreters = (
        replace(row, available=rest(row.available)) if row.id == away.person else row
        for row in problem.interpreters
    )
    return replace(problem, speakers=tuple(speakers), interpreters=tuple(interpreters))


def _outside(request: Request, days: Days) -> Request:
    """The request without its windows on some days.

    A request has to have a window: where none is left it keeps one that is too short for it.
    """
    windows = tuple(
        Window(*piece, window.preference)
        for window in request.windows
        for piece in _cut(window.start, window.end, days)
    )
    begin = request.windows[0].start
    return replace(request, windows=windows or (Window(begin, begin + timedelta(minutes=1)),))


def _cut(begin: datetime, end: datetime, days: Days) -> list[Interval]:
    """What is left of an interval without some days."""
    pieces = [(begin, min(end, datetime.combine(days[0], time())))]
    if days[1] < date.max:
        pieces.append((max(begin, datetime.combine(days[1] + timedelta(days=1), time())), end))
    return [(start, stop) for start, stop in pieces if start < stop]
