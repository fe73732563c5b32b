"""A request beside a plan: what it could choose from, and the plan that stands around it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from matchmaker.scheduling.problem import Request
from matchmaker.scheduling.solving.arrays import Bools
from matchmaker.scheduling.solving.explain.beside import beside
from matchmaker.scheduling.solving.explain.options import Options
from matchmaker.scheduling.solving.explain.rules import BIT
from matchmaker.scheduling.solving.kept.kept import Kept, keep_plan
from matchmaker.scheduling.solving.tables import Tables
from matchmaker.scheduling.solving.wall import moment


@dataclass(frozen=True)
class Scene:
    """An open request (a row), and its options before any plan.

    People are numbered as in the options: the speakers, then the helpers.
    """

    kept: Kept
    request: int
    bare: Options

    @cached_property
    def options(self) -> Options:
        return beside(self.kept, self.request, self.bare)

    @property
    def tables(self) -> Tables:
        return self.kept.tables

    @property
    def wanted(self) -> Request:
        return self.kept.request(self.request)

    def without_plan(self) -> Scene:
        return Scene(keep_plan(self.kept.facts, ()), self.request, self.bare)

    def with_options(self, bare: Options) -> Scene:
        return replace(self, bare=bare)

    def to_come(self) -> Bools:
        """Spots that are still ahead: nothing that gives way would bring back the others."""
        ahead: Bools = (self.bare.spots & BIT["lead_time"]) == 0
        return ahead

    def row(self, person: int) -> int:
        """The row of a person in the tables."""
        own = person - len(self.bare.speakers)
        return int(self.bare.speakers[person] if own < 0 else self.bare.helpers[own])

    def name(self, person: int) -> str:
        return self.tables.people.ids[self.row(person)]

    def start(self, spot: int) -> str:
        return moment(int(self.bare.begin[spot])).isoformat(timespec="minutes")

    def day(self, spot: int) -> str:
        return moment(int(self.bare.begin[spot])).date().isoformat()
