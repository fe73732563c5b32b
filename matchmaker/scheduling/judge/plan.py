"""A plan prepared for judging: its talks with everything that the rules ask about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from matchmaker.scheduling.problem import (
    Assignment,
    Interpreter,
    Mode,
    Organisation,
    Person,
    Problem,
    Request,
    Speaker,
)

_END_OF_TIME = datetime.fromisoformat("9999-12-31T23:59:59")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Talk:
    """One assignment with its ids looked up; `fixed` if it stands in the problem just so."""

    request: Request
    organisation: Organisation
    start: datetime
    end: datetime
    mode: Mode
    language: str
    speakers: tuple[Speaker, ...]
    interpreters: tuple[Interpreter, ...]
    fixed: bool

    @property
    def day(self) -> date:
        return self.start.date()

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody assigned, each once."""
        return tuple({row.id: row for row in (*self.speakers, *self.interpreters)}.values())

    @property
    def district(self) -> str | None:
        """Where people have to be; None for an online talk."""
        return self.request.district if self.mode is Mode.ONSITE else None

    @property
    def needs_interpreting(self) -> bool:
        return any(self.language not in speaker.languages for speaker in self.speakers)

    def overlaps(self, start: datetime, end: datetime) -> bool:
        return self.start < end and start < self.end


class Plan:
    """The assignments of a proposal beside their problem.

    `unassigned` is None where a plan does not state it. An assignment that names an unknown id and
    all but the first of a request are left to the rule `shape`: they are no `talks`.
    """

    def __init__(
        self,
        problem: Problem,
        assignments: Sequence[Assignment],
        unassigned: Sequence[str] | None = None,
    ) -> None:
        self.problem = problem
        self.assignments = tuple(assignments)
        self.unassigned = None if unassigned is None else tuple(unassigned)

    @cached_property
    def assignment_of(self) -> Mapping[str, Assignment]:
        """By request; the first one where a request is assigned repeatedly."""
        return {row.request: row for row in reversed(self.assignments)}

    @cached_property
    def talks(self) -> tuple[Talk, ...]:
        """In the order of their start."""
        known = (row for row in self.assignment_of.values() if not any(self.unknown_ids(row)))
        return tuple(sorted(map(self._talk, known), key=lambda talk: (talk.start, talk.request.id)))

    @cached_property
    def talks_by_organisation(self) -> Mapping[str, Sequence[Talk]]:
        return _grouped((talk.organisation.id, talk) for talk in self.talks)

    @cached_property
    def talks_by_person(self) -> Mapping[str, Sequence[Talk]]:
        return _grouped((person.id, talk) for talk, person in self.duties())

    def duties(self) -> Iterator[tuple[Talk, Person]]:
        """Every talk with every person assigned to it."""
        return ((talk, person) for talk in self.talks for person in talk.people)

    def unknown_ids(self, row: Assignment) -> Iterator[str]:
        problem = self.problem
        if row.request not in problem.request:
            yield row.request
        yield from (id_ for id_ in row.speakers if id_ not in problem.speaker)
        yield from (id_ for id_ in row.interpreters if id_ not in problem.interpreter)

    def keeps(self, fixed: Assignment) -> bool:
        """Whether the fixed assignment stands in the plan; the order of people is no matter."""
        row = self.assignment_of.get(fixed.request)
        return row is not None and _comparable(row) == _comparable(fixed)

    @cached_property
    def _kept(self) -> frozenset[str]:
        return frozenset(row.request for row in self.problem.fixed if self.keeps(row))

    def _talk(self, row: Assignment) -> Talk:
        request = self.problem.request[row.request]
        return Talk(
            request=request,
            organisation=self.problem.organisation[request.organisation],
            start=row.start,
            end=_later(row.start, request.minutes),
            mode=row.mode,
            language=row.language,
            speakers=tuple(self.problem.speaker[id_] for id_ in row.speakers),
            interpreters=tuple(self.problem.interpreter[id_] for id_ in row.interpreters),
            fixed=row.request in self._kept,
        )


def _comparable(row: Assignment) -> tuple[object, ...]:
    return row.start, row.mode, row.language, sorted(row.speakers), sorted(row.interpreters)


def _later(start: datetime, minutes: int) -> datetime:
    try:
        return start + timedelta(minutes=minutes)
    except OverflowError:  # on the last evening of the calendar
        return _END_OF_TIME


def _grouped(pairs: Iterable[tuple[str, Talk]]) -> Mapping[str, Sequence[Talk]]:
    groups: defaultdict[str, list[Talk]] = defaultdict(list)
    for key, talk in pairs:
        groups[key].append(talk)
    return dict(groups)
