"""All changes that are looked at, each with what it could gain at most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

import numpy as np

from matchmaker.scheduling.problem import (
    Interpreting,
    Organisation,
    Person,
    Problem,
    RequestMode,
    Speaker,
    Window,
)
from matchmaker.scheduling.solving.arrays import Ints
from matchmaker.scheduling.solving.load import Room
from matchmaker.scheduling.solving.points import grain_of
from matchmaker.scheduling.solving.prices import SCALE
from matchmaker.scheduling.solving.unlock.bounds import (
    World,
    all_there,
    credit_hosts,
    credit_people,
    credit_requests,
    of_evenings,
    of_owners,
    of_people,
    room_prices,
    world_of,
)
from matchmaker.scheduling.solving.unlock.ground import Ground
from matchmaker.scheduling.solving.unlock.newcomers import horizon
from matchmaker.scheduling.solving.unlock.relaxing import Relaxation
from matchmaker.scheduling.unlocking import (
    HOST_LIMITS,
    PERSON_LIMITS,
    AnyMode,
    Change,
    Evening,
    FurtherWindow,
    HostLimit,
    Newcomer,
    PersonLimit,
    WithInterpreting,
    with_person,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A change as wide as it can be, and how many points and requests it gains at most."""

    change: Change
    points: int
    requests: int


@dataclass(frozen=True, slots=True)
class Census:
    """Counts all changes on the way to those that may gain something."""

    ground: Ground
    invented: Sequence[Newcomer]

    def candidates(self) -> tuple[list[Candidate], int]:
        """Those that may gain something, and how many there are in all; TimeIsUp."""
        found: list[Candidate] = []
        count = 0
        for changes, points, requests in self._groups():
            count += len(points)
            for row in np.flatnonzero(points > 0).tolist():
                found.append(Candidate(changes(row), int(points[row]), int(requests[row])))
        return found, count

    def _groups(self) -> Iterator[tuple[Callable[[int], Change], Ints, Ints]]:
        """Groups of numbered changes: each by its number, gains in points, gains in requests."""
        yield self._evenings()
        yield from self._of_person()
        yield from self._person_limits()
        yield from self._host_limits()
        yield from self._of_requests()
        yield self._newcomers()

    def _bounded(self, gains: Callable[[Relaxation], Ints]) -> tuple[Ints, Ints]:
        """Gains in points and in requests from gains in parts of a point at both prices."""
        ground = self.ground
        best = ground.plan.points
        of_points = ground.points.bound - SCALE * best + gains(ground.points)
        talks = ground.subsidy * len(ground.plan.columns)
        of_requests = ground.requests.bound - SCALE * (best + talks) + gains(ground.requests)
        unit = grain_of(ground.case.tables)
        return of_points // (SCALE * unit) * unit, of_requests // (SCALE * ground.subsidy)

    def _evenings(self) -> tuple[Callable[[int], Change], Ints, Ints]:
        ground, case = self.ground, self.ground.case
        problem, days = ground.problem, case.tables.days.count
        people = list(problem.person.values())
        idle = {row.person.id for row in self.invented}
        together = all_there(problem, available=(horizon(problem),))
        for row in self.invented:
            together = with_person(together, replace(row.person, available=()))
        world = world_of(ground, together)

        def gains(lens: Relaxation) -> Ints:
            keys, values = of_evenings(case, credit_people(ground, *world.better(lens)))
            found = np.zeros(len(people) * days, dtype=np.int64)
            found[keys] = values
            return found

        real = np.repeat([row.id not in idle for row in people], days)
        real &= ~np.tile(case.closed, len(people))
        numbers = np.flatnonzero(real)
        points, requests = (found[numbers] for found in self._bounded(gains))

        def change(row: int) -> Change:
            person, day = divmod(int(numbers[row]), days)
            begin = datetime.combine(problem.first_day + timedelta(days=day), time())
            return Evening(people[person].id, begin, begin + timedelta(days=1))

        return change, points, requests

    def _of_person(self) -> Iterator[tuple[Callable[[int], Change], Ints, Ints]]:
        """Shorter notice, and smaller groups."""
        ground, problem = self.ground, self.ground.problem
        for name, people in (
            ("lead_days", list(problem.person.values())),
            ("min_people", list[Person](problem.speakers)),
        ):
            numbers = np.flatnonzero([getattr(row, name) > 0 for row in people])
            if not len(numbers):
                continue
            world = world_of(ground, all_there(problem, **{name: 0}))
            points, requests = self._bounded(partial(self._people, world))
            yield (
                self._limits(people, numbers, name, to=0),
                points[numbers],
                requests[numbers],
            )

    def _people(self, world: World, lens: Relaxation) -> Ints:
        return of_people(world.case, credit_people(self.ground, *world.better(lens)))

    def _limits(
        self, people: Sequence[Person], numbers: Ints, name: str, *, to: int | None = None
    ) -> Callable[[int], Change]:
        def change(row: int) -> Change:
            person = people[int(numbers[row])]
            before: int = getattr(person, name)
            return PersonLimit(person.id, name, before, before + 1 if to is None else to)

        return change

    def _person_limits(self) -> Iterator[tuple[Callable[[int], Change], Ints, Ints]]:
        ground, problem = self.ground, self.ground.problem
        idle = {row.person.id for row in self.invented}
        people = list(problem.person.values())
        numbers = np.flatnonzero([row.id not in idle for row in people])
        for name in PERSON_LIMITS:
            world = None
            if _full(ground.case.load.people, name):
                world = world_of(ground, _raised_people(problem, name))

            def gains(lens: Relaxation, name: str = name, world: World | None = world) -> Ints:
                found = room_prices(lens.program.rows.people, lens.duals)[name]
                return found if world is None else found + self._people(world, lens)

            points, requests = self._bounded(gains)
            yield self._limits(people, numbers, name), points[numbers], requests[numbers]

    def _host_limits(self) -> Iterator[tuple[Callable[[int], Change], Ints, Ints]]:
        ground, problem = self.ground, self.ground.problem
        hosts = problem.organisations
        for name in HOST_LIMITS:
            world = None
            if _full(ground.case.load.hosts, name):
                world = world_of(ground, _raised_hosts(problem, name))

            def gains(lens: Relaxation, name: str = name, world: World | None = world) -> Ints:
                found = room_prices(lens.program.rows.hosts, lens.duals)[name]
                if world is None:
                    return found
                better = credit_hosts(ground.case, *world.better(lens))
                return found + of_owners(better, len(hosts))

            def change(row: int, name: str = name) -> Change:
                before: int = getattr(hosts[row], name)
                return HostLimit(hosts[row].id, name, before, before + 1)

            yield change, *self._bounded(gains)

    def _of_requests(self) -> Iterator[tuple[Callable[[int], Change], Ints, Ints]]:
        problem = self.ground.problem
        rows = problem.requests
        begin, end = horizon(problem)
        anytime = tuple(replace(row, windows=(*row.windows, Window(begin, end))) for row in rows)
        yield self._requests(
            replace(problem, requests=anytime),
            np.arange(len(rows)),
            lambda row: FurtherWindow(rows[row].id, begin, end),
        )
        bound = np.flatnonzero([row.mode is not RequestMode.EITHER for row in rows])
        anyhow = tuple(replace(row, mode=RequestMode.EITHER) for row in rows)
        yield self._requests(
            replace(problem, requests=anyhow),
            bound,
            lambda row: AnyMode(rows[row].id, rows[row].mode),
        )
        never = np.flatnonzero([row.interpreting is Interpreting.NEVER for row in rows])
        helped = tuple(replace(row, interpreting=Interpreting.IF_NEEDED) for row in rows)
        yield self._requests(
            replace(problem, requests=helped), never, lambda row: WithInterpreting(rows[row].id)
        )

    def _requests(
        self, together: Problem, numbers: Ints, change: Callable[[int], Change]
    ) -> tuple[Callable[[int], Change], Ints, Ints]:
        if not len(numbers):
            return change, numbers, numbers
        world = world_of(self.ground, together)

        def gains(lens: Relaxation) -> Ints:
            return of_owners(credit_requests(*world.better(lens)), len(together.requests))

        points, requests = self._bounded(gains)
        return lambda row: change(int(numbers[row])), points[numbers], requests[numbers]

    def _newcomers(self) -> tuple[Callable[[int], Change], Ints, Ints]:
        ground, together = self.ground, self.ground.problem
        for row in self.invented:
            together = row.changed(together)
        world = world_of(ground, together)
        where = ground.case.tables.person_row
        numbers = np.array([where[row.person.id] for row in self.invented], dtype=np.int64)
        points, requests = self._bounded(partial(self._people, world))
        return lambda row: self.invented[row], points[numbers], requests[numbers]


def _full(room: Room, name: str) -> bool:
    """Whether some owner has no room left by this limit alone: raising it opens days."""
    tables = {
        "max_per_day": room.day,
        "max_per_week": room.week,
        "max_per_month": room.month,
        "max_talks": room.in_all,
    }
    return bool((tables[name] <= 0).any())


def _raised_people(problem: Problem, name: str) -> Problem:
    def raised(person: Person) -> Person:
        values: dict[str, Any] = {name: getattr(person, name) + 1}
        return replace(person, **values)

    for person in problem.person.values():
        problem = with_person(problem, raised(person))
    return problem


def _raised_hosts(problem: Problem, name: str) -> Problem:
    def raised(host: Organisation) -> Organisation:
        values: dict[str, Any] = {name: getattr(host, name) + 1}
        return replace(host, **values)

    return replace(problem, organisations=tuple(raised(row) for row in problem.organisations))


def affected(ground: Ground, change: Change) -> Ints:
    """The requests (rows) whose talks may be others after the change."""
    tables, wanted = ground.case.tables, ground.case.tables.requests
    if isinstance(change, HostLimit):
        return np.flatnonzero(wanted.organisation == tables.organisation_row[change.organisation])
    if isinstance(change, FurtherWindow | AnyMode | WithInterpreting):
        return np.array([tables.request_row[change.request]])
    person = change.person if isinstance(change.person, str) else change.person.id
    row, people = tables.person_row[person], tables.people
    if isinstance(ground.problem.person[person], Speaker):
        asked = people.level[row][wanted.topics] > 0
        able = (asked & (wanted.topics >= 0)).any(axis=1)
    else:
        able = (people.speaks[row][wanted.languages] & (wanted.languages >= 0)).any(axis=1)
    rows = np.flatnonzero(able)
    if isinstance(change, Evening):
        near = [_touches(ground.problem.requests[item].windows, change) for item in rows.tolist()]
        rows = rows[np.array(near, dtype=np.bool_)]
    return rows


def _touches(windows: Sequence[Window], evening: Evening) -> bool:
    return any(row.start < evening.end and evening.start < row.end for row in windows)
