"""Reasons for unassigned requests, as the definition orders them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.proposal import Unassigned
from matchmaker.scheduling.solving.explain.alone import (
    accepted,
    covering,
    find_options,
    inside_windows,
)
from matchmaker.scheduling.solving.explain.clearing import smallest_set
from matchmaker.scheduling.solving.explain.dates import another_date
from matchmaker.scheduling.solving.explain.legal import in_the_way
from matchmaker.scheduling.solving.explain.nearest import nearest
from matchmaker.scheduling.solving.explain.options import Options
from matchmaker.scheduling.solving.explain.remedies import Way, remedies
from matchmaker.scheduling.solving.explain.rivals import single_rivals
from matchmaker.scheduling.solving.explain.rules import CAUSES, RULES
from matchmaker.scheduling.solving.explain.scene import Scene
from matchmaker.scheduling.solving.explain.world import World, carry_out
from matchmaker.scheduling.solving.kept import Kept, keep
from matchmaker.scheduling.solving.tables import Tables

MOST_NAMES = 20  # requests that are named one by one


def explain(
    problem: Problem,
    plan: Sequence[Assignment],
    *,
    enough: Callable[[], bool] = lambda: False,
    with_remedies: bool = True,
    tables: Tables | None = None,
) -> tuple[Unassigned, ...]:
    """One entry for each request that the plan leaves out, in the order of the problem.

    `detail` maps each reason to remedies, the cheapest first; every one of them opens a place when
    it is carried out and the plan is kept. Without remedies there are the codes and `competes_with`
    alone. Entries after `enough()` turns true stay bare. `tables` are those of the problem, if they
    are at hand.
    """
    placed = {talk.request for talk in plan}
    left = [row.id for row in problem.requests if row.id not in placed]
    if not left or enough():
        return tuple(Unassigned(request=name) for name in left)
    kept, ask = keep(problem, plan, tables), explain_one if with_remedies else reasons
    return tuple(Unassigned(request=name) if enough() else ask(kept, name) for name in left)


def explain_one(kept: Kept, request_id: str) -> Unassigned:
    """Why the plan leaves out a request: reasons, remedies, competitors.

    No reasons where there is a place that costs more than it earns. KeyError for an unknown id,
    ValueError for a request that has its talk.
    """
    return _Explainer(kept, _open_row(kept, request_id), offering=True).entry()


def reasons(kept: Kept, request_id: str) -> Unassigned:
    """The same without remedies, in less time: codes, and `competes_with` of competition."""
    return _Explainer(kept, _open_row(kept, request_id), offering=False).entry()


def _open_row(kept: Kept, request_id: str) -> int:
    row = kept.row(request_id)
    if row in kept.talks:
        raise ValueError(f"{request_id} has its talk in the plan")
    return row


@dataclass(frozen=True, slots=True)
class _Explainer:
    """`offering`: remedies are looked for, too."""

    kept: Kept
    request: int
    offering: bool

    def entry(self) -> Unassigned:
        here = Scene(self.kept, self.request, self._options(most=1).promising())
        if here.options.open().any():
            return self._unassigned({})
        detail = self._single(here)
        if here.bare.open().any():
            detail = detail or self._last_resorts()
            detail |= self._competition(here)
        elif not detail:
            detail = self._of_its_own(here)
        detail = detail or self._last_resorts()
        if not detail:
            detail = {"combination": self._nearest(here.with_options(self._options()))}
        return self._unassigned(detail)

    def _options(self, most: int = len(RULES)) -> Options:
        facts = self.kept.facts
        begin = inside_windows(facts.tables, self.request)
        speakers = covering(facts, self.request, first=True)
        return find_options(facts, self.request, begin, speakers, most=most)

    def _unassigned(self, detail: dict[str, Any]) -> Unassigned:
        codes = tuple(code for code in (*RULES, "competition", "combination") if code in detail)
        if not self.offering:
            rivals = detail.get("competes_with")
            detail = {"competes_with": rivals} if "competition" in codes else {}
        name = self.kept.request(self.request).id
        return Unassigned(request=name, reasons=codes, detail=detail)

    def _single(self, here: Scene, rules: Sequence[str] = CAUSES) -> dict[str, Any]:
        """The rules each of which would open a place if it alone gave way, with remedies."""
        return {
            rule: _shown(remedies(here, rule)) if self.offering else []
            for rule in _single(here, rules)
        }

    def _nearest(self, here: Scene) -> list[dict[str, Any]]:
        return nearest(here) if self.offering else []

    def _competition(self, here: Scene) -> dict[str, Any]:
        groups = self._rivals(here)
        return {
            "competition": [{"competes_with": names} for names in groups],
            "competes_with": sorted({name for names in groups for name in names}),
        }

    def _rivals(self, here: Scene) -> list[list[str]]:
        """Sets of requests each of which frees a place when it goes; single ones if there are."""
        ids = self.kept.tables.requests.ids
        single = single_rivals(self.kept, self.request, here.bare, here.options)
        if len(single):
            return [[ids[row]] for row in single[:MOST_NAMES].tolist()]
        several = smallest_set(self.kept, self.request, here.bare, here.options)
        return [sorted(ids[row] for row in several)] if several else []

    def _of_its_own(self, here: Scene) -> dict[str, Any]:
        """What keeps out a request even if it were the only one, where the plan does as well.

        Each remedy then holds once those of `competes_with` have made way.
        """
        alone = here.without_plan()
        ways = {rule: remedies(alone, rule) if self.offering else [] for rule in _single(alone)}
        if not ways:
            return {}
        here_and_now = World.of(self.kept, self.request)
        rivals = {
            name
            for rule, found in ways.items()
            for remedy, talk in found
            for name in in_the_way(carry_out(here_and_now, rule, remedy), talk)
        }
        detail: dict[str, Any] = {rule: _shown(found) for rule, found in ways.items()}
        return detail | {"combination": self._nearest(here), "competes_with": sorted(rivals)}

    def _last_resorts(self) -> dict[str, Any]:
        """Another date or another subject, where nothing else is to blame."""
        detail: dict[str, Any] = {}
        dates = another_date(self.kept, self.request, offering=self.offering)
        if dates is not None:
            detail["window"] = dates
        return detail | self._single(self._with_anybody(), ["topic"])

    def _with_anybody(self) -> Scene:
        """The speakers who do not cover the first subject, as if they could learn it."""
        facts = self.kept.facts
        level = facts.tables.people.level[:, facts.tables.requests.topics[self.request, 0]]
        strangers = accepted(facts, self.request, np.flatnonzero(level == 0))
        begin = inside_windows(facts.tables, self.request)
        options = find_options(facts, self.request, begin, strangers, most=0)
        return Scene(self.kept, self.request, options.breaking(speakers="topic").promising())


def _single(here: Scene, rules: Sequence[str] = CAUSES) -> list[str]:
    blamed = here.options.singles()
    return [rule for rule in rules if rule in blamed]


def _shown(ways: Sequence[Way]) -> list[dict[str, Any]]:
    return [remedy for remedy, _ in ways]
