"""Two plans for one problem side by side: what differs, what that is worth, and why it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property

from matchmaker.scheduling.beside import Beside
from matchmaker.scheduling.departures import Departures, departures
from matchmaker.scheduling.fairness import Fairness, FairnessMeter
from matchmaker.scheduling.judge import Breach, judge
from matchmaker.scheduling.judge.plan import Plan
from matchmaker.scheduling.judge.score import score_of
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.proposal import Score

Difference = tuple[str, Assignment | None, Assignment | None]
"""A request, and where the two plans place it."""

SHARED_PARTS = ("fairness", "balance")
"""Parts of the score that belong to several talks together: those of a host, of a person."""


@dataclass(frozen=True, slots=True)
class Points:
    """A figure in both plans."""

    before: int
    after: int

    @property
    def difference(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    before: int
    after: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A talk's place in one of the plans, tried beside the other plan's other talks.

    `obstacles` are the rules that it would break there. Without any, `points` says by how much it
    would change the other plan's total: below 0, the other plan is better off without it.
    """

    obstacles: tuple[Breach, ...]
    points: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkChange:
    """A request that the plans treat differently; `before` or `after` is None where it is open.

    `changed` names what differs between two places: `start`, `mode`, `language`, `speakers`,
    `interpreters`. `points` holds those parts of the score that are this talk's own and differ.
    `old_place` is the place before, tried in the plan after; `new_place` the other way round.
    `made_room_for` are requests whose new places forbid the old one of this talk; `room_made_by`
    those whose old places forbid its new one.
    """

    request: str
    before: Assignment | None
    after: Assignment | None
    changed: tuple[str, ...]
    points: Mapping[str, Points]
    old_place: Place | None
    new_place: Place | None
    made_room_for: tuple[str, ...]
    room_made_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two plans: broken rules, fairness, and departures from what is published."""

    violations: tuple[Breach, ...]
    fairness: Fairness
    published: Departures


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`score` holds every part and the `total`; `talks` are in the order of their requests' ids."""

    served: Served
    score: Mapping[str, Points]
    before: Side
    after: Side
    talks: tuple[TalkChange, ...]


def compare(
    problem: Problem, before: Iterable[Assignment], after: Iterable[Assignment]
) -> Comparison:
    """What is different in `after`, seen from `before`.

    The plans need not be allowed. A request or person that the problem does not know scores
    nothing and is not tried elsewhere, but differs like any other.
    """
    one, other = _Version(problem, before), _Version(problem, after)
    found = differing(one.talks.values(), other.talks.values())
    meter = FairnessMeter(problem)
    return Comparison(
        served=Served(
            before=len(one.talks),
            after=len(other.talks),
            gained=tuple(request for request, was, _ in found if was is None),
            lost=tuple(request for request, _, now in found if now is None),
        ),
        score=_pairs(_with_total(one.score), _with_total(other.score)),
        before=one.side(meter),
        after=other.side(meter),
        talks=tuple(_changes(one, other, found)),
    )


def differing(before: Iterable[Assignment], after: Iterable[Assignment]) -> list[Difference]:
    """The requests that the plans place differently, in the order of their ids."""
    was = {row.request: row for row in before}
    now = {row.request: row for row in after}
    pairs = ((request, was.get(request), now.get(request)) for request in sorted({*was, *now}))
    return [row for row in pairs if _comparable(row[1]) != _comparable(row[2])]


class _Version:
    """One of the plans; of a request that is assigned repeatedly the first talk counts."""

    def __init__(self, problem: Problem, assignments: Iterable[Assignment]) -> None:
        self.problem = problem
        self._plan = Plan(problem, tuple(assignments))
        self.talks = self._plan.assignment_of
        self._known = {id_: row for id_, row in self.talks.items() if self._knows(row)}
        self._published = {row.request: row for row in problem.published}

    @cached_property
    def score(self) -> Score:
        return score_of(self._plan)

    @cached_property
    def _beside(self) -> Beside:
        return Beside(self.problem, self._known.values())

    @cached_property
    def _lone(self) -> Problem:
        return replace(self.problem, fixed=(), published=())

    def side(self, meter: FairnessMeter) -> Side:
        return Side(
            violations=judge(self.problem, self._plan.assignments).violations,
            fairness=meter.of(self.talks.values()),
            published=departures(self.problem.published, self._known),
        )

    def own_points(self, request: str) -> dict[str, int]:
        """The parts of the score that are the request's alone."""
        row = self._known.get(request)
        score = Score() if row is None else score_of(Plan(self._lone, [row]))
        parts = {name: value for name, value in asdict(score).items() if name not in SHARED_PARTS}
        return parts | {"stability": self._stability(request, row)}

    def tried(self, row: Assignment | None) -> Place | None:
        """A place of the other plan beside the other talks of this one."""
        if row is None or not self._knows(row):
            return None
        obstacles = self._beside.breaches(row)
        return Place(obstacles=obstacles, points=None if obstacles else self._difference(row))

    def _difference(self, row: Assignment) -> int:
        """What the total changes by if the request is put there."""
        now = self._known.get(row.request)
        there = self._beside.gain(row) + self._stability(row.request, row)
        here = 0 if now is None else self._beside.gain(now)
        return there - here - self._stability(row.request, now)

    def _knows(self, row: Assignment) -> bool:
        return not any(self._plan.unknown_ids(row))

    def _stability(self, request: str, row: Assignment | None) -> int:
        if request not in self._published:
            return 0
        plan = {} if row is None else {request: row}
        return departures([self._published[request]], plan).points(self.problem.weights)


def _changes(one: _Version, other: _Version, found: Sequence[Difference]) -> Iterator[TalkChange]:
    requests = {request for request, _, _ in found}
    for request, was, now in found:
        points = _pairs(one.own_points(request), other.own_points(request))
        old_place, new_place = other.tried(was), one.tried(now)
        yield TalkChange(
            request=request,
            before=was,
            after=now,
            changed=_what(was, now),
            points={part: row for part, row in points.items() if row.difference},
            old_place=old_place,
            new_place=new_place,
            made_room_for=_others(old_place, requests, request),
            room_made_by=_others(new_place, requests, request),
        )


def _others(place: Place | None, requests: set[str], request: str) -> tuple[str, ...]:
    """Requests that stand in the way of a place and that the plans treat differently."""
    named = {one for row in (place.obstacles if place else ()) for one in row.requests}
    return tuple(sorted((named & requests) - {request}))


def _what(was: Assignment | None, now: Assignment | None) -> tuple[str, ...]:
    if was is None or now is None:
        return ()
    one, other = _comparable(was), _comparable(now)
    return tuple(name for name in one if name != "request" and one[name] != other[name])


def _comparable(row: Assignment | None) -> dict[str, object]:
    """What a place consists of; the order of people is no matter."""
    if row is None:
        return {}
    people = {"speakers": sorted(row.speakers), "interpreters": sorted(row.interpreters)}
    return {**asdict(row), **people}


def _with_total(score: Score) -> dict[str, int]:
    return {**asdict(score), "total": score.total}


def _pairs(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, Points]:
    return {name: Points(before[name], after[name]) for name in before}
