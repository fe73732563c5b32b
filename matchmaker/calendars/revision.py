"""Whether changed facts need a new mail, and whether the person is asked again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from matchmaker.calendars.event import CalendarEvent, PartStat, Status
from matchmaker.text import clean_line, clean_text


class Change(StrEnum):
    """How much an edit means to the invited person."""

    NONE = "none"
    MINOR = "minor"  # newer DTSTAMP, same SEQUENCE: calendars update silently, the answer stays
    MAJOR = "major"  # SEQUENCE + 1: calendars ask again


@dataclass(frozen=True, slots=True)
class Revision:
    """What the next mail of an invitation carries; `reasons` name the fields that changed.

    `sequence` and `partstat` are those to send. A mail is due exactly if `kind` is not `none`.
    """

    kind: Change
    sequence: int
    partstat: PartStat
    reasons: tuple[str, ...] = ()


def decide(last: CalendarEvent, new: CalendarEvent, now: datetime) -> Revision:
    """Compares the last sent state with the new facts; stamps, SEQUENCE and answer do not count.

    Time, duration, venue and status are major; every other visible text is minor. White space and
    control characters never count. Nothing is sent about an event that is already over at `now`
    (aware). Raises ValueError for another UID and for bringing a cancelled UID back to life.
    """
    if new.uid != last.uid:
        raise ValueError(f"{new.uid} is not a revision of {last.uid}")
    if last.status is Status.CANCELLED and new.status is not Status.CANCELLED:
        raise ValueError(f"{last.uid} is cancelled; invite again under a new UID")
    unchanged = Revision(Change.NONE, last.sequence, last.partstat)
    if last.status is Status.CANCELLED or max(last.end_utc, new.end_utc) <= now:
        return unchanged
    if major := _major(last, new):
        answer = PartStat.NEEDS_ACTION if new.status is Status.CONFIRMED else last.partstat
        return Revision(Change.MAJOR, last.sequence + 1, answer, major)
    if minor := _minor(last, new):
        return Revision(Change.MINOR, last.sequence, last.partstat, minor)
    return unchanged


def _major(last: CalendarEvent, new: CalendarEvent) -> tuple[str, ...]:
    changed = {
        "time": last.start_utc != new.start_utc,
        "duration": last.end_utc - last.start_utc != new.end_utc - new.start_utc,
        "venue": clean_line(last.location) != clean_line(new.location),
        "status": last.status is not new.status,
    }
    return tuple(name for name, differs in changed.items() if differs)


def _minor(last: CalendarEvent, new: CalendarEvent) -> tuple[str, ...]:
    changed = {
        "summary": clean_line(last.summary) != clean_line(new.summary),
        "description": clean_text(last.description) != clean_text(new.description),
        "url": clean_line(last.url) != clean_line(new.url),
        "organizer": clean_line(last.organizer_name) != clean_line(new.organizer_name),
        "attendee": clean_line(last.attendee_name) != clean_line(new.attendee_name),
    }
    return tuple(name for name, differs in changed.items() if differs)
