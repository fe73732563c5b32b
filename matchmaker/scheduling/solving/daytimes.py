"""Times of day as bits: at which starts of a day a person is free for a talk.

A talk starts on the grid, so the possible starts of a day are few; 64 of them fill one number, a
*band*. What a person can do on a day is then one look-up, and what several people can do together
the bits that they share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matchmaker.scheduling.solving.arrays import Bools, Ints, Spans, expand
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.load import Busy
from matchmaker.scheduling.solving.tables import Tables
from matchmaker.scheduling.solving.wall import DAY, minute

Bits = npt.NDArray[np.uint64]

BAND = 64
ONES = np.array([(1 << count) - 1 for count in range(BAND + 1)], dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Daytimes:
    """Starts at `first`, `first + step`, ... minutes after midnight, `count` of them."""

    first: int
    step: int
    count: int

    @classmethod
    def of(cls, tables: Tables) -> Daytimes:
        """The times on the grid that some window of the problem reaches."""
        step = tables.problem.start_grid_minutes
        low, high = DAY, 0
        for request in tables.problem.requests:
            for window in request.windows:
                if window.start.date() < window.end.date():
                    low, high = 0, DAY
                else:
                    low = min(low, window.start.hour * 60 + window.start.minute)
                    high = max(high, window.end.hour * 60 + window.end.minute)
        first = -(-low // step)
        return cls(first * step, step, max(1, (high - 1) // step - first + 1))

    @property
    def bands(self) -> int:
        return -(-self.count // BAND)

    def at_least(self, minutes: Ints) -> Ints:
        """The number of the first time not before so many minutes after midnight."""
        return np.clip(-(-(minutes - self.first) // self.step), 0, self.count)

    def bits(self, low: Ints, high: Ints, band: Ints | int) -> Bits:
        """The bits of a band for the times numbered low..high, `high` excluded."""
        start = np.clip(low - BAND * band, 0, BAND)
        stop = np.clip(high - BAND * band, start, BAND)
        bits: Bits = ONES[stop] & ~ONES[start]
        return bits


def lowest(bits: Bits) -> Ints:
    """The number of the lowest bit that is set (of numbers other than 0)."""
    alone = bits & (~bits + np.uint64(1))
    return np.bitwise_count(alone - np.uint64(1)).astype(np.int64)


def split(bits: Bits) -> tuple[Ints, Bits]:
    """(row, single bit) for every bit that is set, row after row."""
    row, bit = np.nonzero(
        np.unpackbits(bits.view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    )
    return row, np.uint64(1) << bit.astype(np.uint64)


@dataclass(frozen=True, slots=True)
class Hours:
    """For talks of each length the starts that suit each person, day by day.

    `free` and `avoid` are flat tables over length * person * day * band; `index` finds a row.
    `busy_days[person, day]`: commitments or standing talks, to be looked at one by one.
    """

    daytimes: Daytimes
    lengths: Ints
    people: int
    days: int
    free: Bits
    avoid: Bits
    busy_days: Bools

    @property
    def free_days(self) -> Bools:
        """Person by day: free at some time, for a talk of some length."""
        shape = (len(self.lengths), self.people, self.days, self.daytimes.bands)
        whole = self.free.reshape(shape)
        found: Bools = (whole != 0).any(axis=(0, 3))
        return found

    def starts_within(self, begin: int, end: int) -> Bits:
        """Length by band: the starts of talks that lie within these minutes of a day."""
        low = self.daytimes.at_least(np.full_like(self.lengths, begin))
        high = self.daytimes.at_least(end - self.lengths + 1)
        bands = range(self.daytimes.bands)
        return np.column_stack([self.daytimes.bits(low, high, band) for band in bands])

    def index(self, minutes: Ints, person: Ints, day: Ints, band: Ints) -> Ints:
        length = np.searchsorted(self.lengths, minutes)
        row = (length * self.people + person) * self.days + day
        return row * self.daytimes.bands + band


def find_hours(case: Case) -> Hours:
    tables = case.tables
    daytimes = Daytimes.of(tables)
    lengths = np.unique(tables.requests.minutes[~case.load.requests])
    people, days = len(tables.people.ids), tables.days.count
    shape = (len(lengths), people, days, daytimes.bands)
    free, avoid = np.zeros(shape, dtype=np.uint64), np.zeros(shape, dtype=np.uint64)
    available = _pieces(tables, tables.people.available)
    disliked = _pieces(tables, tables.people.avoid)
    for row, length in enumerate(lengths.tolist()):
        key, begin, end = available
        low, high = daytimes.at_least(begin), daytimes.at_least(end - length + 1)
        _gather(free[row], daytimes, key, low=low, high=high)
        key, begin, end = disliked
        low, high = daytimes.at_least(begin - length + 1), daytimes.at_least(end)
        _gather(avoid[row], daytimes, key, low=low, high=high)
    free[:, ~_open_days(case)] = 0
    busy = np.zeros(people * days, dtype=np.bool_)
    busy[case.load.busy.key] = True
    busy_days = busy.reshape(people, days)
    return Hours(daytimes, lengths, people, days, free.reshape(-1), avoid.reshape(-1), busy_days)


def _open_days(case: Case) -> Bools:
    """Person by day: enough notice, and room for one more talk."""
    tables = case.tables
    notice = np.arange(tables.days.count) + tables.days.first - minute(tables.problem.now) // DAY
    early: Bools = notice[None, :] >= tables.people.lead_days[:, None]
    return early & case.person_open


def _pieces(tables: Tables, spans: Spans) -> tuple[Ints, Ints, Ints]:
    """(person * days + day, begin, end) of intervals cut at midnight, sorted by the first.

    Begin and end are minutes of the day; days outside of the horizon are left out.
    """
    person, begin, end = spans.rows()
    row, nth = expand((end - 1) // DAY - begin // DAY + 1)
    ordinal = begin[row] // DAY + nth
    day = ordinal - tables.days.first
    key = person[row] * tables.days.count + day
    inside = np.flatnonzero((day >= 0) & (day < tables.days.count))
    inside = inside[np.argsort(key[inside], kind="stable")]
    row, ordinal = row[inside], ordinal[inside]
    low = np.maximum(begin[row] - ordinal * DAY, 0)
    high = np.minimum(end[row] - ordinal * DAY, DAY)
    return key[inside], low, high


def _gather(table: Bits, daytimes: Daytimes, key: Ints, *, low: Ints, high: Ints) -> None:
    """Set the bits low..high of the days with these keys in a table people * days * bands."""
    heads = np.flatnonzero(np.diff(key, prepend=-1))
    for band in range(daytimes.bands):
        bits = np.bitwise_or.reduceat(daytimes.bits(low, high, band), heads)
        table.reshape(-1, daytimes.bands)[key[heads], band] = bits


def without_busy(
    tables: Tables,
    busy: Busy,
    daytimes: Daytimes,
    bits: Bits,
    *,
    person: Ints,
    day: Ints,
    band: Ints,
    minutes: Ints,
    place: Ints,
) -> Bits:
    """The bits less the starts that leave no way to and from what the person has on that day."""
    key = person * tables.days.count + day
    first = np.searchsorted(busy.key, key, side="left")
    last = np.searchsorted(busy.key, key, side="right")
    midnight = (day + tables.days.first) * DAY
    left = bits.copy()
    for step in range(int((last - first).max())):
        row = np.flatnonzero(first + step < last)
        item = first[row] + step
        there = tables.travel[busy.place[item], place[row]]
        back = tables.travel[place[row], busy.place[item]]
        begin, end = busy.begin[item] - midnight[row], busy.end[item] - midnight[row]
        low = daytimes.at_least(begin - back - minutes[row] + 1)
        high = daytimes.at_least(end + there)
        left[row] &= ~daytimes.bits(low, high, band[row])
    return left
