"""One talk tried beside the rest of a plan, by the judge's rules and points.

Whatever a rule or a part of the score ties to a talk are other talks of its host, its venue and
its people. So the judge needs to see no others, and the answer is exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from matchmaker.scheduling.judge import RULE, RULES, Breach
from matchmaker.scheduling.judge.plan import Plan
from matchmaker.scheduling.judge.score import score_of
from matchmaker.scheduling.problem import Assignment, Problem

_OF_SEVERAL = ("host_load", "venue", "travel", "workload")
_OF_WHOLE_PLANS = ("fixed", "shape")
_OF_ONE = tuple(row for row in RULES if row.code not in (*_OF_SEVERAL, *_OF_WHOLE_PLANS))


class Beside:
    """A plan, ready to try each request in other places; the plan's own place for it is free."""

    def __init__(self, problem: Problem, plan: Iterable[Assignment]) -> None:
        # No talk is told apart as fixed, and stability, which no talk shares, is left out.
        self._problem = replace(problem, fixed=(), published=())
        self._by_host: defaultdict[str, list[Assignment]] = defaultdict(list)
        self._by_venue: defaultdict[str | None, list[Assignment]] = defaultdict(list)
        self._by_person: defaultdict[str, list[Assignment]] = defaultdict(list)
        for row in plan:
            if row.request in problem.request:
                self._file(row)

    def _file(self, row: Assignment) -> None:
        request = self._problem.request[row.request]
        self._by_host[request.organisation].append(row)
        if request.venue is not None:
            self._by_venue[request.venue].append(row)
        for person in row.people:
            self._by_person[person].append(row)

    def breaches(self, row: Assignment) -> tuple[Breach, ...]:
        """Every broken rule that the talk would be part of, in the order of the rules."""
        alone = Plan(self._problem, [row])
        together = Plan(self._problem, [*self._around(row), row])
        found = [breach for rule in _OF_ONE for breach in rule.breaches(alone)]
        for code in _OF_SEVERAL:
            found += (one for one in RULE[code].breaches(together) if row.request in one.requests)
        order = list(RULE)
        return tuple(sorted(found, key=lambda breach: order.index(breach.code)))

    def gain(self, row: Assignment) -> int:
        """The points that the talk adds to the rest of the plan, without stability."""
        around = self._around(row)
        with_it = score_of(Plan(self._problem, [*around, row]))
        return with_it.total - score_of(Plan(self._problem, around)).total

    def _around(self, row: Assignment) -> list[Assignment]:
        request = self._problem.request[row.request]
        related = [*self._by_host[request.organisation], *self._by_venue[request.venue]]
        for person in row.people:
            related += self._by_person[person]
        return list({one.request: one for one in related if one.request != row.request}.values())
