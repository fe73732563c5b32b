"""The single times of entries: their own one, or what the library makes of a series."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

import recurring_ical_events
import x_wr_timezone
from icalendar import Calendar, Event, vRecur

from matchmaker.calendars.reading.entries import Entry, Frame, Moment
from matchmaker.calendars.reading.patience import OutOfPatienceError, within
from matchmaker.calendars.reading.report import Reason

ENTRY = "X-ENTRY"
SEVERAL_DAYS = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time (UTC) that an entry takes; it may end when it begins."""

    entry: Entry
    start: datetime
    end: datetime


def series_of(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Entries that have to be looked at together: a series and its changed dates.

    Some programs give all entries the same UID. Then each is on its own, and nothing gets lost.
    Of several versions of one entry the one with the highest SEQUENCE counts.
    """
    named: defaultdict[str, list[Entry]] = defaultdict(list)
    result: list[list[Entry]] = []
    for entry in entries:
        if entry.refused or entry.start is None:
            continue
        if not entry.uid:
            result.append([entry])
            continue
        if entry.uid not in named:
            result.append(named[entry.uid])
        named[entry.uid].append(entry)
    return [group for same in result for group in _groups(same)]


def _groups(same: list[Entry]) -> Iterator[list[Entry]]:
    if len(same) == 1:
        yield same
        return
    whole = [entry for entry in same if entry.recurrence_id is None]
    changed = [entry for entry in same if entry.recurrence_id is not None]
    newest = max((entry.sequence for entry in whole), default=0)
    for entry in whole:
        if entry.sequence < newest:
            entry.passed = Reason.OLDER
    counting = [entry for entry in whole if entry.sequence == newest]
    owner = next((entry for entry in counting if entry.recurs), next(iter(counting), None))
    for entry in counting:
        yield [entry, *changed] if entry is owner else [entry]
    if owner is None:
        yield changed


def occurrences(
    group: Sequence[Entry], frame: Frame, calendar_zone: tzinfo | None, seconds: float
) -> Iterator[Occurrence]:
    """The times of a series, rather a day more than asked for. Raises OutOfPatienceError.

    What the library cannot make sense of is noted on the entries.
    """
    if len(group) == 1 and not group[0].recurs:
        yield from own_times(group, frame)
        return
    by_number = {entry.number: entry for entry in group}
    try:
        with within(seconds):
            found = list(_expanded(group, frame, calendar_zone))
    except OutOfPatienceError:
        raise
    except Exception:  # the libraries raise many kinds, also AttributeError and OverflowError
        for entry in group:
            entry.remark(Reason.UNREADABLE)
        yield from own_times(group, frame)
        return
    for number, start, end in found:
        yield _occurrence(by_number[number], start, end, frame)


def own_times(group: Sequence[Entry], frame: Frame) -> Iterator[Occurrence]:
    """The times that the entries themselves name, whatever recurs: so much is known for sure."""
    for entry in group:
        if entry.start is not None and entry.end is not None:
            yield _occurrence(entry, entry.start, entry.end, frame)


def _expanded(
    group: Sequence[Entry], frame: Frame, calendar_zone: tzinfo | None
) -> Iterator[tuple[int, Moment, Moment]]:
    calendar = Calendar()
    for entry in group:
        calendar.add_component(_event(entry))
    if calendar_zone is not None:
        # A weekly date of Google's is written in UTC and meant on the calendar's wall clock.
        calendar = x_wr_timezone.to_standard(calendar, timezone=calendar_zone)
    start = datetime.combine(frame.first, time(0), UTC) - SEVERAL_DAYS
    end = datetime.combine(frame.last, time(0), UTC) + SEVERAL_DAYS
    for row in recurring_ical_events.of(calendar).between(start, end):
        yield int(row[ENTRY]), row["DTSTART"].dt, row["DTEND"].dt


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", "series")  # the group is one, whatever the file says
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.start)
    event.add("dtend", entry.end)
    event.add(ENTRY, str(entry.number))
    if entry.recurrence_id is not None:
        parameters = {"RANGE": "THISANDFUTURE"} if entry.and_later else {}
        event.add("recurrence-id", entry.recurrence_id, parameters=parameters)
        return event
    for rule in entry.rules:
        event.add("rrule", vRecur.from_ical(rule))
    # One property a value: lists of several kinds and zones confuse the library.
    for value in entry.more:
        event.add("rdate", [value])
    for moment in entry.less:
        event.add("exdate", [moment])
    return event


def _occurrence(entry: Entry, start: Moment, end: Moment, frame: Frame) -> Occurrence:
    return Occurrence(entry, _instant(start, frame), _instant(end, frame))


def _instant(moment: Moment, frame: Frame) -> datetime:
    """A day begins at its local midnight."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(0), frame.local)
    elif moment.tzinfo is None:
        moment = moment.replace(tzinfo=frame.local)
    return moment.astimezone(UTC)
