"""The demo quarter's tables and the short codes in which they give times.

A time code is `KIND:WEEKDAYS` (0 = Monday), several are joined by `|`: `A:02|SN:5`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

DATA = Path(__file__).parent / "data"
BANDS = {
    "V": (time(10), time(12)),
    "N": (time(15), time(17)),
    "A": (time(18), time(20)),
    "SM": (time(11), time(13)),
    "SN": (time(15), time(17)),
    "SO": (time(15), time(17)),
}


def rows(name: str) -> list[dict[str, str]]:
    """The rows of `data/<name>.csv` by column."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def listed(cell: str) -> list[str]:
    return cell.split("|") if cell else []


def weekly_bands(cell: str) -> Iterator[tuple[int, time, time]]:
    """Weekday, start and end of every band in a time code."""
    for code in listed(cell):
        kind, _, weekdays = code.partition(":")
        for weekday in weekdays:
            yield int(weekday), *BANDS[kind]


def periods(cell: str) -> Iterator[tuple[date, date]]:
    """First and last day (both inclusive) of `2027-02-08/2027-03-11|…`."""
    for period in listed(cell):
        first, _, last = period.partition("/")
        yield date.fromisoformat(first), date.fromisoformat(last)
