"""Where people live and meet: regions of cities of very different size, cities of districts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from math import hypot
from random import Random
from typing import Any

from drawing.variants import Size

MOST_DISTRICTS, FEWEST_DISTRICTS = 12, 5
WITHIN_CITY, PER_DISTRICT = 15, 5
"""Minutes to anywhere in one's own district, and more for every district on the way."""
BETWEEN_CITIES, FARTHEST = 40, 75
"""Minutes between neighbouring cities of a region, and more for those at its far ends."""


@dataclass(frozen=True, slots=True)
class City:
    number: int
    region: int
    place: tuple[float, float]
    districts: tuple[str, ...]


class Country:
    """The cities, how many of everything each of them has, and how long the ways are."""

    def __init__(self, random: Random, size: Size, *, plain: bool) -> None:
        self._plain = plain
        weights = [(number + 1) ** -0.6 for number in range(size.cities)]
        self.cities = [
            City(
                number,
                number % size.regions,
                (random.random(), random.random()),
                _districts(number, size.cities),
            )
            for number in range(size.cities)
        ]
        self._shares = list(accumulate(weights))

    def city(self, random: Random) -> City:
        """One of the cities; the first ones are the large ones."""
        return random.choices(self.cities, cum_weights=self._shares)[0]

    def region(self, city: City) -> list[str]:
        """The districts of all cities of its region."""
        near = (row for row in self.cities if row.region == city.region)
        return [name for row in near for name in row.districts]

    def travel(self, random: Random) -> dict[str, Any]:
        """Minutes inside every region; from one region to another the default is taken."""
        minutes: dict[str, dict[str, int]] = {}
        for origin in self.cities:
            for here, name in enumerate(origin.districts):
                minutes[name] = {
                    other: self._minutes(random, origin, here, destination, there)
                    for destination in self.cities
                    if destination.region == origin.region
                    for there, other in enumerate(destination.districts)
                }
        default = 60 if len(self.cities) == 1 else 180
        return {"default_minutes": default, "online_gap_minutes": 15, "minutes": minutes}

    def _minutes(self, random: Random, origin: City, here: int, to: City, there: int) -> int:
        if self._plain:
            return 30
        delay = random.choice((0, 0, 5))
        if origin is to:
            count = len(to.districts)
            apart = min((here - there) % count, (there - here) % count)
            return WITHIN_CITY + PER_DISTRICT * apart + delay
        far = hypot(origin.place[0] - to.place[0], origin.place[1] - to.place[1]) / 2**0.5
        return BETWEEN_CITIES + 5 * round(FARTHEST * far / 5) + delay


def _districts(number: int, cities: int) -> tuple[str, ...]:
    """A ring of districts: neighbours in the tuple are neighbours in the city."""
    count = max(FEWEST_DISTRICTS, round(MOST_DISTRICTS * (1 - 0.7 * number / cities)))
    return tuple(f"{number:02}{district:02}" for district in range(1, count + 1))


def city_of(district: str) -> str:
    """What the names of all districts of one city begin with."""
    return district[:2]
