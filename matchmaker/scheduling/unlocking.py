"""Single changes to a problem, and what the best plan gains by each, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from matchmaker.scheduling.problem import (
    Interpreter,
    Interpreting,
    Person,
    Problem,
    Request,
    RequestMode,
    Speaker,
    Window,
)

PERSON_LIMITS = ("max_per_day", "max_per_week", "max_per_month", "max_talks")
HOST_LIMITS = ("max_per_week", "max_talks")

Row = TypeVar("Row", bound=Any)


@dataclass(frozen=True, slots=True)
class Evening:
    """A person is there at one more time."""

    kind: ClassVar[str] = "evening"
    person: str
    start: datetime
    end: datetime

    def changed(self, problem: Problem) -> Problem:
        found = problem.person[self.person]
        return with_person(
            problem, replace(found, available=(*found.available, (self.start, self.end)))
        )

    @property
    def words(self) -> str:
        day = f"{self.start:%Y-%m-%d}"
        return f"{self.person} is there on {day} from {self.start:%H:%M} to {self.end:%H:%M}, too"


@dataclass(frozen=True, slots=True)
class PersonLimit:
    """A number of a person's is another: a limit, `lead_days` or `min_people`."""

    kind: ClassVar[str] = "person_limit"
    person: str
    limit: str
    before: int
    after: int

    def changed(self, problem: Problem) -> Problem:
        values: dict[str, Any] = {self.limit: self.after}
        return with_person(problem, replace(problem.person[self.person], **values))

    @property
    def words(self) -> str:
        return f"{self.limit} of {self.person} is {self.after} instead of {self.before}"


@dataclass(frozen=True, slots=True)
class HostLimit:
    """An organisation may have a talk more."""

    kind: ClassVar[str] = "organisation_limit"
    organisation: str
    limit: str
    before: int
    after: int

    def changed(self, problem: Problem) -> Problem:
        values: dict[str, Any] = {self.limit: self.after}
        host = replace(problem.organisation[self.organisation], **values)
        return replace(problem, organisations=_exchanged(problem.organisations, host))

    @property
    def words(self) -> str:
        return f"{self.limit} of {self.organisation} is {self.after} instead of {self.before}"


@dataclass(frozen=True, slots=True)
class FurtherWindow:
    """A request has one more window, of preference 0."""

    kind: ClassVar[str] = "window"
    request: str
    start: datetime
    end: datetime

    def changed(self, problem: Problem) -> Problem:
        wanted = problem.request[self.request]
        windows = (*wanted.windows, Window(self.start, self.end))
        return _with_request(problem, replace(wanted, windows=windows))

    @property
    def words(self) -> str:
        day = f"{self.start:%Y-%m-%d}"
        return f"{self.request} may be on {day} from {self.start:%H:%M} to {self.end:%H:%M}, too"


@dataclass(frozen=True, slots=True)
class AnyMode:
    """A request may be held on site or online."""

    kind: ClassVar[str] = "mode"
    request: str
    before: RequestMode
    after: RequestMode = RequestMode.EITHER

    def changed(self, problem: Problem) -> Problem:
        return _with_request(problem, replace(problem.request[self.request], mode=self.after))

    @property
    def words(self) -> str:
        return f"{self.request} may be held on site or online, not only {self.before.value}"


@dataclass(frozen=True, slots=True)
class WithInterpreting:
    """A request may be interpreted."""

    kind: ClassVar[str] = "interpreting"
    request: str
    before: Interpreting = Interpreting.NEVER
    after: Interpreting = Interpreting.IF_NEEDED

    def changed(self, problem: Problem) -> Problem:
        wanted = problem.request[self.request]
        return _with_request(problem, replace(wanted, interpreting=self.after))

    @property
    def words(self) -> str:
        return f"{self.request} may be interpreted"


@dataclass(frozen=True, slots=True)
class NewInterpreter:
    """Somebody joins who interprets a language; all that is assumed stands in `person`."""

    kind: ClassVar[str] = "interpreter"
    language: str
    person: Interpreter

    def changed(self, problem: Problem) -> Problem:
        return with_person(problem, self.person)

    @property
    def words(self) -> str:
        return f"a further interpreter for {self.language} who is always there"


@dataclass(frozen=True, slots=True)
class NewSpeaker:
    """Somebody joins who speaks about a topic; all that is assumed stands in `person`."""

    kind: ClassVar[str] = "speaker"
    topic: str
    person: Speaker

    def changed(self, problem: Problem) -> Problem:
        return with_person(problem, self.person)

    @property
    def words(self) -> str:
        return f"a further speaker for {self.topic} who is always there"


Newcomer = NewInterpreter | NewSpeaker
Change = (
    Evening
    | PersonLimit
    | HostLimit
    | FurtherWindow
    | AnyMode
    | WithInterpreting
    | NewInterpreter
    | NewSpeaker
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocked:
    """What the best plan of the changed problem has more than the best one of the problem.

    `placed` have a talk in it and had none before, `left_out` the other way round.
    Not `proven`: it is the best plan found, and another may be better.
    """

    change: Change
    requests: int
    points: int
    placed: tuple[str, ...]
    left_out: tuple[str, ...]
    proven: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocking:
    """The changes that unlock most, in two orders: by requests, then points; by points.

    `without` are the requests and points that the best plan has more without any change (0, 0 for
    a plan that is as good as can be). `proven`: no change that is missing is better than the last
    of its list, and all figures are exact. `looked_at` counts the changes, `solved` those that
    were solved.
    """

    open: tuple[str, ...]
    without: tuple[int, int]
    by_requests: tuple[Unlocked, ...]
    by_points: tuple[Unlocked, ...]
    proven: bool
    looked_at: int
    solved: int


def with_person(problem: Problem, person: Person) -> Problem:
    """The problem with this person in the place of the one of that id, or as a newcomer."""
    if isinstance(person, Speaker):
        return replace(problem, speakers=_exchanged(problem.speakers, person))
    if isinstance(person, Interpreter):
        return replace(problem, interpreters=_exchanged(problem.interpreters, person))
    raise TypeError(f"{person.id} is neither speaker nor interpreter")


def _with_request(problem: Problem, request: Request) -> Problem:
    return replace(problem, requests=_exchanged(problem.requests, request))


def _exchanged(rows: tuple[Row, ...], new: Row) -> tuple[Row, ...]:
    by_id: Mapping[str, Row] = {**{row.id: row for row in rows}, new.id: new}
    return tuple(by_id.values())
