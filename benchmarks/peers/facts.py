"""The problem in numbers: people by position, times in minutes, and what is certain beforehand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

import numpy as np

from matchmaker.scheduling.problem import (
    Assignment,
    Interval,
    Mode,
    Person,
    Problem,
    Request,
    Window,
)
from peers.spans import Bools, Ints, Span, Spans

DAY = 1440


def minute(moment: datetime) -> int:
    """Minutes on the wall clock since a fixed day; `// DAY` is the day's ordinal."""
    return moment.toordinal() * DAY + moment.hour * 60 + moment.minute


def moment(minutes: int) -> datetime:
    day = date.fromordinal(minutes // DAY)
    return datetime.combine(day, time()) + timedelta(minutes=minutes % DAY)


@dataclass(frozen=True, slots=True)
class Slots:
    """When and how a request can be held: one entry a start and mode, people left aside."""

    start: Ints
    online: Bools
    points: Ints

    def __len__(self) -> int:
        return len(self.start)

    def part(self, at: Ints) -> Slots:
        return Slots(self.start[at], self.online[at], self.points[at])


class Facts:
    """People are numbered, speakers first; `travel` and `points` are read from the problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.people: tuple[Person, ...] = (*problem.speakers, *problem.interpreters)
        self.number = {row.id: number for number, row in enumerate(self.people)}
        self.speakers = len(problem.speakers)
        self._free = Spans([_spans(row.available) for row in self.people])
        self._disliked = Spans([_spans(row.avoid) for row in self.people])
        now = minute(problem.now)
        self._ready = np.array(
            [max(now, (now // DAY + row.lead_days) * DAY) for row in self.people], dtype=np.int64
        )
        self.published = {row.request: row for row in problem.published}
        self.fixed = {row.request: row for row in problem.fixed}

    def gap(self, earlier: str | None, later: str | None) -> int:
        """Minutes that a person needs from one district to the other; None is online."""
        if earlier is None or later is None:
            return self.problem.travel.online_gap_minutes
        return self.problem.travel.between(earlier, later)

    def slots(self, request: Request) -> Slots:
        """The starts that windows, horizon, closed and blocked days and the clock allow."""
        best: dict[int, int] = {}
        for window in request.windows:
            for start in self._starts(request, window):
                best[start] = max(best.get(start, 0), window.preference)
        modes = [mode for mode in Mode if request.mode.allows(mode)]
        rows = [
            (start, mode is Mode.ONLINE, self._slot_points(request, start, best[start]))
            for start in sorted(best)
            for mode in modes
        ]
        return Slots(
            np.array([start for start, _, _ in rows], dtype=np.int64),
            np.array([online for _, online, _ in rows], dtype=np.bool_),
            np.array([points for _, _, points in rows], dtype=np.int64),
        )

    def _starts(self, request: Request, window: Window) -> Iterator[int]:
        problem, grid = self.problem, self.problem.start_grid_minutes
        organisation = problem.organisation[request.organisation]
        opens, closes = max(minute(window.start), minute(problem.now)), minute(window.end)
        first = max(opens // DAY, problem.first_day.toordinal())
        last = min((closes - 1) // DAY, problem.last_day.toordinal())
        for ordinal in range(first, last + 1):
            day = date.fromordinal(ordinal)
            if day in problem.closed_days:
                continue
            if any(begin <= day <= end for begin, end in organisation.blocked):
                continue
            earliest = max(opens - ordinal * DAY, 0)
            latest = min(closes - ordinal * DAY, DAY) - request.minutes
            for start in range(-(-earliest // grid) * grid, latest + 1, grid):
                yield ordinal * DAY + start

    def _slot_points(self, request: Request, start: int, preference: int) -> int:
        """Preference and day, and what a published start is worth by staying."""
        weights = self.problem.weights
        day = date.fromordinal(start // DAY)
        points = weights.preference * preference - self.problem.discouraged_days.get(day, 0)
        published = self.published.get(request.id)
        if published is not None and minute(published.start) == start:
            points += weights.move
        return points

    @cached_property
    def _speakers_of(self) -> dict[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(self.problem.speakers):
            for topic in row.topics:
                found[topic].append(number)
        return found

    @cached_property
    def _near(self) -> dict[str | None, set[int]]:
        """People by the districts to which they go; under None those who go everywhere."""
        found: defaultdict[str | None, set[int]] = defaultdict(set)
        for number, row in enumerate(self.people):
            for district in (None,) if row.districts is None else row.districts:
                found[district].add(number)
        return found

    @cached_property
    def _interpreters_of(self) -> dict[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(self.problem.interpreters, start=self.speakers):
            for language in row.languages:
                found[language].append(number)
        return found

    def able_speakers(self, request: Request, mode: Mode) -> Ints:
        """Who knows a topic and accepts the group, the mode and the district."""
        known = {number for topic in request.topics for number in self._speakers_of.get(topic, ())}
        rows = self.problem.speakers
        return _sorted(
            number
            for number in self._reachable(known, request, mode)
            if rows[number].min_people <= request.people
            and rows[number].id not in request.excluded_speakers
        )

    def able_interpreters(self, request: Request, mode: Mode, language: str) -> Ints:
        known = set(self._interpreters_of.get(language, ()))
        return _sorted(self._reachable(known, request, mode))

    def _reachable(self, known: set[int], request: Request, mode: Mode) -> Iterator[int]:
        if mode is Mode.ONSITE:
            known &= self._near.get(request.district, set()) | self._near.get(None, set())
        for number in known:
            person = self.people[number]
            if mode in person.modes and (person.womens_groups or not request.womens_group):
                yield number

    def free(self, people: Ints, request: Request, slots: Slots) -> Bools:
        """[person, slot]: whether they have time, their other commitments included."""
        end = slots.start + request.minutes
        free = self._free.hold(people, slots.start, end)
        free &= slots.start >= self._ready[people][:, None]
        for row, number in enumerate(people.tolist()):
            for other in self.people[number].commitments:
                start, until = minute(other.start), minute(other.end)
                for online in (False, True):
                    district = None if online else request.district
                    free[row] &= (
                        (slots.online != online)
                        | (until <= slots.start // DAY * DAY)
                        | (start >= (slots.start // DAY + 1) * DAY)
                        | (until + self.gap(other.district, district) <= slots.start)
                        | (end + self.gap(district, other.district) <= start)
                    )
        return free

    def disliked(self, people: Ints, request: Request, slots: Slots) -> Ints:
        """[person, slot]: points that their dislike of the time costs."""
        touched = self._disliked.touch(people, slots.start, slots.start + request.minutes)
        return touched.astype(np.int64) * self.problem.weights.avoid

    def way(self, people: Ints, request: Request, mode: Mode) -> Ints:
        """Points that each person's way costs."""
        if mode is Mode.ONLINE:
            return np.zeros(len(people), dtype=np.int64)
        between, weight = self.problem.travel.between, self.problem.weights.travel
        homes = (self.people[number].home for number in people.tolist())
        return np.array([weight * between(home, request.district) for home in homes], np.int64)

    def stays(self, people: Ints, published: Sequence[str], points: int) -> Ints:
        """Points for each person whom people already expect."""
        names = (self.people[number].id for number in people.tolist())
        return np.array([points * (name in published) for name in names], dtype=np.int64)

    def worth(self, request: Request) -> int:
        """Points for serving the request at all; what else changes has to be earned by staying."""
        weights, published = self.problem.weights, self.published.get(request.id)
        points = weights.serve + weights.priority * (request.priority - 1)
        points += weights.waiting * min(request.waiting_rounds, 3)
        if published is not None:
            points += weights.drop - weights.move
            points -= weights.swap_speaker * len(set(published.speakers))
            points -= weights.swap_interpreter * len(set(published.interpreters))
        return points

    def assignment(
        self, request: Request, start: int, online: bool, language: str, people: Iterable[int]
    ) -> Assignment:
        """The official form of a talk."""
        names = {number: self.people[number].id for number in people}
        return Assignment(
            request=request.id,
            start=moment(start),
            mode=Mode.ONLINE if online else Mode.ONSITE,
            language=language,
            speakers=tuple(sorted(name for at, name in names.items() if at < self.speakers)),
            interpreters=tuple(sorted(name for at, name in names.items() if at >= self.speakers)),
        )


def _spans(intervals: Iterable[Interval]) -> list[Span]:
    return [(minute(start), minute(end)) for start, end in intervals]


def _sorted(numbers: Iterable[int]) -> Ints:
    return np.array(sorted(numbers), dtype=np.int64)
