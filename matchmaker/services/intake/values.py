"""Single values out of what was typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from matchmaker.dates import read_day
from matchmaker.services.intake.typed import many, text

YES, NO, UNKNOWN = "yes", "no", "unknown"
MOST_ROWS = 40


def whole(written: str) -> int | None:
    """A whole number that is not negative, None for anything else (`NaN`, `-1`, `1e3`, `٣`)."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 7 else None


def ticked(typed: Mapping[str, Any], name: str) -> bool:
    return text(typed, name) == YES


@dataclass(frozen=True, slots=True)
class DayRow:
    """A row of the days that do not suit; `number` counts from 0, `last` may be left open."""

    number: int
    first: str
    last: str

    @property
    def is_empty(self) -> bool:
        return not (self.first or self.last)

    def period(self) -> tuple[date, date] | None:
        """The days as a period, None if they are none."""
        first = read_day(self.first or self.last)
        last = read_day(self.last or self.first)
        return (first, last) if first and last and first <= last else None


def day_rows(typed: Mapping[str, Any]) -> Iterator[DayRow]:
    """Every row, empty ones too, in the order in which they were typed."""
    firsts, lasts = many(typed, "off_from"), many(typed, "off_to")
    for number in range(max(len(firsts), len(lasts))):
        first = firsts[number].strip() if number < len(firsts) else ""
        last = lasts[number].strip() if number < len(lasts) else ""
        yield DayRow(number, first, last)
