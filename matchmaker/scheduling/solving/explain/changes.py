"""The single changes that a remedy is made of, rule by rule, as JSON values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from matchmaker.scheduling.solving.explain.alone import notice
from matchmaker.scheduling.solving.explain.beside import clashes, same_hours
from matchmaker.scheduling.solving.explain.rules import BIT
from matchmaker.scheduling.solving.explain.scene import Scene
from matchmaker.scheduling.solving.kept.counts import Counts
from matchmaker.scheduling.solving.tables import MODES

Json = dict[str, Any]
LIMITS = ("max_per_day", "max_per_week", "max_per_month", "max_talks")


def changes_of(here: Scene, rule: str, spot: int, people: list[int]) -> list[Json]:
    """What has to change at a spot to come: for the spot if it breaks the rule, for the people."""
    parts: list[Json] = []
    if int(here.options.spots[spot]) & BIT[rule]:
        parts += _OF_SPOT[rule](here, spot)
    for person in people:
        parts += _OF_PERSON[rule](here, spot, person)
    return parts


def _day(here: Scene, spot: int) -> list[Json]:
    return [{"day": here.day(spot)}]


def _venue(here: Scene, spot: int) -> list[Json]:
    kept = here.kept
    guests = kept.held_in(int(here.tables.requests.venue[here.request]))
    taken = guests[same_hours(kept, guests, here.bare.begin[spot], here.bare.end[spot])]
    names = sorted(here.tables.requests.ids[row] for row in taken.tolist())
    return [{"venue": here.wanted.venue, "requests": names}]


def _reached(counts: Counts, owner: int, day: int) -> list[Json]:
    now = counts.at(owner, day)
    return [
        {"limit": name, "now": limit, "needed": count + 1}
        for name, limit, count in zip(LIMITS, counts.limits.of(owner), now, strict=True)
        if count >= limit
    ]


def _host_load(here: Scene, spot: int) -> list[Json]:
    kept, host = here.kept, int(here.tables.requests.organisation[here.request])
    parts = _reached(kept.hosts, host, int(here.bare.day[spot]))
    return [{"organisation": here.wanted.organisation, **part} for part in parts]


def _workload(here: Scene, spot: int, person: int) -> list[Json]:
    kept, row = here.kept, here.row(person)
    parts = _reached(kept.people, row, int(here.bare.day[spot]))
    return [{"person": here.name(person), **part} for part in parts]


def _travel(here: Scene, spot: int, person: int) -> list[Json]:
    """What lies too near, with the minutes that are missing (those of an overlap included)."""
    kept, tables = here.kept, here.tables
    _, talks = kept.seats.of_people(np.array([here.row(person)]))
    near = talks[clashes(kept, here.bare, np.full(len(talks), spot), talks)]
    name = here.name(person)
    parts: list[Json] = [
        {"person": name, "with": tables.requests.ids[talk]} for talk in near.tolist()
    ]
    busy, place = kept.facts.case.load.busy, int(here.bare.place[spot])
    key = here.row(person) * tables.days.count + int(here.bare.day[spot])
    first, last = (int(np.searchsorted(busy.key, key, side=side)) for side in ("left", "right"))
    for item in range(first, last):
        other = int(busy.place[item])
        late = int(busy.end[item] + tables.travel[other, place] - here.bare.begin[spot])
        early = int(here.bare.end[spot] + tables.travel[place, other] - busy.begin[item])
        if late > 0 and early > 0:
            parts.append({"person": name, "minutes": min(late, early)})
    return parts


def _notice(here: Scene, spot: int, person: int) -> list[Json]:
    days = notice(here.kept.facts, here.bare.day[[spot]])
    return [{"person": here.name(person), "days": int(days[0])}]


def _person(here: Scene, _: int, person: int) -> list[Json]:
    return [{"person": here.name(person)}]


def _group_size(here: Scene, _: int, person: int) -> list[Json]:
    needed = int(here.tables.people.min_people[here.row(person)])
    return [{"people": here.wanted.people, "needed": needed, "person": here.name(person)}]


def _district(here: Scene, _: int, person: int) -> list[Json]:
    return [{"person": here.name(person), "district": here.wanted.district}]


def _mode_of_request(here: Scene, spot: int) -> list[Json]:
    return [{"mode": MODES[int(here.bare.mode[spot])].value}]


def _mode(here: Scene, spot: int, person: int) -> list[Json]:
    return [{"person": here.name(person), **_mode_of_request(here, spot)[0]}]


def _topic(here: Scene, _: int, person: int) -> list[Json]:
    return [{"topic": here.wanted.topics[0], "person": here.name(person)}]


_OF_SPOT: dict[str, Callable[[Scene, int], list[Json]]] = {
    "closed_day": _day,
    "blocked": _day,
    "venue": _venue,
    "host_load": _host_load,
    "window": _day,
    "mode": _mode_of_request,
}
_OF_PERSON: dict[str, Callable[[Scene, int, int], list[Json]]] = {
    "group_size": _group_size,
    "group": _person,
    "lead_time": _notice,
    "district": _district,
    "mode": _mode,
    "workload": _workload,
    "travel": _travel,
    "availability": _person,
    "topic": _topic,
}
