"""Reasons for unassigned requests, as the definition orders them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.proposal import Unassigned
from matchmaker.scheduling.solving.case import Case, make_case
from matchmaker.scheduling.solving.explain.cells import BIT, RULES
from matchmaker.scheduling.solving.explain.competition import competitors
from matchmaker.scheduling.solving.explain.options import Options, find_options, rivals_of
from matchmaker.scheduling.solving.explain.remedies import nearest, remedies
from matchmaker.scheduling.solving.explain.situation import Situation

CAUSES = RULES[: RULES.index("window")]
LAST_RESORTS = RULES[RULES.index("window") :]


def explain(
    problem: Problem,
    plan: Sequence[Assignment],
    *,
    enough: Callable[[], bool] = lambda: False,
) -> tuple[Unassigned, ...]:
    """One entry for each request that the plan leaves out, in the order of the problem.

    `detail` maps each reason to remedies, the cheapest first; every one of them opens a place when
    it is carried out and the plan is kept. Entries after `enough()` turns true stay bare.
    """
    placed = {talk.request for talk in plan}
    left = [row.id for row in problem.requests if row.id not in placed]
    if not left:
        return ()
    explainer = _Explainer(make_case(problem, ()), plan, enough)
    return tuple(explainer.entry(name) for name in left)


@dataclass(frozen=True, slots=True)
class _Explainer:
    """A problem before any plan (`case`), and the plan."""

    case: Case
    plan: Sequence[Assignment]
    enough: Callable[[], bool]

    def entry(self, name: str) -> Unassigned:
        if self.enough():
            return Unassigned(request=name)
        request = self.case.tables.request_row[name]
        everything = find_options(self.case, request)
        here = self._situation(request, everything.promising())
        if here.options.open().any():
            return Unassigned(request=name)  # there is a place: it costs more than it earns
        detail = self._single(here, CAUSES)
        if here.without_plan().options.open().any():
            detail = detail or self._last_resorts(here.request)
            rivals = self._competitors(here.request, here.bare)
            detail["competition"] = [{"competes_with": names} for names in rivals]
            detail["competes_with"] = sorted({name for names in rivals for name in names})
        elif not detail:
            detail = self._of_its_own(here)
        detail = detail or self._last_resorts(here.request)
        if not detail and self.enough():
            return Unassigned(request=name)  # not all that could be to blame was looked at
        if not detail:
            detail = {"combination": nearest(self._situation(request, everything))}
        reasons = tuple(code for code in (*RULES, "competition", "combination") if code in detail)
        return Unassigned(request=name, reasons=reasons, detail=detail)

    def _situation(self, request: int, bare: Options) -> Situation:
        rivals = rivals_of(self.case, self.plan, request, bare)
        return Situation(self.case, request, bare, rivals, rivals.all())

    def _competitors(self, request: int, bare: Options) -> list[list[str]]:
        return competitors(self.case, self.plan, request, bare, self.enough)

    def _single(self, here: Situation, rules: Sequence[str]) -> dict[str, Any]:
        """The rules each of which would open a place if it alone gave way."""
        return {rule: remedies(here, rule) for rule in rules if here.options.open(BIT[rule]).any()}

    def _of_its_own(self, here: Situation) -> dict[str, Any]:
        """What keeps out a request even if it were the only one, where the plan does as well.

        Each remedy then holds once those of `competes_with` have made way.
        """
        detail = self._single(here.without_plan(), CAUSES)
        if detail:
            rivals = {
                name
                for rule in detail
                for names in self._competitors(here.request, here.bare.relax(rule))
                for name in names
            }
            detail["combination"] = nearest(here)
            detail["competes_with"] = sorted(rivals)
        return detail

    def _last_resorts(self, request: int) -> dict[str, Any]:
        """Another date or another subject, where nothing else is to blame."""
        detail: dict[str, Any] = {}
        for rule in LAST_RESORTS:
            if not self.enough():
                bare = find_options(
                    self.case, request, anywhen=rule == "window", anybody=rule == "topic"
                )
                here = self._situation(request, bare.promising(BIT[rule]))
                detail |= self._single(here, [rule])
        return detail
