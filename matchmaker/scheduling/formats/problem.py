"""`matchmaker/problem@1`: reading, strictly, and writing (see `docs/planning-problem.md`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from matchmaker.scheduling.formats.encode import encoded, shown
from matchmaker.scheduling.formats.faults import quoted
from matchmaker.scheduling.formats.files import load_bytes, parse_json, write_document
from matchmaker.scheduling.formats.memory import collection_paused
from matchmaker.scheduling.formats.readers import (
    Finding,
    Reader,
    Refused,
    choice,
    day,
    flag,
    many,
    members,
    moment,
    nullable,
    pair,
    record,
    refused,
    table,
    text,
    whole,
    word,
)
from matchmaker.scheduling.formats.references import reference_findings
from matchmaker.scheduling.problem import (
    Assignment,
    Commitment,
    Interpreter,
    Interpreting,
    Mode,
    Organisation,
    Problem,
    Request,
    RequestMode,
    Speaker,
    Travel,
    Weights,
    Window,
)

FORMAT = "matchmaker/problem@1"


def read_problem(data: bytes | Any) -> Problem:
    """A problem from its JSON, as bytes or already parsed; raises FormatError with every fault."""
    with collection_paused():
        return _read_problem(parse_json(data) if isinstance(data, bytes) else data)


def _read_problem(tree: object) -> Problem:
    findings: list[Finding] = []
    try:
        values = _PROBLEM(tree)
    except Refused as refusal:
        findings += refusal.findings
    findings += reference_findings(tree)
    if findings:
        raise Refused(findings).error()
    horizon = values.pop("horizon")
    del values["format"]
    return Problem(first_day=horizon.first_day, last_day=horizon.last_day, **values)


def load_problem(path: str | Path) -> Problem:
    """The problem in a file (`-`: standard input, gzipped or not); FormatError or OSError."""
    return read_problem(load_bytes(path))


def problem_to_json(problem: Problem) -> dict[str, Any]:
    """Every field written out, defaults included; `read_problem` reads the same problem again."""
    values = {row.name: encoded(getattr(problem, row.name)) for row in fields(problem)}
    horizon = {key: values.pop(key) for key in ("first_day", "last_day")}
    start = {"format": FORMAT, "timezone": values.pop("timezone"), "now": values.pop("now")}
    return {**start, "horizon": horizon, **values}


def write_problem(path: str | Path, problem: Problem) -> None:
    write_document(path, problem_to_json(problem))


@dataclass(frozen=True, slots=True)
class _Horizon:
    first_day: date
    last_day: date


def _days_in_order(horizon: _Horizon) -> Iterator[Finding]:
    if horizon.first_day > horizon.last_day:
        wrong = f"first_day {horizon.first_day} is after last_day {horizon.last_day}"
        yield (), wrong, "first_day at or before last_day"


def _starts_before_end(row: Window | Commitment) -> Iterator[Finding]:
    if row.start >= row.end:
        yield (), f"{shown(row.start)} is not before {shown(row.end)}", "from before to"


def _falling(weights: Weights) -> Iterator[Finding]:
    if not weights.fair_first >= weights.fair_second >= weights.fair_third:
        three = f"{weights.fair_first}, {weights.fair_second}, {weights.fair_third}"
        yield (), f"the fairness points {three} rise", "fair_first >= fair_second >= fair_third"


def _timezone(value: object) -> str:
    name = text(value)
    if name not in _zones():
        raise refused(f"{quoted(name)} is no known time zone", "an IANA name like Europe/Berlin")
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _day_set(value: object) -> frozenset[date]:
    return frozenset(_DAYS(value))


def assignment_reader(*, distinct_people: bool = True) -> Reader[Assignment]:
    """In a problem nobody is named twice; in a proposal the judge speaks to that (`team`)."""
    people = many(text, distinct=distinct_people)
    return record(
        Assignment,
        {
            "request": text,
            "start": moment,
            "mode": choice(Mode),
            "language": text,
            "speakers": people,
            "interpreters": people,
        },
        required=("interpreters",),
    )


_DAYS: Reader[tuple[date, ...]] = many(day)
_INTERVALS = many(pair(moment))
_FROM_TO = {"from": "start", "to": "end"}
_WINDOW = record(
    Window,
    {"from": moment, "to": moment, "preference": whole(0, 3)},
    renamed=_FROM_TO,
    rule=_starts_before_end,
)
_COMMITMENT = record(
    Commitment,
    {"from": moment, "to": moment, "district": nullable(text)},
    renamed=_FROM_TO,
    rule=_starts_before_end,
)
_HORIZON = record(_Horizon, {"first_day": day, "last_day": day}, rule=_days_in_order)
_TRAVEL = record(
    Travel,
    {
        "default_minutes": whole(),
        "online_gap_minutes": whole(),
        "minutes": table(text, table(text, whole())),
    },
)
_ORGANISATION = record(
    Organisation,
    {
        "id": text,
        "max_per_week": whole(),
        "max_talks": whole(),
        "past_talks": whole(),
        "blocked": many(pair(day, inclusive=True)),
    },
)
_PERSON: Mapping[str, Reader[Any]] = {
    "id": text,
    "languages": many(text, at_least=1),
    "modes": many(choice(Mode)),
    "home": text,
    "districts": nullable(many(text)),
    "available": _INTERVALS,
    "avoid": _INTERVALS,
    "commitments": many(_COMMITMENT),
    "max_per_day": whole(),
    "max_per_week": whole(),
    "max_per_month": whole(),
    "max_talks": whole(),
    "lead_days": whole(),
    "womens_groups": flag,
    "past_talks": whole(),
}
_SPEAKER = record(
    Speaker,
    {**_PERSON, "topics": table(text, whole(1, 3), at_least=1), "min_people": whole()},
)
_INTERPRETER = record(Interpreter, _PERSON)
_REQUEST = record(
    Request,
    {
        "id": text,
        "organisation": text,
        "topics": many(text, at_least=1, at_most=6, distinct=True),
        "languages": many(text, at_least=1, at_most=6, distinct=True),
        "interpreting": choice(Interpreting),
        "interpreters_needed": whole(1, 3),
        "max_speakers": whole(1, 3),
        "minutes": whole(30, 480),
        "windows": many(_WINDOW, at_least=1),
        "district": text,
        "venue": nullable(text),
        "mode": choice(RequestMode),
        "people": whole(),
        "womens_group": flag,
        "priority": whole(1, 3),
        "waiting_rounds": whole(),
        "excluded_speakers": many(text, distinct=True),
        "preferred_speakers": many(text, distinct=True),
    },
)
_WEIGHTS = record(Weights, {row.name: whole(0, 100_000) for row in fields(Weights)}, rule=_falling)
_PROBLEM = members(
    {
        "format": word(FORMAT),
        "timezone": _timezone,
        "now": moment,
        "horizon": _HORIZON,
        "start_grid_minutes": whole(1, 1440),
        "travel": _TRAVEL,
        "organisations": many(_ORGANISATION),
        "speakers": many(_SPEAKER),
        "interpreters": many(_INTERPRETER),
        "requests": many(_REQUEST),
    },
    {
        "closed_days": _day_set,
        "discouraged_days": table(day, whole(0, 1000)),
        "fixed": many(assignment_reader()),
        "published": many(assignment_reader()),
        "weights": _WEIGHTS,
    },
)
