"""The single changes that a remedy is made of, rule by rule, as JSON values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matchmaker.scheduling.problem import Assignment, Person
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.explain.cells import Spots
from matchmaker.scheduling.solving.load import Load
from matchmaker.scheduling.solving.tables import MODES
from matchmaker.scheduling.solving.wall import DAY, minute, moment, month, week

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A spot of a request beside the talks of `load`, and whether it breaks the rule by itself."""

    case: Case
    load: Load
    request: int
    at: Spots
    spot: int
    by_spot: bool

    @property
    def begin(self) -> int:
        return int(self.at.begin[self.spot])

    @property
    def day(self) -> str:
        return moment(self.begin).date().isoformat()

    @property
    def ordinal(self) -> int:
        return self.begin // DAY

    def person(self, row: int) -> Person:
        return self.case.tables.problem.person[self.case.tables.people.ids[row]]

    def talks_of(self, row: int) -> list[Assignment]:
        name = self.case.tables.people.ids[row]
        return [talk for talk in self.load.talks if name in talk.people]


def changes_of(rule: str, change: Change, people: list[int]) -> list[Json]:
    """What has to change at this place: for the spot itself, and for each of these people."""
    parts = _OF_SPOT[rule](change) if change.by_spot and rule in _OF_SPOT else []
    if rule in _OF_PERSON:
        for row in people:
            parts = parts + _OF_PERSON[rule](change, row)
    return parts


def _on_day(change: Change) -> list[Json]:
    return [{"day": change.day}]


def _venue(change: Change) -> list[Json]:
    problem = change.case.tables.problem
    venue = problem.requests[change.request].venue
    end = int(change.at.end[change.spot])
    taken = []
    for talk in change.load.talks:
        other, begin = problem.request[talk.request], minute(talk.start)
        if other.venue == venue and begin < end and change.begin < begin + other.minutes:
            taken.append(talk.request)
    return [{"venue": venue, "requests": sorted(taken)}]


def _host_load(change: Change) -> list[Json]:
    problem = change.case.tables.problem
    host = problem.organisation[problem.requests[change.request].organisation]
    ordinals = [
        talk.start.toordinal()
        for talk in change.load.talks
        if problem.request[talk.request].organisation == host.id
    ]
    counts = (
        ("max_per_day", 1, sum(day == change.ordinal for day in ordinals)),
        (
            "max_per_week",
            host.max_per_week,
            sum(week(day) == week(change.ordinal) for day in ordinals),
        ),
        ("max_talks", host.max_talks, len(ordinals)),
    )
    return [
        {"organisation": host.id, "limit": name, "now": limit, "needed": count + 1}
        for name, limit, count in counts
        if count >= limit
    ]


def _workload(change: Change, row: int) -> list[Json]:
    person = change.person(row)
    ordinals = [talk.start.toordinal() for talk in change.talks_of(row)]
    here = change.ordinal
    counts = (
        ("max_per_day", person.max_per_day, sum(day == here for day in ordinals)),
        ("max_per_week", person.max_per_week, sum(week(day) == week(here) for day in ordinals)),
        (
            "max_per_month",
            person.max_per_month,
            sum(month(day) == month(here) for day in ordinals),
        ),
        ("max_talks", person.max_talks, len(ordinals)),
    )
    return [
        {"person": person.id, "limit": name, "now": limit, "needed": count + 1}
        for name, limit, count in counts
        if count >= limit
    ]


def _travel(change: Change, row: int) -> list[Json]:
    """What lies too near: minutes that are missing (those of an overlap included)."""
    tables, busy = change.case.tables, change.load.busy
    key = row * tables.days.count + int(change.at.day[change.spot])
    here, end = int(change.at.place[change.spot]), int(change.at.end[change.spot])
    near: list[Json] = []
    for item in (busy.key == key).nonzero()[0].tolist():
        there = int(busy.place[item])
        late = int(busy.end[item]) + int(tables.travel[there, here]) - change.begin
        early = end + int(tables.travel[here, there]) - int(busy.begin[item])
        missing = min(late, early)
        if missing > 0:
            part: Json = {"person": tables.people.ids[row], "minutes": missing}
            request = int(busy.request[item])
            if request >= 0:
                part["request"] = tables.requests.ids[request]
            near.append(part)
    return near


def _lead_time(change: Change, row: int) -> list[Json]:
    tables = change.case.tables
    days = change.ordinal - minute(tables.problem.now) // DAY
    return [{"person": tables.people.ids[row], "days": days}]


def _who(change: Change, row: int) -> list[Json]:
    return [{"person": change.case.tables.people.ids[row]}]


def _group_size(change: Change, row: int) -> list[Json]:
    tables = change.case.tables
    now, needed = int(tables.requests.people[change.request]), int(tables.people.min_people[row])
    return [{"people": now, "needed": needed, "person": tables.people.ids[row]}]


def _district(change: Change, row: int) -> list[Json]:
    district = change.case.tables.problem.requests[change.request].district
    return [{"person": change.case.tables.people.ids[row], "district": district}]


def _mode_of_request(change: Change) -> list[Json]:
    return [{"mode": MODES[int(change.at.mode[change.spot])].value}]


def _mode(change: Change, row: int) -> list[Json]:
    return [{"person": change.case.tables.people.ids[row], **_mode_of_request(change)[0]}]


def _topic(change: Change, row: int) -> list[Json]:
    topic = change.case.tables.problem.requests[change.request].topics[0]
    return [{"topic": topic, "person": change.case.tables.people.ids[row]}]


def _window(change: Change) -> list[Json]:
    return [{"day": change.day}]


_OF_SPOT: dict[str, Callable[[Change], list[Json]]] = {
    "closed_day": _on_day,
    "blocked": _on_day,
    "venue": _venue,
    "host_load": _host_load,
    "window": _window,
    "mode": _mode_of_request,
    "lead_time": lambda change: [{"moment": change.day}],
}
_OF_PERSON: dict[str, Callable[[Change, int], list[Json]]] = {
    "group_size": _group_size,
    "group": _who,
    "lead_time": _lead_time,
    "district": _district,
    "mode": _mode,
    "workload": _workload,
    "travel": _travel,
    "availability": _who,
    "topic": _topic,
}
