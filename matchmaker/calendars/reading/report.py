"""What a reading says beside the busy times: what was taken over, what was not, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    """Why something was skipped, or read in another way than it was written."""

    # The entry takes nobody's time, or not in these days.
    FREE = "free"
    CANCELLED = "cancelled"
    OWN = "own"
    OLDER = "older"
    OUTSIDE = "outside"
    NO_LENGTH = "no_length"
    NOT_AN_EVENT = "not_an_event"
    # The entry cannot be read.
    NO_START = "no_start"
    BAD_TIME = "bad_time"
    BACKWARDS = "backwards"
    UNREADABLE = "unreadable"
    # A limit was reached.
    TOO_MANY_ENTRIES = "too_many_entries"
    TOO_MANY_OCCURRENCES = "too_many_occurrences"
    TOO_SLOW = "too_slow"
    # The entry counts, but not wholly as it was written.
    BAD_RULE = "bad_rule"
    FAST_RULE = "fast_rule"
    EXRULE = "exrule"
    BAD_DATE = "bad_date"
    TOO_MANY_DATES = "too_many_dates"
    FLOATING = "floating"
    UNKNOWN_ZONE = "unknown_zone"
    # The whole file.
    ENCODING = "encoding"
    TOO_LARGE = "too_large"
    CUT_OFF = "cut_off"
    FEWER_DAYS = "fewer_days"
    BAD_ZONE = "bad_zone"


DOUBTS = frozenset(
    {
        Reason.NO_START,
        Reason.BAD_TIME,
        Reason.BACKWARDS,
        Reason.UNREADABLE,
        Reason.TOO_MANY_ENTRIES,
        Reason.TOO_MANY_OCCURRENCES,
        Reason.TOO_SLOW,
        Reason.BAD_RULE,
        Reason.FAST_RULE,
        Reason.BAD_DATE,
        Reason.TOO_MANY_DATES,
        Reason.TOO_LARGE,
        Reason.CUT_OFF,
        Reason.FEWER_DAYS,
    }
)
"""Somebody may be busy where the reading says nothing. Such a gap never means free time."""


@dataclass(frozen=True, slots=True)
class Note:
    """One remark on the entry number `entry` (from 1), which begins in line `line` of the file.

    `start` is its beginning on the local wall clock, where it could be read.
    """

    entry: int
    line: int
    reason: Reason
    skipped: bool
    start: date | datetime | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "entry": self.entry,
            "line": self.line,
            "outcome": "skipped" if self.skipped else "taken",
            "reason": self.reason.value,
            "start": _written(self.start),
        }


@dataclass(slots=True)
class Report:
    """`taken` and `skipped` count entries, `occurrences` the single times that they stand for."""

    taken: int = 0
    skipped: int = 0
    occurrences: int = 0
    warnings: list[Reason] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether everything that may take time has been understood."""
        return not any(
            reason in DOUBTS for reason in [*self.warnings, *(note.reason for note in self.notes)]
        )

    def warn(self, reason: Reason) -> None:
        if reason not in self.warnings:
            self.warnings.append(reason)

    def to_json(self) -> dict[str, Any]:
        return {
            "taken": self.taken,
            "skipped": self.skipped,
            "occurrences": self.occurrences,
            "complete": self.complete,
            "reasons": dict(sorted(Counter(note.reason.value for note in self.notes).items())),
            "warnings": [reason.value for reason in self.warnings],
            "entries": [note.to_json() for note in self.notes],
        }


def _written(start: date | datetime | None) -> str | None:
    if isinstance(start, datetime):
        return start.replace(tzinfo=None).isoformat(timespec="minutes")
    return start.isoformat() if start else None
