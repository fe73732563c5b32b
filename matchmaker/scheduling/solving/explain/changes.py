"""The single changes that a remedy is made of, rule by rule, as JSON values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from matchmaker.scheduling.solving.explain.cells import BIT, notice
from matchmaker.scheduling.solving.explain.situation import Situation
from matchmaker.scheduling.solving.tables import MODES

Json = dict[str, Any]
LIMITS = ("max_per_day", "max_per_week", "max_per_month", "max_talks")


def changes_of(here: Situation, rule: str, spot: int, people: list[int]) -> list[Json]:
    """What has to change at a spot to come: for the spot if it breaks the rule, for the people."""
    parts: list[Json] = []
    if int(here.options.spot_bits[spot]) & BIT[rule]:
        parts += _OF_SPOT[rule](here, spot)
    for person in people:
        parts += _OF_PERSON[rule](here, spot, person)
    return parts


def _day(here: Situation, spot: int) -> list[Json]:
    return [{"day": here.day(spot)}]


def _venue(here: Situation, spot: int) -> list[Json]:
    rivals = here.rivals
    taken = np.flatnonzero(rivals.venue & here.present & (rivals.same_hours[:, spot] > 0))
    names = sorted(rivals.talks[talk].request for talk in taken.tolist())
    return [{"venue": here.wanted.venue, "requests": names}]


def _host_load(here: Situation, spot: int) -> list[Json]:
    rivals = here.rivals
    mine = rivals.host & here.present
    counts = [int(near[mine, spot].sum()) for near in rivals.near]
    return [
        {"organisation": here.wanted.organisation, "limit": name, "now": limit, "needed": count + 1}
        for name, limit, count in zip(LIMITS, rivals.host_limits.tolist(), counts, strict=True)
        if count >= limit
    ]


def _workload(here: Situation, spot: int, person: int) -> list[Json]:
    who = np.array([person])
    counts = [int(table[spot, 0]) for table in here.rivals.counts(here.present, who)]
    limits = here.rivals.limits[person].tolist()
    return [
        {"person": here.name(person), "limit": name, "now": limit, "needed": count + 1}
        for name, limit, count in zip(LIMITS, limits, counts, strict=True)
        if count >= limit
    ]


def _travel(here: Situation, spot: int, person: int) -> list[Json]:
    """What lies too near, with the minutes that are missing (those of an overlap included)."""
    name, at = here.name(person), here.bare.at
    parts: list[Json] = []
    for talk in np.flatnonzero((here.rivals.people[person] > 0) & here.present).tolist():
        if here.rivals.clash[talk, spot]:
            parts.append({"person": name, "with": here.rivals.talks[talk].request})
    travel, busy = here.case.tables.travel, here.case.load.busy
    key = here.row(person) * here.case.tables.days.count + int(at.day[spot])
    place = int(at.place[spot])
    for item in np.flatnonzero(busy.key == key).tolist():
        other = int(busy.place[item])
        late = int(busy.end[item] + travel[other, place] - at.begin[spot])
        early = int(at.end[spot] + travel[place, other] - busy.begin[item])
        if late > 0 and early > 0:
            parts.append({"person": name, "minutes": min(late, early)})
    return parts


def _notice(here: Situation, spot: int, person: int) -> list[Json]:
    return [
        {"person": here.name(person), "days": int(notice(here.case.tables, here.bare.at)[spot])}
    ]


def _person(here: Situation, _: int, person: int) -> list[Json]:
    return [{"person": here.name(person)}]


def _group_size(here: Situation, _: int, person: int) -> list[Json]:
    needed = int(here.case.tables.people.min_people[here.row(person)])
    return [{"people": here.wanted.people, "needed": needed, "person": here.name(person)}]


def _district(here: Situation, _: int, person: int) -> list[Json]:
    return [{"person": here.name(person), "district": here.wanted.district}]


def _mode_of_request(here: Situation, spot: int) -> list[Json]:
    return [{"mode": MODES[int(here.bare.at.mode[spot])].value}]


def _mode(here: Situation, spot: int, person: int) -> list[Json]:
    return [{"person": here.name(person), **_mode_of_request(here, spot)[0]}]


def _topic(here: Situation, _: int, person: int) -> list[Json]:
    return [{"topic": here.wanted.topics[0], "person": here.name(person)}]


_OF_SPOT: dict[str, Callable[[Situation, int], list[Json]]] = {
    "closed_day": _day,
    "blocked": _day,
    "venue": _venue,
    "host_load": _host_load,
    "window": _day,
    "mode": _mode_of_request,
}
_OF_PERSON: dict[str, Callable[[Situation, int, int], list[Json]]] = {
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
