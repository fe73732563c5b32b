"""The rules between talks as rows over 0/1 variables, for the peers that write down a model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations

from peers.board import Board, periods
from peers.facts import DAY

Row = tuple[list[int], int]  # variables, and how many of them at most
Use = tuple[int, int, int]  # request, day, variable


@dataclass(frozen=True, slots=True)
class Stop:
    """What keeps a person or a venue busy: a request at a time and place, and its variables."""

    request: int
    start: int
    end: int
    district: str | None
    variables: list[int] = field(default_factory=list)


class Limits:
    """Collects which variable uses whom and when; fixed talks have taken their share before."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._stops: defaultdict[int, dict[tuple[int, int, bool], Stop]] = defaultdict(dict)
        self._venues: defaultdict[str, dict[tuple[int, int], Stop]] = defaultdict(dict)
        self._hosts: defaultdict[str, list[Use]] = defaultdict(list)

    def hold(self, variable: int, request: int, start: int) -> None:
        """The variable means that the request is held then; it concerns the host and the venue."""
        row = self._board.facts.problem.requests[request]
        self._hosts[row.organisation].append((request, start // DAY, variable))
        if row.venue is not None:
            stop = Stop(request, start, start + row.minutes, row.district)
            self._venues[row.venue].setdefault((request, start), stop).variables.append(variable)

    def use(self, variable: int, request: int, start: int, *, online: bool, person: int) -> None:
        """The variable means that the person is at the request then."""
        row = self._board.facts.problem.requests[request]
        stop = Stop(request, start, start + row.minutes, None if online else row.district)
        known = self._stops[person].setdefault((request, start, online), stop)
        known.variables.append(variable)

    def burdens(self) -> Iterator[tuple[list[int], list[int]]]:
        """For each person all variables, and what their first, second, … further talk costs."""
        for person, stops in self._stops.items():
            requests = len({stop.request for stop in stops.values()})
            most = min(requests, self._board.person_room(person, 0))
            costs = [self._board.burden(person, ahead) for ahead in range(most)]
            yield [at for stop in stops.values() for at in stop.variables], costs

    def fairness(self) -> Iterator[tuple[list[int], list[int]]]:
        """For each host all variables, and what its first, second, … further talk earns."""
        for organisation, holds in self._hosts.items():
            requests = len({request for request, _, _ in holds})
            most = min(requests, self._board.host_room(organisation, 0))
            gains = [self._board.fairness(organisation, ahead) for ahead in range(most)]
            yield [variable for _, _, variable in holds], gains

    def rows(self, *, cliques: bool) -> Iterator[Row]:
        """All rows that could bind; overlaps as pairs, or joined to cliques where they can be."""
        for organisation, holds in self._hosts.items():
            host_room = partial(self._board.host_room, organisation)
            yield from self._loads(holds, host_room, months=False)
        for venue in self._venues.values():
            yield from self._apart(list(venue.values()), travel=False, cliques=cliques)
        for person, stops in self._stops.items():
            uses = [
                (stop.request, stop.start // DAY, variable)
                for stop in stops.values()
                for variable in stop.variables
            ]
            person_room = partial(self._board.person_room, person)
            yield from self._loads(uses, person_room, months=True)
            if self._board.facts.people[person].max_per_day > 1:
                yield from self._apart(list(stops.values()), travel=True, cliques=cliques)

    @staticmethod
    def _loads(uses: Iterable[Use], room: Callable[[int], int], *, months: bool) -> Iterator[Row]:
        """Limits in all and by the period, left out where too few requests could reach them."""
        variables: defaultdict[int, list[int]] = defaultdict(list)
        requests: defaultdict[int, set[int]] = defaultdict(set)
        for request, day, variable in uses:
            for code in (0, *periods(day)[: 3 if months else 2]):
                variables[code].append(variable)
                requests[code].add(request)
        for code, members in variables.items():
            most = room(code)
            if len(requests[code]) > most:
                yield members, most

    def _apart(self, stops: list[Stop], *, travel: bool, cliques: bool) -> Iterator[Row]:
        by_day: defaultdict[int, list[Stop]] = defaultdict(list)
        for stop in stops:
            by_day[stop.start // DAY].append(stop)
        for group in by_day.values():
            if len({stop.request for stop in group}) < 2:
                continue
            if cliques:
                yield from self._moments(group)
            for one, other in combinations(group, 2):
                if one.request == other.request or (cliques and _overlap(one, other)):
                    continue
                if not self._compatible(one, other, travel=travel):
                    yield one.variables + other.variables, 1

    @staticmethod
    def _moments(stops: list[Stop]) -> Iterator[Row]:
        """Whatever is going on when some talk begins excludes each other."""
        for moment in sorted({stop.start for stop in stops}):
            running = [stop for stop in stops if stop.start <= moment < stop.end]
            if len(running) > 1:
                yield [at for stop in running for at in stop.variables], 1

    def _compatible(self, one: Stop, other: Stop, *, travel: bool) -> bool:
        first, second = sorted((one, other), key=lambda stop: stop.start)
        gap = self._board.facts.gap(first.district, second.district) if travel else 0
        return first.end + gap <= second.start


def _overlap(one: Stop, other: Stop) -> bool:
    return one.start < other.end and other.start < one.end
