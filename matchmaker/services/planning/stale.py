"""Talks of a plan that do not fit any more what is known and decided today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matchmaker.models import RoundDecision
from matchmaker.models.states import DecisionKind
from matchmaker.scheduling.judge import Breach, Verdict
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.services.planning.judging import judged

BANNED_DAY, BANNED_PERSON = "banned_day", "banned_person"
"""Stand for the rules in whose words the problem tells the judge of a decision."""

OF_PEOPLE = {"team", "language"}


def foreign_breach(verdict: Verdict, requests: Iterable[str]) -> Breach | None:
    """The first violation that has nothing to do with a change of these requests."""
    changed = frozenset(requests)
    foreign = (row for row in verdict.violations if changed.isdisjoint(row.requests))
    return next(foreign, None)


def loose_request(problem: Problem, breach: Breach) -> str | None:
    """Which of the requests gives way; None if all of them are fixed."""
    fixed = {row.request for row in problem.fixed}
    loose = [code for code in breach.requests if code not in fixed]
    return loose[-1] if loose else None


def cause(breach: Breach, row: Assignment | None, decided: Iterable[RoundDecision]) -> str:
    """The rule's code, or what has been decided where that is why the rule is broken."""
    if row is None:
        return breach.code
    mine = [one for one in decided if one.request.code == row.request]
    days = {one.day for one in mine if one.kind is DecisionKind.BAN_DAY}
    if breach.code == "window" and row.start.date() in days:
        return BANNED_DAY
    banned = {one.person.code for one in mine if one.person is not None}
    if breach.code in OF_PEOPLE and not banned.isdisjoint(row.people):
        return BANNED_PERSON
    return breach.code


def goes_along(
    problem: Problem,
    plan: Sequence[Assignment],
    request: str,
    decided: Sequence[RoundDecision],
) -> dict[str, list[str]]:
    """What else leaves the plan when `request` does: why, by the codes of the others."""
    rest = {row.request: row for row in plan if row.request != request}
    gone: dict[str, list[str]] = {}
    while breach := foreign_breach(judged(problem, list(rest.values())), [request]):
        code = loose_request(problem, breach)
        if code is None or code not in rest:
            break
        gone.setdefault(code, []).append(cause(breach, rest.pop(code), decided))
    return gone
