"""The times that were found in a calendar, as a list that can be looked through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from babel.dates import format_date

from matchmaker.i18n import format_day, format_time_range
from matchmaker.services.sources.counted import FoundTime
from matchmaker.web.texts import _

MOST_ROWS = 600
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """`first` to `last` are days; without `hours` it means whole days."""

    first: date
    hours: tuple[time, time] | None = field(compare=False)
    last: date
    kind: str

    def day_words(self, locale: str) -> str:
        text = format_day(self.first, locale)
        return text if self.last == self.first else f"{text} – {format_day(self.last, locale)}"

    def hour_words(self, locale: str) -> str:
        return format_time_range(*self.hours, locale) if self.hours else _("all day")


@dataclass(frozen=True, slots=True)
class Month:
    name: str
    rows: tuple[Row, ...]


def months(
    found: Iterable[FoundTime], today: date, zone: ZoneInfo, locale: str
) -> tuple[list[Month], int]:
    """The times from today on by month, and how many more there are than are shown."""
    rows = [row for time in found for row in _rows(time, zone) if row.last >= today]
    shown = sorted(rows, key=lambda row: (row.first, row.hours or (time(0), time(0))))[:MOST_ROWS]
    by_month = groupby(shown, key=lambda row: (row.first.year, row.first.month))
    return [
        Month(format_date(date(*key, 1), "LLLL y", locale=locale), tuple(group))
        for key, group in by_month
    ], len(rows) - len(shown)


def _rows(found: FoundTime, zone: ZoneInfo) -> Iterator[Row]:
    """Whole days together, and what is left of the first and of the last day."""
    start, end = (
        at.astimezone(zone).replace(tzinfo=None) for at in (found.starts_at, found.ends_at)
    )
    kind = found.kind.value
    if end <= start:  # within the hour that comes twice in autumn
        end = start + (found.ends_at - found.starts_at)
    first_midnight = _midnight(start) if start.time() == time(0) else _midnight(start) + ONE_DAY
    last_midnight = _midnight(end)
    if last_midnight < first_midnight:
        yield Row(start.date(), (start.time(), end.time()), start.date(), kind)
        return
    if start < first_midnight:
        yield Row(start.date(), (start.time(), time(0)), start.date(), kind)
    if first_midnight < last_midnight:
        yield Row(first_midnight.date(), None, (last_midnight - ONE_DAY).date(), kind)
    if end > last_midnight:
        yield Row(end.date(), (time(0), end.time()), end.date(), kind)


def _midnight(at: datetime) -> datetime:
    return datetime.combine(at.date(), time(0))
