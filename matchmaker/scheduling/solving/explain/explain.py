"""Reasons for unassigned requests, as the definition orders them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.proposal import Unassigned
from matchmaker.scheduling.solving.case import Case, make_case
from matchmaker.scheduling.solving.explain.cells import BIT, RULES
from matchmaker.scheduling.solving.explain.competition import competitors
from matchmaker.scheduling.solving.explain.options import (
    Options,
    beside,
    find_options,
    relax,
)
from matchmaker.scheduling.solving.explain.remedies import nearest, remedies
from matchmaker.scheduling.solving.load import Load, load

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
    case = make_case(problem, plan)
    nothing = load(case.tables, ())
    return tuple(
        Unassigned(request=name) if enough() else _entry(case, nothing, name) for name in left
    )


def _entry(case: Case, nothing: Load, name: str) -> Unassigned:
    request = case.tables.request_row[name]
    bare = find_options(case, request)
    options = beside(case, case.load, request, bare)
    if options.open().any():
        return Unassigned(request=name)  # there is a place: it would cost more than it earns
    alone = beside(case, nothing, request, bare)
    detail: dict[str, Any] = {
        rule: remedies(case, case.load, request, options, rule)
        for rule in CAUSES
        if options.open(BIT[rule]).any()
    }
    if alone.open().any():
        if not detail:
            detail |= _last_resorts(case, request)
        rivals = competitors(case, request, bare, options, alone)
        detail["competition"] = [{"competes_with": names} for names in rivals]
        detail["competes_with"] = sorted({name for names in rivals for name in names})
    elif not detail:
        detail |= _of_its_own(case, nothing, request, bare)
    detail = detail or _last_resorts(case, request) or {"combination": nearest(options)}
    reasons = tuple(code for code in (*RULES, "competition", "combination") if code in detail)
    return Unassigned(request=name, reasons=reasons, detail=detail)


def _of_its_own(case: Case, nothing: Load, request: int, bare: Options) -> dict[str, Any]:
    """What keeps out a request even if it were the only one, where the plan does as well.

    Each remedy then holds once those of `competes_with` have made way.
    """
    options, alone = beside(case, case.load, request, bare), beside(case, nothing, request, bare)
    detail: dict[str, Any] = {}
    rivals: set[str] = set()
    for rule in CAUSES:
        if alone.open(BIT[rule]).any():
            detail[rule] = remedies(case, nothing, request, alone, rule)
            sets = competitors(
                case, request, relax(bare, rule), relax(options, rule), relax(alone, rule)
            )
            rivals |= {name for names in sets for name in names}
    if detail:
        detail["combination"] = nearest(options)
        detail["competes_with"] = sorted(rivals)
    return detail


def _last_resorts(case: Case, request: int) -> dict[str, Any]:
    """Another date or another subject, where nothing else is to blame."""
    detail: dict[str, Any] = {}
    for rule in LAST_RESORTS:
        bare = find_options(case, request, anywhen=rule == "window", anybody=rule == "topic")
        options = beside(case, case.load, request, bare)
        if options.open(BIT[rule]).any():
            detail[rule] = remedies(case, case.load, request, options, rule)
    return detail
