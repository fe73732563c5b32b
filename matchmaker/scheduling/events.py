"""What happens to a plan after it was made, and the problem as it is from then on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from matchmaker.scheduling.problem import Assignment, Days, Interval, Problem, Request, Window


@dataclass(frozen=True, slots=True)
class Decline:
    """A person leaves one talk: a speaker does not come to that request at all any more.

    Of an interpreter, whom no request can exclude, the day of the talk is taken instead, but for
    the hours of other talks that they keep on it.
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


def missing_days(problem: Problem, plan: Iterable[Assignment], event: Event) -> Days | None:
    """The days on which the person of the event is away altogether; None if on none."""
    talks = tuple(plan)
    match event:
        case Absence(_, days):
            return days or ALWAYS
        case Decline(person, request) if person in problem.interpreter:
            day = _day_of(talks, request)
            return None if _others(talks, event, day) else (day, day)
    return None


def changed_problem(problem: Problem, plan: Iterable[Assignment], event: Event) -> Problem:
    """The problem after the event; talks that it makes impossible are no longer fixed."""
    talks = tuple(plan)
    lost = {talk.request for talk in lost_talks(problem, talks, event)}
    fixed = tuple(talk for talk in problem.fixed if talk.request not in lost)
    after = replace(problem, fixed=fixed)
    away = missing_days(problem, talks, event)
    match event:
        case Absence(person) | Decline(person, _) if away is not None:
            return _without_days(after, person, away)
        case Decline(person, request) if person in problem.interpreter:
            day = _day_of(talks, request)
            kept = [problem.hours(talk) for talk in _others(talks, event, day)]
            return _without_days(after, person, (day, day), but=tuple(sorted(kept)))
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


def _day_of(plan: Iterable[Assignment], request: str) -> date:
    return next(talk.start.date() for talk in plan if talk.request == request)


def _others(plan: Iterable[Assignment], event: Decline, day: date) -> list[Assignment]:
    """The other talks that whoever declines has on that day."""
    rows = (talk for talk in plan if talk.request != event.request)
    return [talk for talk in rows if event.person in talk.people and talk.start.date() == day]


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


def _without_days(
    problem: Problem, person: str, days: Days, but: tuple[Interval, ...] = ()
) -> Problem:
    def rest(available: tuple[Interval, ...]) -> tuple[Interval, ...]:
        return (*(piece for whole in available for piece in _cut(*whole, days)), *but)

    speakers = (
        replace(row, available=rest(row.available)) if row.id == person else row
        for row in problem.speakers
    )
    interpreters = (
        replace(row, available=rest(row.available)) if row.id == person else row
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
