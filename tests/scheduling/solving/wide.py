"""Tiny random problems where much is possible: full days, fine grids, teams, rare days.

`tiny_problem` forbids so much that few of its plans hold three talks or a group of interpreters.
Here most people may do most things, and what is scarce is drawn: the hours, a subject, a room.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from matchmaker.scheduling.problem import (
    Assignment,
    Commitment,
    Interpreter,
    Interpreting,
    Interval,
    Organisation,
    Problem,
    Request,
    RequestMode,
    Speaker,
    Travel,
    Window,
)
from tests.scheduling.solving.brute import candidates
from tests.scheduling.solving.tiny import (
    DISTRICTS,
    LANGUAGES,
    MODES,
    TOPICS,
    at,
    some,
    talk,
    weights,
)

HALF_HOUR = timedelta(minutes=30)
Days = tuple[date, ...]


def run_of(first: date, count: int) -> Days:
    return tuple(first + timedelta(days=n) for n in range(count))


CALENDARS = (
    run_of(date(2027, 1, 30), 4),  # a new month and a new week
    run_of(date(2027, 3, 27), 3),  # the night of Sunday the 28th has no 02:30
    run_of(date(2027, 10, 30), 4),  # the night of Sunday the 31st has it twice
    run_of(date(2026, 12, 31), 5),  # the year changes within an ISO week
    run_of(date(2027, 2, 27), 11),
)
GRIDS = (1, 1, 5, 7, 10, 15, 30, 60, 60, 120)
LENGTHS = (30, 45, 60, 90, 120, 180)


def moment(random: Random, days: Days, first_hour: int, last_hour: int, step: int) -> datetime:
    minutes = random.randrange(60 * first_hour, 60 * last_hour + 1, step)
    return at(random.choice(days), 0) + timedelta(minutes=minutes)


def window(random: Random, days: Days, grid: int, minutes: int) -> Window:
    """Room for a handful of starts: in the day, up to midnight, over it, or over whole days."""
    slack = timedelta(minutes=grid * random.randint(0, 6) + random.choice((0, 0, 0, 1)))
    length = timedelta(minutes=minutes)
    kind = random.choice(("day", "day", "day", "late", "over", "long"))
    if kind == "late":
        end = at(random.choice(days), 24)
        return Window(end - length - slack, end, random.randint(0, 3))
    if kind == "over":
        begin = at(random.choice(days), 24) - length - slack
        return Window(begin, begin + 2 * (length + slack), random.randint(0, 3))
    begin = moment(random, days, 0 if random.random() < 0.3 else 9, 20, 30 if grid > 1 else 10)
    if kind == "long" and grid >= 60:
        return Window(begin, begin + timedelta(hours=random.choice((20, 33, 54))))
    return Window(begin, begin + length + slack, random.randint(0, 3))


def availability(random: Random, days: Days, windows: list[Window]) -> tuple[Interval, ...]:
    """Everything, whole days, touching pieces, or just around some of the windows."""
    kind = random.choice(("all", "all", "days", "pieces", "windows"))
    first, last = at(days[0], -3), at(days[-1], 27)
    if kind == "all":
        return ((first, last),)
    if kind == "days":
        return tuple((at(day, 0), at(day, 24)) for day in some(random, days, len(days) - 1))
    if kind == "pieces":
        cut = moment(random, days, 8, 22, 30)
        return ((cut, last), (first, cut)) if random.random() < 0.8 else ((first, cut),)
    late = timedelta(minutes=random.choice((0, 0, 5, 30)))
    chosen = random.sample(windows, random.randint(1, len(windows)))
    return tuple((row.start + late, row.end + random.choice((late, 0 * late))) for row in chosen)


def commitments(random: Random, days: Days, windows: list[Window]) -> tuple[Commitment, ...]:
    """Near the windows, so that the way to them matters; now and then over midnight."""
    found = []
    for _ in range(random.choice((0, 0, 0, 1, 2))):
        near = random.choice(windows)
        begin = near.start + timedelta(minutes=random.randint(-180, 120))
        length = timedelta(minutes=random.choice((15, 30, 60, 26 * 60)))
        found.append(Commitment(begin, begin + length, random.choice((None, *DISTRICTS))))
    return tuple(found)


def person(random: Random, days: Days, windows: list[Window]) -> dict[str, Any]:
    return {
        "home": random.choice(DISTRICTS),
        "available": availability(random, days, windows),
        "modes": random.choice((MODES,) * 8 + (MODES[:1], MODES[1:])),
        "districts": random.choice((None,) * 5 + (some(random, DISTRICTS, 1),)),
        "avoid": tuple(
            (row.start, row.start + (row.end - row.start) // HALF_HOUR * HALF_HOUR / 2)
            for row in windows
            if random.random() < 0.15
        ),
        "commitments": commitments(random, days, windows),
        "max_per_day": random.choice((1, 2, 3, 3, 3, 3)),
        "max_per_week": random.choice((1, 2, 3, 7, 7, 7)),
        "max_per_month": random.choice((1, 2, 3, 31, 31, 31)),
        "max_talks": random.choice((1, 2, 3, 1000, 1000, 1000)),
        "lead_days": random.choice((0,) * 14 + (12,)),
        "womens_groups": random.random() < 0.95,
        "past_talks": random.choice((0, 0, 1, 3)),
    }


def request(
    random: Random, number: int, hosts: list[str], names: list[str], *, grid: int, days: Days
) -> Request:
    minutes = random.choice(LENGTHS)
    foreign = random.random() < 0.5
    return Request(
        id=f"A{number}",
        organisation=random.choice(hosts),
        topics=some(random, TOPICS, 2),
        languages=("ar", *random.choice(((), (), ("de",), ("tr", "de"))))
        if foreign
        else some(random, LANGUAGES, 1),
        minutes=minutes,
        windows=tuple(
            window(random, days, grid, minutes) for _ in range(random.choice((1, 2, 2, 3)))
        ),
        district=random.choice(DISTRICTS),
        interpreting=random.choice((Interpreting.IF_NEEDED,) * 7 + (Interpreting.NEVER,)),
        interpreters_needed=random.choice((1, 2, 3) if foreign else (1, 1, 2)),
        max_speakers=random.choice((1, 2, 3, 3)),
        venue=random.choice((None, None, "V1", "V1", "V2")),
        mode=random.choice((*RequestMode, RequestMode.EITHER)),
        people=random.choice((9, 30, 30, 30)),
        womens_group=random.random() < 0.2,
        priority=random.randint(1, 3),
        waiting_rounds=random.randint(0, 4),
        excluded_speakers=tuple(name for name in names if random.random() < 0.05),
        preferred_speakers=tuple(name for name in names if random.random() < 0.3),
    )


def people(random: Random, names: list[str], days: Days, windows: list[Window]) -> dict[str, Any]:
    """Speakers who often know one subject each, and interpreters who all know Arabic."""
    narrow = random.random() < 0.3
    return {
        "speakers": tuple(
            Speaker(
                id=name,
                topics={
                    topic: random.randint(1, 3)
                    for topic in (
                        random.sample(TOPICS, 2)
                        if narrow
                        else some(random, TOPICS, len(TOPICS) - 1)
                    )
                },
                languages=("de", *random.choice(((), ("tr",), ("ar",), ("ar", "tr"))))
                if random.random() < 0.8
                else some(random, LANGUAGES, 1),
                min_people=random.choice((0, 0, 0, 0, 10)),
                **person(random, days, windows),
            )
            for name in names
        ),
        "interpreters": tuple(
            Interpreter(
                id=f"S{n}",
                languages=("ar", *some(random, ("tr", "de"))),
                **person(random, days, windows),
            )
            for n in range(random.choice((0, 1, 2, 3, 3, 3, 3, 3)))
        ),
    }


def wide_problem(seed: int) -> Problem:
    """Up to 5 requests, 4 speakers, 3 interpreters; the same seed gives the same problem."""
    random = Random(seed)
    days, grid = random.choice(CALENDARS), random.choice(GRIDS)
    hosts = [f"MO{n}" for n in range(random.randint(1, 4))]
    names = [f"R{n}" for n in range(random.randint(2, 4))]
    # One crowded day makes ways, rooms and limits a day matter.
    crowded = (random.choice(days),) if random.random() < 0.5 else days
    rows = tuple(
        request(random, n, hosts, names, grid=grid, days=crowded)
        for n in range(random.choice((3, 3, 4, 5)))
    )
    windows = [item for row in rows for item in row.windows]
    problem = Problem(
        timezone="Europe/Berlin",
        now=random.choice((at(days[0], -200), at(days[0], 7.5))),
        first_day=days[0],
        last_day=days[-1],
        start_grid_minutes=grid,
        travel=Travel(
            random.choice((0, 30, 60)),
            random.choice((0, 7, 15)),
            {
                one: {two: random.choice((0, 20, 33, 45)) for two in some(random, DISTRICTS)}
                for one in some(random, DISTRICTS)
            },
        ),
        organisations=tuple(
            Organisation(
                id=name,
                max_per_week=random.choice((1, 2, 5, 5, 5)),
                max_talks=random.choice((1, 2, 1000, 1000, 1000)),
                past_talks=random.choice((0, 0, 1, 2, 3)),
                blocked=((days[1], days[1]), (days[1], days[2])) if random.random() < 0.15 else (),
            )
            for name in hosts
        ),
        **people(random, names, days, windows),
        requests=rows,
        closed_days=frozenset(days[-1:] if random.random() < 0.15 else ()),
        discouraged_days={days[0]: 25, days[2]: 700} if random.random() < 0.3 else {},
        weights=weights(random),
    )
    return replace(
        problem,
        fixed=standing(random, problem, 0.15),
        published=standing(random, problem, random.choice((0.0, 0.5, 1.0))),
    )


def standing(random: Random, problem: Problem, share: float) -> tuple[Assignment, ...]:
    """Talks of some requests; three of four could stand in a plan, the others are any."""
    found = []
    fields = {"speakers": problem.speakers, "interpreters": problem.interpreters}
    for row in problem.requests:
        if random.random() < share:
            places = candidates(problem, row) if random.random() < 0.75 else []
            found.append(random.choice(places) if places else talk(random, row, fields))
    return tuple(found)
