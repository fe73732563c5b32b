"""Carry out remedies: the problem and the plan in a world in which the change was made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from matchmaker.scheduling.problem import (
    Assignment,
    Interpreter,
    Mode,
    Person,
    Problem,
    Request,
    RequestMode,
    Window,
)

Json = dict[str, Any]


@dataclass(frozen=True)
class World:
    problem: Problem
    plan: tuple[Assignment, ...]
    request: str

    @property
    def wanted(self) -> Request:
        return self.problem.request[self.request]

    def with_request(self, **fields: Any) -> World:
        rows = tuple(
            replace(row, **fields) if row.id == self.request else row
            for row in self.problem.requests
        )
        return replace(self, problem=replace(self.problem, requests=rows))

    def with_person(self, name: str, change: Callable[[Any], Json]) -> World:
        def changed(people: Sequence[Person]) -> tuple[Any, ...]:
            return tuple(replace(row, **change(row)) if row.id == name else row for row in people)

        problem = replace(
            self.problem,
            speakers=changed(self.problem.speakers),
            interpreters=changed(self.problem.interpreters),
        )
        return replace(self, problem=problem)

    def with_host(self, **fields: Any) -> World:
        rows = tuple(
            replace(row, **fields) if row.id == self.wanted.organisation else row
            for row in self.problem.organisations
        )
        return replace(self, problem=replace(self.problem, organisations=rows))

    def without_talks(self, names: Sequence[str]) -> World:
        return replace(self, plan=tuple(row for row in self.plan if row.request not in names))


def carry_out(world: World, rule: str, remedy: Json) -> World | None:
    """The world after a remedy; None where the rule cannot be changed by data (one talk a day)."""
    for part in (remedy, *({**row, "start": remedy["start"]} for row in remedy.get("also", ()))):
        changed = _CHANGES[rule](world, part)
        if changed is None:
            return None
        world = changed
    return world


def _span(world: World, part: Json) -> tuple[datetime, datetime]:
    start = datetime.fromisoformat(part["start"])
    return start, start + timedelta(minutes=world.wanted.minutes)


def _availability(world: World, part: Json) -> World:
    span = _span(world, part)
    return world.with_person(part["person"], lambda row: {"available": (*row.available, span)})


def _workload(world: World, part: Json) -> World:
    return world.with_person(part["person"], lambda _: {part["limit"]: part["needed"]})


def _host_load(world: World, part: Json) -> World | None:
    if part["limit"] == "max_per_day":
        return None
    return world.with_host(**{part["limit"]: part["needed"]})


def _travel(world: World, part: Json) -> World:
    if "with" in part:
        return world.without_talks([part["with"]])
    return world.with_person(part["person"], lambda _: {"commitments": ()})


def _lead_time(world: World, part: Json) -> World:
    return world.with_person(part["person"], lambda _: {"lead_days": part["days"]})


def _language(world: World, part: Json) -> World:
    if part["kind"] == "speaker":
        return world.with_person(
            part["person"], lambda row: {"languages": (*row.languages, part["language"])}
        )
    fresh = tuple(
        Interpreter(
            id=f"new {number}",
            languages=(part["language"],),
            home=world.wanted.district,
            available=(_span(world, part),),
            modes=(Mode.ONSITE, Mode.ONLINE),
        )
        for number in range(part["needed"])
    )
    known = world.problem.interpreters
    return replace(world, problem=replace(world.problem, interpreters=(*known, *fresh)))


def _mode(world: World, part: Json) -> World:
    mode = Mode(part["mode"])
    if "person" in part:
        return world.with_person(part["person"], lambda row: {"modes": (*row.modes, mode)})
    return world.with_request(mode=RequestMode.EITHER)


def _window(world: World, part: Json) -> World:
    return world.with_request(windows=(*world.wanted.windows, Window(*_span(world, part))))


def _topic(world: World, part: Json) -> World:
    return world.with_person(
        part["person"], lambda row: {"topics": {**row.topics, part["topic"]: 1}}
    )


_CHANGES: dict[str, Callable[[World, Json], World | None]] = {
    "group_size": lambda world, part: world.with_request(people=part["needed"]),
    "group": lambda world, part: world.with_person(
        part["person"], lambda _: {"womens_groups": True}
    ),
    "lead_time": _lead_time,
    "closed_day": lambda world, _: replace(
        world, problem=replace(world.problem, closed_days=frozenset())
    ),
    "blocked": lambda world, _: world.with_host(blocked=()),
    "language": _language,
    "district": lambda world, part: world.with_person(
        part["person"], lambda row: {"districts": (*(row.districts or ()), part["district"])}
    ),
    "mode": _mode,
    "venue": lambda world, part: world.without_talks(part["requests"]),
    "host_load": _host_load,
    "workload": _workload,
    "travel": _travel,
    "availability": _availability,
    "window": _window,
    "topic": _topic,
}
