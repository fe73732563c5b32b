"""Speakers and interpreters: where they live, how far they go, when they have time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from drawing.chance import days, happens, several, skewed, stamp
from drawing.country import City, Country
from drawing.subjects import languages_of_region, own_topics
from drawing.variants import Size, Variant

EVERYWHERE, REGIONAL = 0.002, 0.05
"""Shares of people who go to every district of the country, or of their region: they link it."""


@dataclass(frozen=True, slots=True)
class People:
    """Draws people of one size and variant from one stream of chance."""

    random: Random
    size: Size
    variant: Variant
    country: Country

    def speaker(self, number: int) -> dict[str, Any]:
        random, tight = self.random, self.variant.tight
        city = self.country.city(random)
        row = self._person(f"R{number:05}", city, 4)
        languages = ["de"] if happens(random, 0.96) else []
        if not languages or happens(random, 0.3):
            languages.append(skewed(random, languages_of_region(city.region)))
        return row | {
            "topics": own_topics(random, plain=self.variant.plain),
            "languages": languages,
            "max_per_week": 1 if tight else self._load((1, 2, 2)),
            "max_per_month": 1 if tight else self._load((1, 2, 2, 3)),
            "max_talks": random.choice((1, 2)) if tight else self._load((2, 3, 4, 6)),
            "lead_days": random.choice((7, 14, 21, 28)),
            "min_people": random.choice((0, 0, 0, 8, 10)),
        }

    def interpreter(self, number: int) -> dict[str, Any]:
        random, tight = self.random, self.variant.tight
        city = self.country.city(random)
        row = self._person(f"S{number:05}", city, 5)
        spoken = languages_of_region(city.region)
        return row | {
            "languages": several(random, spoken, random.choice((2, 2, 3, 4))),
            "max_per_week": 1 if tight else self._load((2, 2, 3)),
            "max_per_month": 2 if tight else self._load((4, 6)),
            "max_talks": 4 if tight else self._load((8, 12, 16)),
            "lead_days": 7,
        }

    def _load(self, values: tuple[int, ...]) -> int:
        """A limit; whoever gives several talks a day gives more of them in all."""
        return self.random.choice(values) * max(self.variant.per_day)

    def _person(self, name: str, city: City, most_days: int) -> dict[str, Any]:
        random, variant = self.random, self.variant
        online = 0.4 if variant.long_days else 0.12
        row: dict[str, Any] = {
            "id": name,
            "modes": ["onsite", "online"] if happens(random, online) else ["onsite"],
            "home": random.choice(city.districts),
            "available": self._available(most_days),
            "max_per_day": random.choice(variant.per_day),
            "womens_groups": happens(random, 0.85),
            "past_talks": 0 if variant.plain else random.choice((0, 0, 0, 1, 2, 4)),
        }
        row["districts"] = self._districts(city, row["home"])
        if not variant.plain and row["available"]:
            row["avoid"] = sorted(random.sample(row["available"], min(3, len(row["available"]))))
        if variant.commitments:
            row["commitments"] = self._commitments(row["available"], city.districts)
        return row

    def _districts(self, city: City, home: str) -> list[str] | None:
        """Some neighbouring districts, the city, the region or, for few, the whole country."""
        chance = self.random.random()
        if chance < EVERYWHERE:
            return None
        if chance < EVERYWHERE + REGIONAL:
            return sorted(self.country.region(city))
        names = city.districts
        reach = round(len(names) * self.random.choice((0.45, 0.7, 1, 1)))
        start = names.index(home) - reach // 2
        return sorted(names[(start + step) % len(names)] for step in range(reach))

    def _available(self, most_days: int) -> list[list[str]]:
        """One or more evenings in most weeks; some also offer mornings, some Saturdays."""
        random, weeks = self.random, range(self.size.weeks)
        weekdays = random.sample(range(5), random.randint(1, most_days))
        start = random.choice((15, 16, 16, 17, 17, 17.5, 18))
        if self.variant.long_days:
            start = random.choice((9, 12, 13, 14))
        end = random.choice((20, 20.5, 21, 21))
        rows = [
            [stamp(day, start), stamp(day, end)]
            for day in days(weekdays, weeks)
            if happens(random, 0.8)
        ]
        if start >= 15 and happens(random, 0.3):
            mornings = days(random.sample(range(5), 2), weeks)
            rows += [[stamp(day, 9), stamp(day, 13)] for day in mornings]
        if happens(random, 0.25):
            rows += [[stamp(day, 10), stamp(day, 16)] for day in days([5], weeks)]
        return sorted(rows)

    def _commitments(self, available: list[list[str]], names: tuple[str, ...]) -> list[Any]:
        """Other engagements at the start of every fourth free time."""
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
