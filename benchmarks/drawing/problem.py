"""A whole problem, drawn in the order in which its parts depend on each other."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from random import Random
from typing import Any

from drawing.chance import FIRST_DAY
from drawing.country import Country, city_of
from drawing.hosts import Hosts
from drawing.people import People
from drawing.published import publish, withdraw
from drawing.variants import SIZES, VARIANTS

NOW = "2026-12-14T09:00"
REQUESTS_A_HOST = 3


def generate(size: str, variant: str = "fresh", seed: int = 1) -> dict[str, Any]:
    """A problem as JSON values; `size` and `variant` are keys of SIZES and VARIANTS."""
    measure, kind = SIZES[size], VARIANTS[variant]
    random = Random(f"{size} {variant} {seed}")
    country = Country(random, measure, plain=kind.plain)
    people = People(random, measure, kind, country)
    speakers = [people.speaker(number) for number in range(measure.speakers)]
    interpreters = max(1, round(measure.interpreters * kind.interpreters))
    hosts = Hosts(random, measure, kind, country, _known(speakers))
    last_day = FIRST_DAY + timedelta(weeks=measure.weeks, days=-1)
    problem = {
        "format": "matchmaker/problem@1",
        "timezone": "Europe/Berlin",
        "now": NOW,
        "horizon": {"first_day": FIRST_DAY.isoformat(), "last_day": last_day.isoformat()},
        "start_grid_minutes": 30,
        "closed_days": ["2027-03-08"],
        "discouraged_days": {
            (FIRST_DAY + timedelta(weeks=3, days=day)).isoformat(): 30 for day in range(5)
        },
        "travel": country.travel(random),
        "speakers": speakers,
        "interpreters": [people.interpreter(number) for number in range(interpreters)],
        "organisations": [
            hosts.organisation(number) for number in range(measure.requests // REQUESTS_A_HOST)
        ],
        "requests": [hosts.request(number) for number in range(measure.requests)],
        "published": [],
        "weights": {} if kind.topics == 1 else {"topics": kind.topics},
    }
    if kind.published:
        publish(random, problem, kind.published)
    if kind.declined:
        withdraw(random, problem, kind.declined)
    return problem


def _known(speakers: list[dict[str, Any]]) -> dict[tuple[str, str], list[str]]:
    known: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for row in speakers:
        for topic in row["topics"]:
            known[topic, city_of(row["home"])].append(row["id"])
    return dict(known)
