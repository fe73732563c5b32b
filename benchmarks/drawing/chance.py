"""Drawing from lists in which few entries are common and most are rare, and writing times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import TypeVar

T = TypeVar("T")

FIRST_DAY = date(2027, 1, 11)
"""A Monday: weeks and weekdays of the period are counted from here."""


def skewed(random: Random, values: Sequence[T]) -> T:
    """One of the values, the earlier ones far more often."""
    return values[int(len(values) * random.random() ** 2.2)]


def several(random: Random, values: Sequence[T], count: int) -> list[T]:
    """Different values, the earlier ones far more often; all of them if there are too few."""
    chosen: dict[T, None] = {}
    while len(chosen) < min(count, len(values)):
        chosen[skewed(random, values)] = None
    return list(chosen)


def happens(random: Random, share: float) -> bool:
    return random.random() < share


@cache
def stamp(day: date, hours: float) -> str:
    """The time so many hours after the start of the day; one text for all who name it."""
    return (datetime.combine(day, time()) + timedelta(hours=hours)).isoformat(timespec="minutes")


def days(weekdays: Iterable[int], weeks: range) -> list[date]:
    """The days of those weekdays (Monday is 0) in those weeks of the period."""
    ordered = sorted(weekdays)
    return [
        FIRST_DAY + timedelta(weeks=week, days=weekday) for week in weeks for weekday in ordered
    ]
