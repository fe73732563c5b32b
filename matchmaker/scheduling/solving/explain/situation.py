"""A request beside a plan: what it could choose from, and which talks stand around it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from matchmaker.scheduling.problem import Assignment, Request
from matchmaker.scheduling.solving.arrays import Bools
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.explain.cells import BIT
from matchmaker.scheduling.solving.explain.options import Options
from matchmaker.scheduling.solving.explain.rivals import Rivals
from matchmaker.scheduling.solving.wall import moment


@dataclass(frozen=True)
class Situation:
    """A request, its options before any plan, and which of the plan's talks are `present`.

    People are numbered as in the options: the speakers, then the helpers.
    """

    case: Case
    request: int
    bare: Options
    rivals: Rivals
    present: Bools

    @cached_property
    def options(self) -> Options:
        return self.bare.beside(self.rivals, self.present)

    @property
    def wanted(self) -> Request:
        return self.case.tables.problem.requests[self.request]

    @property
    def talks(self) -> list[Assignment]:
        return [talk for talk, here in zip(self.rivals.talks, self.present, strict=True) if here]

    def to_come(self) -> Bools:
        """Spots that are still ahead: nothing that gives way would bring back the others."""
        ahead: Bools = (self.bare.at.bits & BIT["lead_time"]) == 0
        return ahead

    def without_plan(self) -> Situation:
        return replace(self, present=self.rivals.none())

    def row(self, person: int) -> int:
        """The row of a person in the tables."""
        speakers = self.bare.speakers
        helpers = self.bare.helpers
        own = person - len(speakers)
        return int(speakers[person] if own < 0 else helpers[own])

    def name(self, person: int) -> str:
        return self.case.tables.people.ids[self.row(person)]

    def start(self, spot: int) -> str:
        return moment(int(self.bare.at.begin[spot])).isoformat(timespec="minutes")

    def day(self, spot: int) -> str:
        return moment(int(self.bare.at.begin[spot])).date().isoformat()
