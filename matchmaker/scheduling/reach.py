"""Who could come to at least one request, looking at nobody but the two of them.

Asked for fairness: whoever fits nothing that is asked for is not treated unfairly by a plan. What
others do beside them (colleagues, other talks, commitments) is left out of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property

from matchmaker.scheduling.problem import (
    Interpreting,
    Interval,
    Mode,
    Organisation,
    Person,
    Problem,
    Request,
    Speaker,
)

GERMAN = "de"
_ONE_DAY = timedelta(days=1)
_Hours = dict[date, list[Interval]]


class Reach:
    """The requests of a problem, filed by what people are asked for."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._hours: dict[str, _Hours] = {}

    def can_come(self, person: Person) -> bool:
        """Whether some request, start and mode break none of the rules about this person alone.

        That is: topic, language, mode, district, availability, lead time, group, group size,
        exclusion, a limit of no talks at all, and when the talk may be at all.
        """
        if 0 in (person.max_per_day, person.max_per_week, person.max_per_month, person.max_talks):
            return False
        hours = self._free_hours(person)
        return bool(hours) and any(
            self._may_meet(request, person) and self._common_start(request, hours)
            for request in self._asking(person)
        )

    def _asking(self, person: Person) -> Iterator[Request]:
        """Requests whose subject or language the person has; some may come twice."""
        if isinstance(person, Speaker):
            for topic in person.topics:
                for request in self._by_topic[topic]:
                    if _takes_speaker(request, person):
                        yield request
        else:
            for language in person.languages:
                yield from self._by_language[language]

    @cached_property
    def _by_topic(self) -> defaultdict[str, list[Request]]:
        found: defaultdict[str, list[Request]] = defaultdict(list)
        for request in self._problem.requests:
            for topic in request.topics if request.max_speakers > 1 else request.topics[:1]:
                found[topic].append(request)
        return found

    @cached_property
    def _by_language(self) -> defaultdict[str, list[Request]]:
        found: defaultdict[str, list[Request]] = defaultdict(list)
        for request in self._problem.requests:
            for language in _interpretable(request):
                found[language].append(request)
        return found

    def _may_meet(self, request: Request, person: Person) -> bool:
        near = person.districts is None or request.district in person.districts
        return (person.womens_groups or not request.womens_group) and any(
            request.mode.allows(mode) and (near or mode is Mode.ONLINE) for mode in person.modes
        )

    def _common_start(self, request: Request, free: _Hours) -> bool:
        length = timedelta(minutes=request.minutes)
        wished = self._wished_hours(request)
        return any(
            self._on_grid(max(begin, start)) + length <= min(until, end)
            for day in wished.keys() & free.keys()
            for start, end in wished[day]
            for begin, until in free[day]
        )

    def _on_grid(self, moment: datetime) -> datetime:
        """The first start from this moment on; never before `now`."""
        moment = max(moment, self._problem.now)
        midnight = datetime.combine(moment, time())
        step = timedelta(minutes=self._problem.start_grid_minutes)
        return midnight + -(-(moment - midnight) // step) * step

    def _wished_hours(self, request: Request) -> _Hours:
        """When the rules about the request alone let it be held."""
        if request.id not in self._hours:
            host = self._problem.organisation[request.organisation]
            windows = ((row.start, row.end) for row in request.windows)
            self._hours[request.id] = {
                day: rows for day, rows in self._by_day(windows).items() if not _blocks(host, day)
            }
        return self._hours[request.id]

    def _free_hours(self, person: Person) -> _Hours:
        earliest = self._problem.now.date() + min(person.lead_days, 10**5) * _ONE_DAY
        rows = self._by_day(_joined(person.available))
        return {day: hours for day, hours in rows.items() if day >= earliest}

    def _by_day(self, intervals: Iterable[Interval]) -> _Hours:
        """The intervals cut at midnight, on the days of the horizon that are not closed."""
        first, last, closed = (
            self._problem.first_day,
            self._problem.last_day,
            self._problem.closed_days,
        )
        found: defaultdict[date, list[Interval]] = defaultdict(list)
        for start, end in intervals:
            day = start.date()
            if day == end.date():  # nearly all are so, and this is quick
                if first <= day <= last and day not in closed:
                    found[day].append((start, end))
                continue
            day = max(day, first)
            while day <= last and (midnight := datetime.combine(day, time())) < end:
                if day not in closed:
                    found[day].append((max(start, midnight), min(end, midnight + _ONE_DAY)))
                day += _ONE_DAY
        return found


def _takes_speaker(request: Request, person: Speaker) -> bool:
    """Whether the person could be the only speaker, or one of several where several may come."""
    return (
        request.people >= person.min_people
        and person.id not in request.excluded_speakers
        and (
            any(language in person.languages for language in request.languages)
            or (GERMAN in person.languages and bool(_interpretable(request)))
        )
    )


def _interpretable(request: Request) -> Sequence[str]:
    """The languages in which it could be held with an interpreter."""
    if request.interpreting is Interpreting.NEVER:
        return ()
    return [language for language in request.languages if language != GERMAN]


def _blocks(host: Organisation, day: date) -> bool:
    return any(first <= day <= last for first, last in host.blocked)


def _joined(intervals: Iterable[Interval]) -> list[Interval]:
    """In order, touching ones as one."""
    rows: list[Interval] = []
    for begin, end in sorted(intervals):
        if rows and begin <= rows[-1][1]:
            rows[-1] = (rows[-1][0], max(end, rows[-1][1]))
        else:
            rows.append((begin, end))
    return rows
