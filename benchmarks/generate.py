"""Draw planning problems in the official format: `python benchmarks/generate.py S --seed 1`.

The shapes follow practice: few subjects and languages are asked for by many, most talks take place
on weekday evenings with a wide window, speakers give one to three weekdays, cities have districts,
interpreters are few. The same size, variant and seed give the same problem on every machine.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

FIRST_DAY = date(2027, 1, 11)
NOW = datetime.fromisoformat("2026-12-14T09:00")
DISTRICTS_PER_CITY = 12
TOPICS = tuple(f"T{number:02}" for number in range(1, 31))
LANGUAGES = ("ar", "tr", "ru", "uk", "fa", "fr", "kmr", "en", "es", "pl", "vi", "ti")


@dataclass(frozen=True, slots=True)
class Size:
    requests: int
    speakers: int
    interpreters: int
    weeks: int
    cities: int


SIZES = {
    "S": Size(60, 40, 8, 12, 1),
    "M": Size(600, 250, 40, 12, 1),
    "L": Size(6_000, 2_000, 300, 13, 10),
    "XL": Size(60_000, 15_000, 2_500, 13, 80),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What differs from an ordinary quarter; shares are between 0 and 1."""

    teams: float = 0.15
    pairs_of_interpreters: float = 0.06
    foreign_only: float = 0.35
    interpreters: float = 1.0
    published: float = 0.0
    either: float = 0.1
    venues: float = 0.0
    per_day: tuple[int, ...] = (1,)
    commitments: bool = False
    tight: bool = False
    plain: bool = False


VARIANTS = {
    "fresh": Variant(),
    "published": Variant(published=0.7),
    "ties": Variant(plain=True),
    "scarce": Variant(interpreters=0.4, foreign_only=0.7, pairs_of_interpreters=0.2),
    "teams": Variant(teams=0.85),
    "tight": Variant(tight=True),
    "days": Variant(per_day=(2, 2, 3), commitments=True, either=0.3, venues=0.3),
}


def skewed(random: Random, values: tuple[str, ...]) -> str:
    """One of the values, the earlier ones far more often."""
    return values[int(len(values) * random.random() ** 2.2)]


def several(random: Random, values: tuple[str, ...], count: int) -> list[str]:
    chosen: dict[str, None] = {}
    while len(chosen) < min(count, len(values)):
        chosen[skewed(random, values)] = None
    return list(chosen)


def stamp(day: date, hours: float) -> str:
    return (datetime.combine(day, time()) + timedelta(hours=hours)).isoformat(timespec="minutes")


def city_districts(city: int) -> tuple[str, ...]:
    return tuple(f"{city:02}{number:02}" for number in range(1, DISTRICTS_PER_CITY + 1))


def travel(random: Random, size: Size) -> dict[str, Any]:
    """Minutes inside every city on a ring of districts; other pairs take the default."""
    minutes: dict[str, dict[str, int]] = {}
    for city in range(size.cities):
        names = city_districts(city)
        for here, origin in enumerate(names):
            row = minutes.setdefault(origin, {})
            for there, destination in enumerate(names):
                apart = min((here - there) % 12, (there - here) % 12)
                row[destination] = 20 + 6 * apart + random.choice((0, 0, 5))
    return {"default_minutes": 90, "online_gap_minutes": 15, "minutes": minutes}


@dataclass(slots=True)
class Draw:
    """One drawing: the size, the variant and the stream of chance it takes from."""

    size: Size
    variant: Variant
    random: Random

    def days(self, weekdays: list[int], first: int, last: int) -> list[date]:
        """The days of those weekdays from week `first` up to, not including, week `last`."""
        return [
            FIRST_DAY + timedelta(weeks=week, days=weekday)
            for week in range(first, last)
            for weekday in sorted(weekdays)
        ]

    def available(self, most_days: int) -> list[list[str]]:
        weekdays = self.random.sample(range(5), self.random.randint(2, most_days))
        start = self.random.choice((15, 16, 16, 17, 17, 17.5, 18))
        end = self.random.choice((20, 20.5, 21, 21))
        rows = [
            [stamp(day, start), stamp(day, end)]
            for day in self.days(weekdays, 0, self.size.weeks)
            if self.random.random() > 0.1
        ]
        if self.random.random() < 0.25:
            saturdays = self.days([5], 0, self.size.weeks)
            rows += [[stamp(day, 10), stamp(day, 16)] for day in saturdays]
        return sorted(rows)

    def person(self, name: str, city: int, most_days: int) -> dict[str, Any]:
        names = city_districts(city)
        home = self.random.choice(names)
        reach = self.random.choice((5, 8, 12, 12))
        start = names.index(home)
        row: dict[str, Any] = {
            "id": name,
            "modes": self.random.choice((["onsite"], ["onsite"], ["onsite", "online"])),
            "home": home,
            "districts": sorted(names[(start + step) % 12] for step in range(reach)),
            "available": self.available(most_days),
            "max_per_day": self.random.choice(self.variant.per_day),
            "womens_groups": self.random.random() < 0.85,
            "past_talks": 0 if self.variant.plain else self.random.choice((0, 0, 0, 1, 2, 4)),
        }
        if not self.variant.plain and row["available"]:
            evenings = self.random.sample(row["available"], min(3, len(row["available"])))
            row["avoid"] = sorted(evenings)
        if self.variant.commitments:
            row["commitments"] = self.commitments(row["available"], names)
        return row

    def commitments(self, available: list[list[str]], names: tuple[str, ...]) -> list[Any]:
        chosen = self.random.sample(available, len(available) // 4)
        rows = []
        for start, _ in sorted(chosen):
            begin = datetime.fromisoformat(start)
            end = begin + timedelta(minutes=self.random.choice((30, 60, 90)))
            rows.append(
                {
                    "from": begin.isoformat(timespec="minutes"),
                    "to": end.isoformat(timespec="minutes"),
                    "district": self.random.choice((None, *names)),
                }
            )
        return rows

    def speaker(self, number: int) -> dict[str, Any]:
        random, tight = self.random, self.variant.tight
        row = self.person(f"R{number:05}", number % self.size.cities, 4)
        topics = several(random, TOPICS, random.choice((2, 3, 4, 5, 6)))
        level = (2,) if self.variant.plain else (1, 2, 2, 3)
        languages = ["de"] if random.random() < 0.96 else []
        if not languages or random.random() < 0.3:
            languages.append(skewed(random, LANGUAGES))
        return row | {
            "topics": {topic: random.choice(level) for topic in topics},
            "languages": languages,
            "max_per_week": 1 if tight else random.choice((1, 2, 2)),
            "max_per_month": random.choice((1, 1, 2) if tight else (2, 3, 3, 4)),
            "max_talks": random.choice((2, 3) if tight else (5, 6, 8)),
            "lead_days": random.choice((7, 14, 21, 28)),
            "min_people": random.choice((0, 0, 0, 8, 10)),
        }

    def interpreter(self, number: int) -> dict[str, Any]:
        random, tight = self.random, self.variant.tight
        row = self.person(f"S{number:05}", number % self.size.cities, 5)
        return row | {
            "languages": several(random, LANGUAGES, random.choice((1, 2, 2, 3))),
            "max_per_week": 1 if tight else 2,
            "max_per_month": 3 if tight else random.choice((6, 8)),
            "max_talks": 6 if tight else 20,
            "lead_days": 7,
        }

    def organisation(self, number: int) -> dict[str, Any]:
        tight = self.variant.tight
        row: dict[str, Any] = {
            "id": f"MO{number:05}",
            "max_per_week": 1 if tight else self.random.choice((1, 1, 1, 2)),
            "max_talks": 2 if tight else self.random.choice((3, 4, 6)),
            "past_talks": 0 if self.variant.plain else self.random.choice((0, 0, 1, 2)),
        }
        if self.random.random() < 0.2:
            first = FIRST_DAY + timedelta(days=self.random.randrange(7 * self.size.weeks))
            row["blocked"] = [[first.isoformat(), (first + timedelta(days=9)).isoformat()]]
        return row

    def windows(self) -> list[dict[str, Any]]:
        length = self.random.choice((3, 4, 6, 8, self.size.weeks))
        first = self.random.randrange(max(1, self.size.weeks - length + 1))
        weekdays = self.random.sample(range(5), self.random.choice((1, 2, 3, 4)))
        liked = {} if self.variant.plain else {day: self.random.randrange(4) for day in weekdays}
        return [
            {
                "from": stamp(day, 17),
                "to": stamp(day, 21),
                "preference": liked.get(day.weekday(), 0),
            }
            for day in self.days(weekdays, first, min(first + length, self.size.weeks))
        ]

    def request(self, number: int, organisations: int) -> dict[str, Any]:
        random, variant = self.random, self.variant
        host = min(organisations - 1, int(organisations * random.random() ** 1.4))
        city = host % self.size.cities
        district = city_districts(city)[host // self.size.cities % DISTRICTS_PER_CITY]
        language = skewed(random, LANGUAGES)
        german = random.random() >= variant.foreign_only
        languages = [language, "de"] if german else [language]
        if random.random() < 0.3:
            languages = ["de"]
        return {
            "id": f"A{number:05}",
            "organisation": f"MO{host:05}",
            "topics": several(random, TOPICS, random.choice((1, 1, 2, 2, 3))),
            "languages": languages,
            "interpreting": "never" if random.random() < 0.05 else "if_needed",
            "interpreters_needed": 2 if random.random() < variant.pairs_of_interpreters else 1,
            "max_speakers": random.choice((2, 2, 3)) if random.random() < variant.teams else 1,
            "minutes": 120 if variant.plain else random.choice((90, 120, 120, 120)),
            "windows": self.windows(),
            "district": district,
            "venue": f"V{host // 2:05}" if random.random() < variant.venues else None,
            "mode": "either" if random.random() < variant.either else "onsite",
            "people": random.choice((6, 10, 12, 15, 20, 30)),
            "womens_group": random.random() < 0.15,
            "priority": 1 if variant.plain else random.choice((1, 1, 1, 2, 3)),
            "waiting_rounds": 0 if variant.plain else random.choice((0, 0, 0, 1, 2)),
        }

    def published(self, request: dict[str, Any], speakers: list[dict[str, Any]]) -> dict[str, Any]:
        """What an earlier plan may have promised: a speaker on the subject, some evening."""
        able = [row for row in speakers if request["topics"][0] in row["topics"]] or speakers
        start = datetime.fromisoformat(self.random.choice(request["windows"])["from"])
        begin = start + timedelta(minutes=30 * self.random.randrange(3))
        return {
            "request": request["id"],
            "start": begin.isoformat(timespec="minutes"),
            "mode": "onsite",
            "language": request["languages"][-1],
            "speakers": [self.random.choice(able)["id"]],
            "interpreters": [],
        }


def generate(size: str, variant: str = "fresh", seed: int = 1) -> dict[str, Any]:
    """A problem as JSON values; `size` and `variant` are keys of SIZES and VARIANTS."""
    measure, kind = SIZES[size], VARIANTS[variant]
    draw = Draw(measure, kind, Random(f"{size} {variant} {seed}"))
    organisations = max(1, measure.requests // 3)
    speakers = [draw.speaker(number) for number in range(measure.speakers)]
    interpreters = max(1, round(measure.interpreters * kind.interpreters))
    requests = [draw.request(number, organisations) for number in range(measure.requests)]
    chosen = draw.random.sample(requests, round(kind.published * len(requests)))
    return {
        "format": "matchmaker/problem@1",
        "timezone": "Europe/Berlin",
        "now": NOW.isoformat(timespec="minutes"),
        "horizon": {
            "first_day": FIRST_DAY.isoformat(),
            "last_day": (FIRST_DAY + timedelta(weeks=measure.weeks, days=-1)).isoformat(),
        },
        "start_grid_minutes": 30,
        "closed_days": ["2027-03-08"],
        "discouraged_days": {
            (FIRST_DAY + timedelta(weeks=3, days=day)).isoformat(): 30 for day in range(5)
        },
        "travel": travel(draw.random, measure),
        "organisations": [draw.organisation(number) for number in range(organisations)],
        "speakers": speakers,
        "interpreters": [draw.interpreter(number) for number in range(interpreters)],
        "requests": requests,
        "published": [draw.published(request, speakers) for request in chosen],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("--variant", choices=VARIANTS, default="fresh")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="a file to write; standard output if left out")
    options = parser.parse_args()
    text = json.dumps(generate(options.size, options.variant, options.seed), indent=1) + "\n"
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
