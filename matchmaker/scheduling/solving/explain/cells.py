"""Every start, mode and person that a request could have, with the rules that stand against it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import Ints, expand
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.load import keeps_distance
from matchmaker.scheduling.solving.places import window_starts
from matchmaker.scheduling.solving.tables import ONLINE, ONSITE, Tables
from matchmaker.scheduling.solving.wall import DAY, minute

RULES = (
    "group_size",
    "group",
    "lead_time",
    "closed_day",
    "blocked",
    "language",
    "district",
    "mode",
    "venue",
    "host_load",
    "workload",
    "travel",
    "availability",
    "window",
    "topic",
)
BIT = {rule: 1 << number for number, rule in enumerate(RULES)}


@dataclass(frozen=True, slots=True)
class Spots:
    """Starts in both modes, sorted by start; `bits` are the rules that they break by themselves."""

    begin: Ints
    end: Ints
    day: Ints
    mode: Ints
    place: Ints
    bits: Ints

    def __len__(self) -> int:
        return len(self.begin)


def spots(case: Case, request: int, *, anywhen: bool = False) -> Spots:
    """Starts inside the windows, or all on the grid of the horizon, before any plan is looked at.

    Bits: window, closed_day, blocked, mode, lead_time (where the moment has passed).
    """
    tables = case.tables
    days, minutes = tables.days, int(tables.requests.minutes[request])
    _, begin, _ = window_starts(tables, np.array([request]))
    inside = np.zeros(len(begin), dtype=np.int64)
    if anywhen:
        every = _grid(tables, minutes)
        inside = np.where(np.isin(every, begin), 0, BIT["window"])
        begin = every
    start, mode = np.repeat(begin, 2), np.tile([ONSITE, ONLINE], len(begin))
    day = start // DAY - days.first
    host = np.full(len(start), tables.requests.organisation[request])
    blocked = case.blocked.overlap(host, day + days.first, day + days.first + 1)
    bits = np.repeat(inside, 2) | BIT["closed_day"] * case.closed[day] | BIT["blocked"] * blocked
    bits |= BIT["mode"] * ~tables.requests.modes[request][mode]
    bits |= BIT["lead_time"] * (start < minute(tables.problem.now))
    district = int(tables.requests.district[request])
    place = np.where(mode == ONSITE, district, tables.online)
    return Spots(start, start + minutes, day, mode, place, bits)


def _grid(tables: Tables, minutes: int) -> Ints:
    grid = tables.problem.start_grid_minutes
    of_day = np.arange(0, DAY - minutes + 1, grid)
    day, nth = expand(np.full(tables.days.count, len(of_day)))
    return (tables.days.first + day) * DAY + of_day[nth]


def person_bits(case: Case, request: int, at: Spots, people: Ints) -> Ints:
    """Spots * people: rules that the person breaks there whatever the plan.

    Bits: mode, district, availability, lead_time, group, group_size; travel for commitments.
    """
    tables, facts = case.tables, case.tables.people
    wanted = tables.requests
    bits = BIT["mode"] * ~facts.modes[people][:, at.mode].T
    away = ~facts.reach[people, int(wanted.district[request])]
    bits |= BIT["district"] * ((at.mode == ONSITE)[:, None] & away)
    spot, who = _all(at, people)
    there = facts.available.contain(who, at.begin[spot], at.end[spot])
    bits |= BIT["availability"] * ~there.reshape(bits.shape)
    free = keeps_distance(
        tables, case.load.busy, who, begin=at.begin[spot], end=at.end[spot], place=at.place[spot]
    )
    bits |= BIT["travel"] * ~free.reshape(bits.shape)
    bits |= BIT["lead_time"] * (notice(tables, at)[:, None] < facts.lead_days[people])
    if wanted.womens_group[request]:
        bits |= BIT["group"] * ~facts.womens_groups[people]
    asked = np.zeros(len(people), dtype=np.int64)
    speaking = people < facts.speakers
    asked[speaking] = facts.min_people[people[speaking]]
    bits |= BIT["group_size"] * (asked > wanted.people[request])
    return bits


def notice(tables: Tables, at: Spots) -> Ints:
    """Days from the day of `now` to each spot."""
    return at.day + tables.days.first - minute(tables.problem.now) // DAY


def _all(at: Spots, people: Ints) -> tuple[Ints, Ints]:
    """(spot, person) of every cell, spot after spot."""
    return np.repeat(np.arange(len(at)), len(people)), np.tile(people, len(at))
