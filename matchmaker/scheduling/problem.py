"""The planning problem as plain data (the definition stands in `docs/planning-problem.md`).

All times are naive wall-clock times in the problem's time zone; an interval `(start, end)` is
half-open. Days are calendar days. The order of lists is the order of the input.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

Interval = tuple[datetime, datetime]
Days = tuple[date, date]  # both inclusive
END_OF_TIME = datetime.max  # noqa: DTZ901  all times are naive


class Mode(StrEnum):
    """How a talk takes place."""

    ONSITE = "onsite"
    ONLINE = "online"


class RequestMode(StrEnum):
    """Which modes a request allows."""

    ONSITE = "onsite"
    ONLINE = "online"
    EITHER = "either"

    def allows(self, mode: Mode) -> bool:
        return self is RequestMode.EITHER or self.value == mode.value


class Interpreting(StrEnum):
    NEVER = "never"
    IF_NEEDED = "if_needed"


@dataclass(frozen=True, slots=True)
class Travel:
    """Minutes on the way from one district to another, read in the direction given."""

    default_minutes: int
    online_gap_minutes: int
    minutes: Mapping[str, Mapping[str, int]]

    def between(self, origin: str, destination: str) -> int:
        return self.minutes.get(origin, {}).get(destination, self.default_minutes)


@dataclass(frozen=True, slots=True)
class Organisation:
    id: str
    max_per_week: int = 1
    max_talks: int = 1000
    past_talks: int = 0
    blocked: tuple[Days, ...] = ()


@dataclass(frozen=True, slots=True)
class Commitment:
    """Something else that a person has to attend; `district` None means online."""

    start: datetime
    end: datetime
    district: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What speakers and interpreters have in common; `districts` None means everywhere."""

    id: str
    languages: tuple[str, ...]
    home: str
    available: tuple[Interval, ...]
    modes: tuple[Mode, ...] = (Mode.ONSITE,)
    districts: tuple[str, ...] | None = None
    avoid: tuple[Interval, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    max_per_day: int = 1
    max_per_week: int = 7
    max_per_month: int = 31
    max_talks: int = 1000
    lead_days: int = 0
    womens_groups: bool = True
    past_talks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker(Person):
    """`topics` maps a topic code to the level 1..3 at which the speaker covers it."""

    topics: Mapping[str, int]
    min_people: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter(Person):
    """Interprets between German (`de`) and each of `languages`."""


@dataclass(frozen=True, slots=True)
class Window:
    start: datetime
    end: datetime
    preference: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`topics` and `languages` are ranked, the most wanted first."""

    id: str
    organisation: str
    topics: tuple[str, ...]
    languages: tuple[str, ...]
    minutes: int
    windows: tuple[Window, ...]
    district: str
    interpreting: Interpreting = Interpreting.IF_NEEDED
    interpreters_needed: int = 1
    max_speakers: int = 1
    venue: str | None = None
    mode: RequestMode = RequestMode.ONSITE
    people: int = 0
    womens_group: bool = False
    priority: int = 1
    waiting_rounds: int = 0
    excluded_speakers: tuple[str, ...] = ()
    preferred_speakers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One request placed: when, how, in which language and with whom."""

    request: str
    start: datetime
    mode: Mode
    language: str
    speakers: tuple[str, ...]
    interpreters: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        return self.speakers + self.interpreters


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Points of the score; the names are those under `weights` in the problem's JSON."""

    serve: int = 1000
    priority: int = 300
    waiting: int = 100
    fair_first: int = 400
    fair_second: int = 200
    fair_third: int = 100
    topics: int = 1
    language_first: int = 160
    language_second: int = 60
    language_later: int = 20
    no_interpreter: int = 40
    interpreter: int = 20
    preference: int = 30
    avoid: int = 40
    travel: int = 1
    extra_speaker: int = 20
    preferred: int = 50
    balance: int = 5
    drop: int = 600
    move: int = 200
    swap_speaker: int = 150
    swap_interpreter: int = 50


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Everything that one planning run knows."""

    timezone: str
    now: datetime
    first_day: date
    last_day: date
    start_grid_minutes: int
    travel: Travel
    organisations: tuple[Organisation, ...]
    speakers: tuple[Speaker, ...]
    interpreters: tuple[Interpreter, ...]
    requests: tuple[Request, ...]
    closed_days: frozenset[date] = frozenset()
    discouraged_days: Mapping[date, int] = field(default_factory=dict)
    fixed: tuple[Assignment, ...] = ()
    published: tuple[Assignment, ...] = ()
    weights: Weights = field(default_factory=Weights)

    @cached_property
    def organisation(self) -> Mapping[str, Organisation]:
        return {row.id: row for row in self.organisations}

    @cached_property
    def speaker(self) -> Mapping[str, Speaker]:
        return {row.id: row for row in self.speakers}

    @cached_property
    def interpreter(self) -> Mapping[str, Interpreter]:
        return {row.id: row for row in self.interpreters}

    @cached_property
    def person(self) -> Mapping[str, Person]:
        return {**self.speaker, **self.interpreter}

    @cached_property
    def request(self) -> Mapping[str, Request]:
        return {row.id: row for row in self.requests}

    def hours(self, talk: Assignment) -> Interval:
        return hours_from(talk.start, self.request[talk.request].minutes)


def hours_from(start: datetime, minutes: int) -> Interval:
    """From the start so many minutes on, but not beyond what the calendar has."""
    try:
        return start, start + timedelta(minutes=minutes)
    except OverflowError:  # on the last evening that there is
        return start, END_OF_TIME
