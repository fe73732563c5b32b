"""A stranger's calendar in, busy times and a report out."""

from __future__ import annotations

import re
import time as clock
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from matchmaker.calendars.event import BERLIN
from matchmaker.calendars.reading.decoding import decoded
from matchmaker.calendars.reading.entries import Entry, Frame, prepared
from matchmaker.calendars.reading.freebusy import periods
from matchmaker.calendars.reading.limits import (
    MAX_DAYS,
    MAX_ENTRIES,
    MAX_OCCURRENCES,
    SERIES_SECONDS,
    TOTAL_SECONDS,
    WALL_SECONDS,
)
from matchmaker.calendars.reading.merging import Interval, Kind, merged
from matchmaker.calendars.reading.occurrences import Occurrence, occurrences, own_times, series_of
from matchmaker.calendars.reading.patience import OutOfPatienceError
from matchmaker.calendars.reading.report import Reason, Report
from matchmaker.calendars.reading.scanning import Component, Scanned, scan
from matchmaker.calendars.reading.zones import Zones

_OWN_UID = re.compile(r"(?:inv|talk)-[0-9a-hjkmnp-tv-z]{26}@(.+)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which days (both inclusive) are asked for; our own entries (`own_hosts`) are skipped."""

    first: date
    last: date
    timezone: str = BERLIN
    own_hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """`busy` is in order, without overlaps, and within the days that were asked for."""

    busy: Sequence[Interval]
    report: Report
    timezone: str

    def to_json(self) -> dict[str, Any]:
        """Times with the offset of the local wall clock."""
        zone = ZoneInfo(self.timezone)
        return {
            "busy": [
                {
                    "from": row.start.astimezone(zone).isoformat(timespec="minutes"),
                    "to": _whole_minutes(row.end).astimezone(zone).isoformat(timespec="minutes"),
                    "kind": row.kind.value,
                }
                for row in self.busy
            ],
            "report": self.report.to_json(),
        }


def read(data: bytes, question: Question) -> Reading:
    """When the owner of the calendar `data` is busy.

    Raises NotACalendarError if it is none. Everything else that is wrong stands in the report.
    """
    return opened(data, question).done()


def opened(data: bytes, question: Question) -> Work:
    """The calendar before its entries are looked at. Raises NotACalendarError."""
    lines, warnings = decoded(data)
    return Work(question, scan(lines), Report(warnings=warnings))


@dataclass(slots=True)
class Work:
    """A reading under way."""

    question: Question
    scanned: Scanned
    report: Report
    found: list[Interval] = field(default_factory=list)
    taken: int = 0

    def done(self) -> Reading:
        """Look at all entries, once."""
        if self.scanned.cut_off:
            self.report.warn(Reason.CUT_OFF)
        entries, local = self._entries(), ZoneInfo(self.question.timezone)
        for entry in entries:
            notes = list(entry.notes(local))
            self.report.notes.extend(notes)
            self.report.taken += bool(entry.count)
            self.report.skipped += not entry.count
        self.report.occurrences = self.taken
        return Reading(merged(self.found), self.report, self.question.timezone)

    def _entries(self) -> list[Entry]:
        components = self.scanned.entries[:MAX_ENTRIES]
        left_out = len(self.scanned.entries) - len(components)
        if left_out:
            self.report.warn(Reason.TOO_MANY_ENTRIES)
            self.report.skipped += left_out
        zones, frame, calendar_zone = self._surroundings()
        entries, events = [], []
        for number, component in enumerate(components, start=1):
            entry = Entry(number, component.line)
            if component.name == "VEVENT":
                entry = prepared(component, number, zones, frame)
                if self._is_own(entry.uid):
                    entry.refused = Reason.OWN
                events.append(entry)
            elif component.name == "VFREEBUSY":
                self._take_periods(component, entry, frame)
            else:
                entry.refused = Reason.NOT_AN_EVENT
            entries.append(entry)
        self._take_events(events, frame, calendar_zone)
        return entries

    def _surroundings(self) -> tuple[Zones, Frame, tzinfo | None]:
        zones = Zones(self.scanned.zones)
        local = ZoneInfo(self.question.timezone)
        named = zones.named(self.scanned.zone_name) if self.scanned.zone_name else None
        if self.scanned.zone_name and named is None:
            self.report.warn(Reason.BAD_ZONE)
        last = min(self.question.last, self.question.first + timedelta(days=MAX_DAYS - 1))
        if last < self.question.last:
            self.report.warn(Reason.FEWER_DAYS)
        floating = named or local
        return zones, Frame(self.question.first, last, local, floating, named is None), named

    def _is_own(self, uid: str) -> bool:
        match = _OWN_UID.fullmatch(uid.casefold())
        return match is not None and match[1] in self.question.own_hosts

    def _take_periods(self, component: Component, entry: Entry, frame: Frame) -> None:
        for interval in periods(component, entry, frame.floating):
            self._take(entry, interval, frame)

    def _take_events(
        self, events: Iterable[Entry], frame: Frame, calendar_zone: tzinfo | None
    ) -> None:
        started, begun = clock.process_time(), clock.monotonic()
        for group in series_of(events):
            left = TOTAL_SECONDS - (clock.process_time() - started)
            if self.taken >= MAX_OCCURRENCES:
                for entry in group:
                    entry.remark(Reason.TOO_MANY_OCCURRENCES)
                continue
            try:
                if left <= 0 or clock.monotonic() - begun > WALL_SECONDS:
                    raise OutOfPatienceError
                for row in occurrences(group, frame, calendar_zone, min(left, SERIES_SECONDS)):
                    self._take_occurrence(row, frame)
            except OutOfPatienceError:
                for entry in group:
                    entry.remark(Reason.TOO_SLOW)
                for row in own_times(group, frame):
                    self._take_occurrence(row, frame)

    def _take_occurrence(self, row: Occurrence, frame: Frame) -> None:
        kind = Kind.AVOID if row.entry.tentative else Kind.BUSY
        if row.entry.reason_free is not None:
            row.entry.passed = row.entry.reason_free
        elif row.end < row.start:
            row.entry.refused = Reason.BACKWARDS
        else:
            self._take(row.entry, Interval(row.start, row.end, kind), frame)

    def _take(self, entry: Entry, interval: Interval, frame: Frame) -> None:
        """Count what of the interval lies in the days that are asked for."""
        start = max(interval.start, _midnight(frame.first, frame))
        end = min(interval.end, _midnight(frame.last + timedelta(days=1), frame))
        if interval.start == interval.end:
            entry.passed = entry.passed or Reason.NO_LENGTH
        elif start < end:
            if self.taken >= MAX_OCCURRENCES:
                entry.remark(Reason.TOO_MANY_OCCURRENCES)
                return
            self.taken += 1
            entry.count += 1
            self.found.append(Interval(start, end, interval.kind))


def _midnight(day: date, frame: Frame) -> datetime:
    return datetime.combine(day, time(0), frame.local).astimezone(UTC)


def _whole_minutes(at: datetime) -> datetime:
    """Upwards: somebody who is busy for half a minute more is busy."""
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(minutes=1)
