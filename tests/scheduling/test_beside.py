"""One talk beside the rest of a plan, against the judge's view of the whole plan."""

from __future__ import annotations

from dataclasses import replace

from matchmaker.scheduling.beside import Beside
from matchmaker.scheduling.judge import RULE, judge
from tests.scheduling.plans import random_plan
from tests.scheduling.small import problem, request, talk
from tests.scheduling.solving.brute import candidates
from tests.scheduling.solving.tiny import crowded_problem


def test_beside_agrees_with_the_whole_plan() -> None:
    """Every place of some requests that is allowed alone, with the other talks as they are."""
    case = replace(crowded_problem(3), published=())
    plan = random_plan(case, 3)
    beside = Beside(case, plan)
    tried = broken = 0
    for asked in case.requests:
        rest = [row for row in plan if row.request != asked.id]
        without = judge(case, rest).score.total
        for place in candidates(case, asked)[::8]:
            verdict = judge(case, [*rest, place])
            assert {row.code for row in beside.breaches(place)} == {
                row.code for row in verdict.violations
            }
            assert beside.gain(place) == verdict.score.total - without
            tried, broken = tried + 1, broken + (not verdict.allowed)
    assert (broken > 10, tried - broken > 10) == (True, True)


def test_beside_names_the_rules_in_their_order() -> None:
    case = problem(
        requests=(request(venue="V"), request("A2", "MO2", venue="V", womens_group=True)),
        closed_days=frozenset({talk().start.date()}),
    )
    found = Beside(case, [talk("A2")]).breaches(talk("A1"))
    assert [row.code for row in found] == ["closed_day", "venue", "travel"]
    assert sorted((row.code for row in found), key=[*RULE].index) == [row.code for row in found]


def test_beside_a_fixed_talk_is_an_obstacle_like_any_other() -> None:
    case = problem(fixed=(talk("A2"),))
    (found,) = Beside(case, [talk("A2")]).breaches(talk("A1"))
    assert (found.code, found.requests, found.only_fixed) == ("travel", ("A1", "A2"), False)
