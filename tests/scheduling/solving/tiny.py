"""Tiny random problems in which every rule and every part of the score comes into play."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from matchmaker.scheduling.problem import (
    Assignment,
    Commitment,
    Interpreter,
    Interpreting,
    Interval,
    Mode,
    Organisation,
    Problem,
    Request,
    RequestMode,
    Speaker,
    Travel,
    Weights,
    Window,
)

# Saturday to Tuesday over the turn of a month and of an ISO week.
DAYS = tuple(date(2027, 1, 30) + timedelta(days=n) for n in range(4))
DISTRICTS = ("01", "02", "03")
TOPICS = ("T1", "T2", "T3", "T4")
LANGUAGES = ("de", "ar", "tr")
MODES = (Mode.ONSITE, Mode.ONLINE)


def at(day: date, hours: float) -> datetime:
    return datetime.combine(day, time()) + timedelta(hours=hours)


def some(random: Random, values: tuple[Any, ...], least: int = 0) -> tuple[Any, ...]:
    return tuple(random.sample(values, random.randint(least, len(values))))


def span(random: Random, earliest: int, latest: int, lengths: tuple[float, ...]) -> Interval:
    begin = at(random.choice(DAYS), random.randint(2 * earliest, 2 * latest) / 2)
    return begin, begin + timedelta(hours=random.choice(lengths))


def person(random: Random) -> dict[str, Any]:
    busy = [span(random, 14, 20, (0.5, 1, 2, 26)) for _ in range(random.choice((0, 0, 1, 2)))]
    return {
        "home": random.choice(DISTRICTS),
        "available": tuple(
            span(random, 15, 17, (4, 6, 8, 8, 54)) for _ in range(random.choice((2, 3, 4, 5)))
        ),
        "modes": random.choice((MODES, MODES, MODES, MODES, MODES[:1], MODES[1:])),
        "districts": random.choice((None, None, None, some(random, DISTRICTS))),
        "avoid": tuple(span(random, 15, 20, (1, 3)) for _ in range(random.choice((0, 1, 2)))),
        "commitments": tuple(Commitment(*row, random.choice((None, *DISTRICTS))) for row in busy),
        "max_per_day": random.choice((0, 1, 1, 1, 2, 2, 2, 2, 3, 3)),
        "max_per_week": random.choice((1, 2, 3, 7)),
        "max_per_month": random.choice((1, 2, 3, 31, 31)),
        "max_talks": random.choice((1, 2, 3, 1000, 1000)),
        "lead_days": random.choice((0, 0, 0, 0, 0, 0, 1, 10)),
        "womens_groups": random.random() < 0.85,
        "past_talks": random.choice((0, 0, 1, 3)),
    }


def request(random: Random, number: int, hosts: list[str], speakers: list[str]) -> Request:
    windows = [span(random, 15, 18, (2, 3, 4, 30)) for _ in range(random.choice((1, 2, 2)))]
    return Request(
        id=f"A{number}",
        organisation=random.choice(hosts),
        topics=some(random, TOPICS, 1),
        languages=some(random, LANGUAGES, 1),
        minutes=random.choice((30, 60, 90, 120, 45)),
        windows=tuple(Window(*row, random.randint(0, 3)) for row in windows),
        district=random.choice(DISTRICTS),
        interpreting=random.choice((Interpreting.IF_NEEDED,) * 3 + (Interpreting.NEVER,)),
        interpreters_needed=random.choice((1, 1, 1, 1, 2, 3)),
        max_speakers=random.choice((1, 2, 3)),
        venue=random.choice((None, None, "V1", "V2")),
        mode=random.choice((*RequestMode, RequestMode.EITHER)),
        people=random.choice((9, 10, 30, 30)),
        womens_group=random.random() < 0.3,
        priority=random.randint(1, 3),
        waiting_rounds=random.randint(0, 4),
        excluded_speakers=tuple(name for name in speakers if random.random() < 0.1),
        preferred_speakers=tuple(name for name in speakers if random.random() < 0.3),
    )


def weights(random: Random) -> Weights:
    """The defaults, or points of any legal size for some of the parts."""
    if random.random() < 0.4:
        return Weights()
    size = random.choice((10, 300, 3_000, 100_000))
    fair = sorted((random.randint(0, size) for _ in range(3)), reverse=True)
    drawn = {
        name: random.choice((0, random.randint(0, size)))
        for name in Weights.__slots__
        if not name.startswith("fair") and random.random() < 0.5
    }
    return Weights(**drawn, fair_first=fair[0], fair_second=fair[1], fair_third=fair[2])


def talk(random: Random, wanted: Request, problem: dict[str, Any]) -> Assignment:
    """Any well-formed assignment near the request's window, allowed or not."""
    speakers = tuple(row.id for row in problem["speakers"])
    interpreters = tuple(row.id for row in problem["interpreters"])
    team = random.sample(speakers, random.choice((1, 1, min(2, len(speakers)))))
    beside = random.sample(interpreters, random.randint(0, min(1, len(interpreters))))
    return Assignment(
        request=wanted.id,
        start=wanted.windows[0].start + timedelta(minutes=30 * random.randint(-1, 4)),
        mode=random.choice(MODES),
        language=random.choice((*wanted.languages, "tr")),
        speakers=tuple(sorted(team)),
        interpreters=tuple(sorted(beside)),
    )


def tiny_problem(seed: int) -> Problem:
    """Up to 4 requests, 4 speakers, 3 interpreters; the same seed gives the same problem."""
    random = Random(seed)
    hosts = [f"MO{n}" for n in range(random.randint(1, 3))]
    names = [f"R{n}" for n in range(random.randint(2, 4))]
    near = random.choice((0, 15, 30, 60))
    fields: dict[str, Any] = {
        "timezone": "Europe/Berlin",
        "now": random.choice((at(date(2027, 1, 20), 9), at(DAYS[0], 16))),
        "first_day": DAYS[random.randint(0, 1)],
        "last_day": DAYS[random.randint(2, 3)],
        "start_grid_minutes": random.choice((30, 30, 60, 45, 20)),
        "travel": Travel(
            random.choice((0, 60)),
            random.choice((0, 15, 30)),
            {
                one: {two: random.choice((0, near, 45, 90)) for two in some(random, DISTRICTS)}
                for one in some(random, DISTRICTS)
            },
        ),
        "organisations": tuple(
            Organisation(
                id=name,
                max_per_week=random.choice((1, 1, 2, 2, 3)),
                max_talks=random.choice((1, 2, 1000, 1000)),
                past_talks=random.choice((0, 0, 1, 2, 3)),
                blocked=((DAYS[1], DAYS[2]),) if random.random() < 0.2 else (),
            )
            for name in hosts
        ),
        "speakers": tuple(
            Speaker(
                id=name,
                topics={topic: random.randint(1, 3) for topic in some(random, TOPICS, 2)},
                languages=some(random, LANGUAGES, 1),
                min_people=random.choice((0, 0, 0, 10)),
                **person(random),
            )
            for name in names
        ),
        "interpreters": tuple(
            Interpreter(id=f"S{n}", languages=some(random, LANGUAGES, 1), **person(random))
            for n in range(random.choice((0, 1, 2, 3, 3)))
        ),
        "closed_days": frozenset((DAYS[3],) if random.random() < 0.2 else ()),
        "discouraged_days": {DAYS[0]: 25, DAYS[2]: 700} if random.random() < 0.4 else {},
        "weights": weights(random),
    }
    rows = tuple(request(random, n, hosts, names) for n in range(random.choice((2, 3, 4, 4))))
    fixed = tuple(talk(random, row, fields) for row in rows if random.random() < 0.12)
    published = tuple(talk(random, row, fields) for row in rows if random.random() < 0.3)
    return Problem(**fields, requests=rows, fixed=fixed, published=published)


def crowded_problem(seed: int) -> Problem:
    """60 requests of 20 organisations for 12 speakers and 4 interpreters in four days."""
    random = Random(seed)
    hosts = [f"MO{n}" for n in range(20)]
    names = [f"R{n}" for n in range(12)]
    people = {
        "speakers": tuple(
            Speaker(
                id=name,
                topics={topic: random.randint(1, 3) for topic in some(random, TOPICS, 2)},
                languages=some(random, LANGUAGES, 1),
                **person(random),
            )
            for name in names
        ),
        "interpreters": tuple(
            Interpreter(id=f"S{n}", languages=some(random, LANGUAGES, 1), **person(random))
            for n in range(4)
        ),
    }
    rows = tuple(request(random, n, hosts, names) for n in range(60))
    chosen = [row for row in rows if random.random() < 0.3]
    return replace(
        tiny_problem(seed),
        organisations=tuple(
            Organisation(
                id=name, max_per_week=random.choice((1, 2, 3)), past_talks=random.choice((0, 1, 2))
            )
            for name in hosts
        ),
        **people,
        requests=rows,
        fixed=(),
        published=tuple(talk(random, row, people) for row in chosen),
        start_grid_minutes=random.choice((15, 30)),
    )
