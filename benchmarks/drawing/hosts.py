"""Associations and what they ask for: each has a place, a language and its usual evenings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from drawing.chance import FIRST_DAY, days, happens, skewed, stamp
from drawing.country import Country, city_of
from drawing.subjects import languages_of_region, wanted_topics
from drawing.variants import Size, Variant

EVENING, MORNING, SATURDAY, LONG_DAY = (17, 21), (9, 13), (10, 16), (11, 21)
FAST = ("2027-02-08", "2027-03-09")
"""Weeks in which some associations want no talk at all."""


@dataclass(frozen=True, slots=True)
class Host:
    """What all requests of one association have in common."""

    id: str
    district: str
    language: str
    womens_group: bool
    people: int
    weekdays: tuple[int, ...]
    hours: tuple[float, float]
    liked: dict[int, int]
    venue: str | None


@dataclass(slots=True)
class Hosts:
    """Draws associations and requests of one size and variant from one stream of chance."""

    random: Random
    size: Size
    variant: Variant
    country: Country
    known: dict[tuple[str, str], list[str]]
    """Ids of speakers by topic and city, for wishes and refusals."""
    hosts: list[Host] = field(default_factory=list)

    def organisation(self, number: int) -> dict[str, Any]:
        random, tight, plain = self.random, self.variant.tight, self.variant.plain
        host = self._host(number)
        self.hosts.append(host)
        row: dict[str, Any] = {
            "id": host.id,
            "max_per_week": 1 if tight else random.choice((1, 1, 1, 2)),
            "max_talks": 2 if tight else random.choice((3, 4, 6)),
            "past_talks": 0 if plain else random.choice((0, 0, 1, 2)),
        }
        if happens(random, 0.1):
            row["blocked"] = [list(FAST)]
        elif happens(random, 0.15):
            first = FIRST_DAY + timedelta(days=random.randrange(7 * self.size.weeks))
            row["blocked"] = [[first.isoformat(), (first + timedelta(days=9)).isoformat()]]
        return row

    def _host(self, number: int) -> Host:
        random, variant = self.random, self.variant
        city = self.country.city(random)
        womens_group = happens(random, 0.12)
        hours, weekdays = EVENING, random.sample(range(5), random.choice((1, 2, 2, 3)))
        if variant.long_days:
            hours = LONG_DAY
        elif womens_group and happens(random, 0.6):
            hours = MORNING
        elif happens(random, 0.08):
            hours, weekdays = SATURDAY, [5]
        district = random.choice(city.districts)
        return Host(
            id=f"MO{number:05}",
            district=district,
            language=skewed(random, languages_of_region(city.region)),
            womens_group=womens_group,
            people=random.choice((6, 10, 12, 15, 20, 30)),
            weekdays=tuple(sorted(weekdays)),
            hours=hours,
            liked={} if variant.plain else {day: random.randrange(4) for day in weekdays},
            venue=f"H{district}-{number % 3}" if happens(random, variant.venues) else None,
        )

    def request(self, number: int) -> dict[str, Any]:
        random, variant = self.random, self.variant
        host = self.hosts[int(len(self.hosts) * random.random() ** 1.4)]
        topics = wanted_topics(random, variant.institutions)
        teams = happens(random, variant.teams)
        lengths = (60, 90, 90, 120) if variant.long_days else (90, 120, 120, 120)
        row = {
            "id": f"A{number:05}",
            "organisation": host.id,
            "topics": topics,
            "languages": self._languages(host),
            "interpreting": "never" if happens(random, 0.05) else "if_needed",
            "interpreters_needed": 2 if happens(random, variant.pairs_of_interpreters) else 1,
            "max_speakers": random.choice((2, 2, 2, 3)) if teams else 1,
            "minutes": 120 if variant.plain else random.choice(lengths),
            "windows": self._windows(host),
            "district": host.district,
            "venue": host.venue,
            "mode": self._mode(),
            "people": host.people,
            "womens_group": host.womens_group,
            "priority": 1 if variant.plain else random.choice((1, 1, 1, 2, 3)),
            "waiting_rounds": 0 if variant.plain else random.choice((0, 0, 0, 1, 2)),
        }
        return row | ({} if variant.plain else self._wishes(topics[0], host))

    def _languages(self, host: Host) -> list[str]:
        if happens(self.random, 0.25):
            return ["de"]
        if happens(self.random, self.variant.foreign_only):
            return [host.language]
        return ["de", host.language] if happens(self.random, 0.2) else [host.language, "de"]

    def _mode(self) -> str:
        chance = self.random.random()
        if chance < self.variant.online:
            return "online"
        return "either" if chance < self.variant.online + self.variant.either else "onsite"

    def _windows(self, host: Host) -> list[dict[str, Any]]:
        weeks = self.size.weeks
        length = self.random.choice((3, 4, 6, 8, weeks))
        first = self.random.randrange(max(1, weeks - length + 1))
        period = range(first, min(first + length, weeks))
        return [self._window(host, day) for day in days(host.weekdays, period)]

    def _window(self, host: Host, day: date) -> dict[str, Any]:
        return {
            "from": stamp(day, host.hours[0]),
            "to": stamp(day, host.hours[1]),
            "preference": host.liked.get(day.weekday(), 0),
        }

    def _wishes(self, topic: str, host: Host) -> dict[str, list[str]]:
        """Few hosts know a speaker whom they want again, or do not want."""
        known = self.known.get((topic, city_of(host.district)), [])
        chance = self.random.random()
        if not known or chance > 0.1:
            return {}
        key = "preferred_speakers" if chance < 0.07 else "excluded_speakers"
        return {key: [self.random.choice(known)]}
