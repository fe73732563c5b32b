"""Which recurrence rules are let through to the library, and in which form."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from math import prod

from matchmaker.calendars.reading.report import Reason
from matchmaker.calendars.reading.times import BadTimeError, written

FREQUENCIES = {"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"}
TOO_FAST = {"MINUTELY", "SECONDLY"}
MOST_A_DAY = 24
MOST_VALUES = 400
LARGEST = 100_000
_DAYS = "MO|TU|WE|TH|FR|SA|SU"
_BYDAY = re.compile(rf"[+-]?(?:[1-9]|[1-4]\d|5[0-3])?(?:{_DAYS})", re.ASCII)


class RuleError(ValueError):
    """A rule that is left out."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def clean_rule(text: str, start: date | datetime, earliest: date) -> str:
    """The rule as the library may read it, for an entry that begins at `start`.

    What recurs every hour must not begin before `earliest`, or the hours of many years would be
    counted through (see `nearer`). UNTIL comes out in UTC, or as a day if the entry takes whole
    days. Raises RuleError.
    """
    parts = _parts(text)
    frequency = parts.pop("FREQ", "")
    if frequency in TOO_FAST:
        raise RuleError(Reason.FAST_RULE)
    if frequency not in FREQUENCIES:
        raise RuleError(Reason.BAD_RULE)
    if frequency == "HOURLY" and _day(start) < earliest:
        raise RuleError(Reason.FAST_RULE)
    if parts.get("RSCALE", "GREGORIAN") != "GREGORIAN" or parts.get("SKIP", "OMIT") != "OMIT":
        raise RuleError(Reason.BAD_RULE)
    if "UNTIL" in parts:
        parts.pop("COUNT", None)  # both are not allowed; this way rather too much is taken over
    cleaned = [f"FREQ={frequency}"]
    for name, value in parts.items():
        if name not in {"RSCALE", "SKIP"}:
            cleaned.append(f"{name}={_value(name, value, start)}")
    if prod(len(parts.get(name, "").split(",")) for name in _CLOCK) > MOST_A_DAY:
        raise RuleError(Reason.FAST_RULE)
    return ";".join(cleaned)


def nearer(text: str, start: date | datetime, earliest: date) -> date | datetime:
    """Where a series of hours goes on at `earliest`; `start` if it is none, or is counted."""
    try:
        parts = _parts(text)
    except RuleError:
        return start
    interval = parts.get("INTERVAL", "1")
    if parts.get("FREQ") != "HOURLY" or "COUNT" in parts or not isinstance(start, datetime):
        return start
    if not (interval.isascii() and interval.isdigit() and 0 < len(interval) < 6 and int(interval)):
        return start
    step = timedelta(hours=int(interval))
    behind = datetime.combine(earliest, time(0), start.tzinfo) - start
    return start + max(0, -(-behind // step)) * step


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for piece in text.strip().upper().strip(";").split(";"):
        name, equals, value = piece.partition("=")
        if not equals or name.strip() in parts:
            raise RuleError(Reason.BAD_RULE)
        parts[name.strip()] = value.strip()
    return parts


def _value(name: str, value: str, start: date | datetime) -> str:
    if name == "UNTIL":
        return _until(value, start)
    check = _CHECKS.get(name)
    if check is None:
        raise RuleError(Reason.BAD_RULE)
    return check(value)


def _until(value: str, start: date | datetime) -> str:
    try:
        end = written(value)
    except BadTimeError as error:
        raise RuleError(Reason.BAD_RULE) from error
    if not isinstance(start, datetime):
        return f"{end.value:%Y%m%d}"
    if not isinstance(end.value, datetime):
        at = datetime.combine(end.value, time(23, 59, 59), _zone(start))
    else:
        at = end.value if end.utc else end.value.replace(tzinfo=_zone(start))
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _zone(start: datetime) -> tzinfo:
    return start.tzinfo or UTC


def _day(start: date | datetime) -> date:
    return start.date() if isinstance(start, datetime) else start


def _numbers(low: int, high: int, *, signed: bool = False) -> Callable[[str], str]:
    def check(value: str) -> str:
        values = value.split(",")
        if len(values) > MOST_VALUES:
            raise RuleError(Reason.BAD_RULE)
        return ",".join(str(_number(text.strip(), low, high, signed=signed)) for text in values)

    return check


def _number(text: str, low: int, high: int, *, signed: bool) -> int:
    digits = text[1:] if signed and text[:1] in {"+", "-"} else text
    if not (digits.isascii() and digits.isdigit() and len(digits) < 8):
        raise RuleError(Reason.BAD_RULE)
    if not low <= int(digits) <= high:
        raise RuleError(Reason.BAD_RULE)
    return int(text)


def _single(low: int, high: int) -> Callable[[str], str]:
    return lambda value: str(_number(value, low, high, signed=False))


def _weekdays(value: str) -> str:
    days = [day.strip() for day in value.split(",")]
    if len(days) > MOST_VALUES or not all(_BYDAY.fullmatch(day) for day in days):
        raise RuleError(Reason.BAD_RULE)
    return ",".join(days)


def _weekday(value: str) -> str:
    if value not in _DAYS.split("|"):
        raise RuleError(Reason.BAD_RULE)
    return value


_CLOCK = ("BYHOUR", "BYMINUTE", "BYSECOND")
_CHECKS: dict[str, Callable[[str], str]] = {
    "INTERVAL": _single(1, LARGEST),
    "COUNT": _single(1, LARGEST * 10),
    "BYMONTH": _numbers(1, 12),
    "BYMONTHDAY": _numbers(1, 31, signed=True),
    "BYYEARDAY": _numbers(1, 366, signed=True),
    "BYWEEKNO": _numbers(1, 53, signed=True),
    "BYSETPOS": _numbers(1, 366, signed=True),
    "BYHOUR": _numbers(0, 23),
    "BYMINUTE": _numbers(0, 59),
    "BYSECOND": _numbers(0, 59),
    "BYDAY": _weekdays,
    "WKST": _weekday,
}
