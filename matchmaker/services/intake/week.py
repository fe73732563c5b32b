"""The times that the form offers, and how times are written as text."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time

from matchmaker.models import RequestWindow

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MORNING, AFTERNOON, EVENING = "am", "pm", "eve"
PARTS = (MORNING, AFTERNOON, EVENING)
WEEKEND = "weekend"
BEST = 2
"""The preference of what suits best."""

_WORKDAY_HOURS = {MORNING: (10, 12), AFTERNOON: (15, 17), EVENING: (18, 20)}
_WEEKEND_HOURS = {"sat-am": (11, 13), "sat-pm": (15, 17), "sun-pm": (15, 17)}


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Local wall time on every `weekday` (0 = Monday) or on one `day`; 00:00 ends the day."""

    weekday: int | None
    day: date | None
    starts: time
    ends: time
    preference: int = 0

    @classmethod
    def of(cls, row: RequestWindow) -> Window:
        return cls(row.weekday, row.day, row.starts, row.ends, row.preference)

    def sort_key(self) -> tuple[object, ...]:
        weekday = -1 if self.weekday is None else self.weekday
        return (self.day or date.min, weekday, self.starts, self.ends, self.preference)


def _slots() -> dict[str, tuple[int, time, time]]:
    slots = {
        f"{name}-{part}": (number, time(first), time(last))
        for number, name in enumerate(DAYS[:5])
        for part, (first, last) in _WORKDAY_HOURS.items()
    }
    for key, (first, last) in _WEEKEND_HOURS.items():
        slots[key] = (DAYS.index(key.partition("-")[0]), time(first), time(last))
    return slots


SLOTS = _slots()
_KEYS = {slot: key for key, slot in SLOTS.items()}
_EXACT = re.compile(
    r"(?P<on>mon|tue|wed|thu|fri|sat|sun|\d{4}-\d{2}-\d{2})"
    r" (?P<starts>\d{2}:\d{2})-(?P<ends>\d{2}:\d{2})(?: (?P<preference>[1-3]))?"
)


def window_of_slot(key: str, best: Collection[str] = ()) -> Window:
    """`best` are parts of the day, or the weekend; none if everything suits equally."""
    weekday, starts, ends = SLOTS[key]
    return Window(weekday, None, starts, ends, BEST if part_of_slot(key) in best else 0)


def slot_of_window(window: Window) -> str | None:
    """The box of the form that stands for the window, None if there is none."""
    if window.weekday is None:
        return None
    return _KEYS.get((window.weekday, window.starts, window.ends))


def part_of_slot(key: str) -> str:
    """What `best` is called for the box."""
    return WEEKEND if key in _WEEKEND_HOURS else key.partition("-")[2]


def exact_text(window: Window) -> str:
    """`wed 17:00-20:00` or `2027-02-03 17:00-20:00 2`, the last being the preference."""
    on = window.day.isoformat() if window.day else DAYS[window.weekday or 0]
    preference = f" {window.preference}" if window.preference else ""
    return f"{on} {window.starts:%H:%M}-{window.ends:%H:%M}{preference}"


def read_exact(text: str) -> Window | None:
    """What `exact_text` has written; None for anything else."""
    match = _EXACT.fullmatch(text.strip())
    if match is None:
        return None
    try:
        starts = time.fromisoformat(match["starts"])
        ends = time.fromisoformat(match["ends"])
        weekday = DAYS.index(match["on"]) if match["on"] in DAYS else None
        day = None if weekday is not None else date.fromisoformat(match["on"])
    except ValueError:
        return None
    if ends <= starts and ends != time(0):
        return None
    return Window(weekday, day, starts, ends, int(match["preference"] or 0))
