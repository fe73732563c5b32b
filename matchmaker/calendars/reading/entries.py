"""From a scanned entry to what counts of it: when it begins and ends, and how it recurs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from matchmaker.calendars.reading.limits import MAX_DATES
from matchmaker.calendars.reading.report import DOUBTS, Note, Reason
from matchmaker.calendars.reading.rules import RuleError, clean_rule, nearer
from matchmaker.calendars.reading.scanning import Component, Property
from matchmaker.calendars.reading.times import BadTimeError, length, written
from matchmaker.calendars.reading.zones import Zones

Moment = date | datetime
Period = tuple[datetime, datetime]
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Frame:
    """What is asked for: the days from `first` to `last` (inclusive) in the zone `local`.

    `floating` is the zone of times that name none, `assumed` if nobody has said so.
    """

    first: date
    last: date
    local: tzinfo
    floating: tzinfo
    assumed: bool


@dataclass(slots=True)
class Entry:
    """An entry and what becomes of it. Times know their zone; whole days are dates.

    `refused` says why it cannot be read at all; `passed` why an occurrence did not count.
    """

    number: int
    line: int
    uid: str = ""
    sequence: int = 0
    start: Moment | None = None
    end: Moment | None = None
    recurrence_id: Moment | None = None
    and_later: bool = False
    rules: list[str] = field(default_factory=list)
    more: list[Moment | Period] = field(default_factory=list)
    less: list[Moment] = field(default_factory=list)
    reason_free: Reason | None = None
    tentative: bool = False
    remarks: list[Reason] = field(default_factory=list)
    refused: Reason | None = None
    passed: Reason | None = None
    count: int = 0

    @property
    def recurs(self) -> bool:
        return bool(self.rules or self.more)

    def remark(self, reason: Reason) -> None:
        if reason not in self.remarks:
            self.remarks.append(reason)

    def notes(self, local: tzinfo) -> Iterator[Note]:
        """Why it was skipped (one reason), or what is to be said about how it was taken.

        They name its beginning on the wall clock of `local`.
        """
        start = self.start
        if isinstance(start, datetime):
            start = start.astimezone(local)
        if self.count:
            for reason in self.remarks:
                yield Note(self.number, self.line, reason, skipped=False, start=start)
            return
        doubt = next((reason for reason in self.remarks if reason in DOUBTS), None)
        reason = self.refused or doubt or self.passed or Reason.OUTSIDE
        yield Note(self.number, self.line, reason, skipped=True, start=start)


def prepared(component: Component, number: int, zones: Zones, frame: Frame) -> Entry:
    """What counts of a VEVENT. Mistakes end in `refused` or in a remark, never in an error."""
    entry = Entry(number, component.line)
    uid = component.first("UID")
    entry.uid = uid.value.strip() if uid else ""
    sequence = component.value("SEQUENCE")
    if sequence.isascii() and sequence.isdigit() and len(sequence) < 10:
        entry.sequence = int(sequence)
    _transparency(component, entry)
    reader = _Reader(entry, zones, frame)
    try:
        _span(component, reader)
        row = component.first("RECURRENCE-ID")
        if row is not None:
            entry.recurrence_id = reader.moment(row)
            entry.and_later = row.parameters.get("RANGE", "").upper() == "THISANDFUTURE"
    except BadTimeError:
        entry.refused = entry.refused or Reason.BAD_TIME
        return entry
    if entry.start is not None and entry.refused is None:
        _recurrence(component, reader)
    return entry


def _transparency(component: Component, entry: Entry) -> None:
    shown = component.value("X-MICROSOFT-CDO-BUSYSTATUS")
    status = component.value("STATUS")
    if status == "CANCELLED":
        entry.reason_free = Reason.CANCELLED
    elif component.value("TRANSP") == "TRANSPARENT" or shown == "FREE":
        entry.reason_free = Reason.FREE
    entry.tentative = "TENTATIVE" in {status, shown}


class _Reader:
    """Reads the values of one entry, and notes on it what had to be assumed."""

    def __init__(self, entry: Entry, zones: Zones, frame: Frame) -> None:
        self.entry, self._zones, self.frame = entry, zones, frame

    def moment(self, row: Property, text: str | None = None) -> Moment:
        """Raises BadTimeError."""
        found = written(row.value if text is None else text)
        if not isinstance(found.value, datetime) or found.utc:
            return found.value
        return found.value.replace(tzinfo=self._zone(row.parameters.get("TZID", "")))

    def _zone(self, name: str) -> tzinfo:
        if name:
            zone = self._zones.named(name)
            if zone is not None:
                return zone
            self.entry.remark(Reason.UNKNOWN_ZONE)
            return self.frame.local
        if self.frame.assumed:
            self.entry.remark(Reason.FLOATING)
        return self.frame.floating

    def period(self, row: Property, text: str) -> Period:
        """`start/end` or `start/length`. Raises BadTimeError."""
        begin, _, rest = text.partition("/")
        start = self.moment(row, begin)
        end = self.moment(row, rest) if rest[:1].isdigit() else start + length(rest)
        if not isinstance(start, datetime) or not isinstance(end, datetime) or end <= start:
            raise BadTimeError(text[:40])
        return start, end


def _span(component: Component, reader: _Reader) -> None:
    """Beginning and end. Raises BadTimeError."""
    entry = reader.entry
    row = component.first("DTSTART")
    if row is None:
        entry.refused = Reason.NO_START
        return
    entry.start = reader.moment(row)
    ends, lasts = component.first("DTEND"), component.first("DURATION")
    if ends is not None:
        entry.end = _alike(reader.moment(ends), entry.start)
    elif lasts is not None:
        entry.end = _after(entry.start, length(lasts.value))
    else:
        entry.end = entry.start
    if not isinstance(entry.start, datetime) and entry.end == entry.start:
        entry.end = entry.start + ONE_DAY  # a day without an end is that day
    if entry.end < entry.start:
        entry.refused = Reason.BACKWARDS


def _after(start: Moment, lasting: timedelta) -> Moment:
    """Whole days last whole days, however the length is written."""
    if isinstance(start, datetime):
        return start + lasting
    return start + timedelta(days=-(-lasting // ONE_DAY))


def _alike(end: Moment, start: Moment) -> Moment:
    """The end as a day or a time, whichever the beginning is."""
    if isinstance(start, datetime) and not isinstance(end, datetime):
        return datetime(end.year, end.month, end.day, tzinfo=start.tzinfo)
    if isinstance(end, datetime) and not isinstance(start, datetime):
        midnight = (end.hour, end.minute, end.second) == (0, 0, 0)
        return end.date() if midnight else end.date() + ONE_DAY
    return end


def _recurrence(component: Component, reader: _Reader) -> None:
    entry = reader.entry
    assert entry.start is not None  # noqa: S101  # the caller has looked
    rules = list(component.all("RRULE"))
    earliest = reader.frame.first - 2 * ONE_DAY
    if len(rules) == 1 and entry.end is not None:
        lasting = entry.end - entry.start
        begin = nearer(rules[0].value, entry.start, earliest - max(lasting, ONE_DAY))
        entry.start, entry.end = begin, begin + lasting
        earliest -= max(lasting, ONE_DAY)
    for row in rules:
        try:
            entry.rules.append(clean_rule(row.value, entry.start, earliest))
        except RuleError as error:
            entry.remark(error.reason)
    if component.first("EXRULE") is not None:
        entry.remark(Reason.EXRULE)
    for row, text in _values(component, "RDATE", entry):
        try:
            entry.more.append(
                reader.period(row, text) if "/" in text else _typed(reader, row, text)
            )
        except BadTimeError:
            entry.remark(Reason.BAD_DATE)
    for row, text in _values(component, "EXDATE", entry):
        try:
            entry.less.append(reader.moment(row, text))
        except BadTimeError:
            entry.remark(Reason.BAD_DATE)


def _typed(reader: _Reader, row: Property, text: str) -> Moment:
    """An additional date: a day for entries of whole days, else a time."""
    found, start = reader.moment(row, text), reader.entry.start
    if isinstance(start, datetime) and not isinstance(found, datetime):
        return datetime.combine(found, start.timetz())
    if isinstance(found, datetime) and not isinstance(start, datetime):
        return found.date()
    return found


def _values(component: Component, name: str, entry: Entry) -> Iterator[tuple[Property, str]]:
    """Single values of a list, as many as are read."""
    left = MAX_DATES
    for row in component.all(name):
        if row.too_long:
            entry.remark(Reason.TOO_MANY_DATES)
        for text in row.value.split(",", MAX_DATES + 1):
            if not text.strip():
                continue
            if left == 0:
                entry.remark(Reason.TOO_MANY_DATES)
                return
            left -= 1
            yield row, text
