"""Small readers of JSON values, and combinators that make readers of whole documents.

A reader takes a JSON value and returns what it means, or raises `Refused` with every fault below
that value. Containers put their own key before the paths of what they contain, so that a value
without faults never pays for its path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from math import isfinite
from typing import Any, TypeVar, cast

from matchmaker.scheduling.formats.encode import shown
from matchmaker.scheduling.formats.faults import Fault, FormatError, Step, path_of, quoted

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
E = TypeVar("E", bound=StrEnum)
Reader = Callable[[object], T]
Finding = tuple[tuple[Step, ...], str, str]  # path, what is wrong, what is expected

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


D = TypeVar("D", bound=date)


class Repeating(dict[str, Any]):
    """A JSON object in which a key stood more than once."""

    def __init__(self, pairs: Iterable[tuple[str, Any]], repeated: frozenset[str]) -> None:
        super().__init__(pairs)
        self.repeated = repeated


class Refused(Exception):
    """The value cannot be read; the paths of the findings are relative to it."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__()
        self.findings = findings

    def under(self, step: Step) -> Iterator[Finding]:
        return (((step, *path), wrong, expected) for path, wrong, expected in self.findings)

    def error(self) -> FormatError:
        return FormatError(
            [Fault(path_of(path), wrong, expected) for path, wrong, expected in self.findings]
        )


def refused(wrong: str, expected: str) -> Refused:
    return Refused([((), wrong, expected)])


def whole(low: int | None = 0, high: int | None = 1_000_000) -> Reader[int]:
    """A whole number in low..high; booleans and fractions are no numbers."""
    limits = "" if low is None else f" in {low}..{'' if high is None else high}"
    expected = f"a whole number{limits}"

    def read(value: object) -> int:
        if type(value) is not int:
            raise refused(f"{quoted(value)} is no whole number", expected)
        if (low is not None and value < low) or (high is not None and value > high):
            raise refused(f"{quoted(value)} is out of range", expected)
        return value

    return read


def seconds(value: object) -> float:
    if type(value) in (int, float):
        try:
            number = float(cast("float", value))
        except OverflowError:
            number = -1.0
        if isfinite(number) and number >= 0:
            return number
    raise refused(f"{quoted(value)} is no duration", "a number of seconds from 0")


def text(value: object) -> str:
    if not isinstance(value, str):
        raise refused(f"{quoted(value)} is no text", "a text that is not empty")
    if not value:
        raise refused("the text is empty", "a text that is not empty")
    if not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
        raise refused(f"{quoted(value)} holds half a character", "a text of whole characters")
    return value


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise refused(f"{quoted(value)} is no truth value", "true or false")
    return value


def word(*words: str) -> Reader[str]:
    """One of a few fixed texts."""
    expected = " or ".join(f'"{known}"' for known in words)

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise refused(f"{quoted(value)} is not known here", expected)
        return value

    return read


def choice(kind: type[E]) -> Reader[E]:
    one_of = word(*(member.value for member in kind))
    return lambda value: kind(one_of(value))


def moment(value: object) -> datetime:
    """A wall-clock time of the problem's time zone."""
    expected = "YYYY-MM-DDTHH:MM"
    if isinstance(value, str):
        try:
            return _moment(value)
        except ValueError:
            if value.endswith("T24:00"):
                expected += " (24:00 is 00:00 of the next day)"
    raise refused(f"{quoted(value)} is no calendar time", expected)


@lru_cache(maxsize=2**16)  # large problems name the same hours a million times
def _moment(text: str) -> datetime:
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def day(value: object) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise refused(f"{quoted(value)} is no calendar day", "YYYY-MM-DD")


def nullable(reader: Reader[T]) -> Reader[T | None]:
    return lambda value: None if value is None else reader(value)


def pair(reader: Reader[D], *, inclusive: bool = False) -> Reader[tuple[D, D]]:
    """`[from, to]` in that order; `from` may equal `to` only if both are inclusive."""
    both = many(reader, "[from, to]")

    def read(value: object) -> tuple[D, D]:
        ends = both(value)
        if len(ends) != 2:
            raise refused(f"the list has {len(ends)} entries", "[from, to]")
        start, end = ends
        if not (start <= end if inclusive else start < end):
            relation = "at or before" if inclusive else "before"
            wrong = f"{shown(start)} is not {relation} {shown(end)}"
            raise refused(wrong, f"a start {relation} the end")
        return start, end

    return read


def many(
    reader: Reader[T],
    expected: str = "a list",
    *,
    at_least: int = 0,
    at_most: int | None = None,
    distinct: bool = False,
) -> Reader[tuple[T, ...]]:
    """A list as a tuple; of two equal values in a `distinct` one the later is refused."""

    def read(value: object) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise refused(f"{quoted(value)} is no list", expected)
        if len(value) < at_least:
            raise refused("the list is too short", f"at least {at_least}")
        if at_most is not None and len(value) > at_most:
            raise refused(f"the list has {len(value)} entries", f"at most {at_most}")
        result: list[T] = []
        findings: list[Finding] = []
        for index, item in enumerate(value):
            try:
                result.append(reader(item))
            except Refused as refusal:
                findings += refusal.under(index)
        if distinct and len(set(result)) < len(result):
            findings += _repetitions(value)
        if findings:
            raise Refused(findings)
        return tuple(result)

    return read


def _repetitions(values: list[Any]) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, value in enumerate(values):
        if isinstance(value, str):
            if value in seen:
                yield (index,), f"{quoted(value)} is repeated", "distinct entries"
            seen.add(value)


def table(key: Reader[K], item: Reader[T], *, at_least: int = 0) -> Reader[dict[K, T]]:
    """An object whose keys are data."""

    def read(value: object) -> dict[K, T]:
        findings: list[Finding] = []
        result: dict[K, T] = {}
        for name, entry in _object(value, findings).items():
            try:
                result[key(name)] = item(entry)
            except Refused as refusal:
                findings += refusal.under(name)
        if len(result) < at_least and not findings:
            findings.append(((), "the object is empty", f"at least {at_least} entry"))
        if findings:
            raise Refused(findings)
        return result

    return read


def _object(value: object, findings: list[Finding]) -> dict[str, Any]:
    """The value if it is an object; keys that stand in it twice are added to the findings."""
    if not isinstance(value, dict):
        raise refused(f"{quoted(value)} is no object", "an object")
    if type(value) is Repeating:
        findings += (((name,), "the key is repeated", "it once") for name in sorted(value.repeated))
    return value


def members(
    required: Mapping[str, Reader[Any]],
    optional: Mapping[str, Reader[Any]],
    *,
    more: bool = False,
) -> Reader[dict[str, Any]]:
    """An object with these keys and no others (`more` lets others pass unread)."""
    readers = {**required, **optional}
    known = ", ".join(readers)

    def read(value: object) -> dict[str, Any]:
        findings: list[Finding] = []
        result: dict[str, Any] = {}
        for name, entry in _object(value, findings).items():
            reader = readers.get(name)
            if reader is None:
                if not more:
                    findings.append(((name,), "the key is unknown", f"one of {known}"))
                continue
            try:
                result[name] = reader(entry)
            except Refused as refusal:
                findings += refusal.under(name)
        if len(result) < len(readers):
            present = cast("dict[str, Any]", value)
            findings += (
                ((name,), "the key is missing", "it to be there")
                for name in required
                if name not in present
            )
        if findings:
            raise Refused(findings)
        return result

    return read


def record(
    kind: type[T],
    readers: Mapping[str, Reader[Any]],
    *,
    renamed: Mapping[str, str] | None = None,
    required: Iterable[str] = (),
    rule: Callable[[T], Iterable[Finding]] = lambda _: (),
) -> Reader[T]:
    """An object as a dataclass of the same field names, except those `renamed` (JSON → field).

    A key is optional where its field has a default, unless listed in `required`; `rule` yields
    what is wrong between the fields.
    """
    names = {key: (renamed or {}).get(key, key) for key in readers}
    defaults = {
        row.name: row.default is not MISSING or row.default_factory is not MISSING
        for row in fields(cast("Any", kind))
    }
    may_lack = {key for key, name in names.items() if defaults[name]} - set(required)
    read_members = members(
        {key: reader for key, reader in readers.items() if key not in may_lack},
        {key: reader for key, reader in readers.items() if key in may_lack},
    )

    def read(value: object) -> T:
        result = kind(**{names[key]: entry for key, entry in read_members(value).items()})
        if findings := list(rule(result)):
            raise Refused(findings)
        return result

    return read


def free_object(value: object) -> dict[str, Any]:
    """Any JSON object that can be written again."""
    findings: list[Finding] = []
    found = _object(value, findings)
    try:
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):
        wanted = "finite numbers, whole characters and few levels"
        findings.append(((), "it cannot be written as JSON again", wanted))
    if findings:
        raise Refused(findings)
    return found
