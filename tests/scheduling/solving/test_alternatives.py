"""Where else a request could take place, against everything tried; why a talk is as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime

import pytest

from matchmaker.scheduling.explanation import Alternative
from matchmaker.scheduling.judge import judge
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.proposal import Score
from matchmaker.scheduling.solving.explain import alternatives, why
from matchmaker.scheduling.solving.kept import keep
from matchmaker.scheduling.solving.score import score
from tests.scheduling import small
from tests.scheduling.solving.brute import candidates, fit_together
from tests.scheduling.solving.plans import some_plan
from tests.scheduling.solving.tiny import crowded_problem, tiny_problem

Key = tuple[datetime, str, tuple[str, ...]]
SEEDS = range(150)


def all_others(problem: Problem, plan: Sequence[Assignment], request_id: str) -> dict[Key, int]:
    """By start, language and speakers: the best change of the total of any talk but the one."""
    rest = [talk for talk in plan if talk.request != request_id]
    before = score(problem, plan).total
    best: dict[Key, int] = {}
    for talk in candidates(problem, problem.request[request_id]):
        if talk not in plan and fit_together(problem, rest, talk):
            key = talk.start, talk.language, talk.speakers
            change = score(problem, [*rest, talk]).total - before
            best[key] = max(best.get(key, change), change)
    return best


def parts(one: Score, other: Score) -> dict[str, int]:
    return {name: value - asdict(other)[name] for name, value in asdict(one).items()}


def checked(
    problem: Problem, plan: Sequence[Assignment], request_id: str, most: int = 5
) -> tuple[Alternative, ...]:
    """The alternatives of a request, found to be the best, allowed, and right in every part."""
    found = alternatives(keep(problem, plan), request_id, most)
    rest = [talk for talk in plan if talk.request != request_id]
    others = all_others(problem, plan, request_id)
    totals = [row.change.total for row in found]
    assert totals == sorted(others.values(), reverse=True)[:most]
    broken = {row.code for row in judge(problem, rest).violations}
    for row in found:
        now = [*rest, row.talk]
        assert asdict(row.change) == parts(score(problem, now), score(problem, plan))
        assert {found.code for found in judge(problem, now).violations} <= broken | {"fixed"}
    keys = {(row.talk.start, row.talk.language, row.talk.speakers) for row in found}
    assert len(keys) == len(found)
    return found


def cases() -> Iterator[tuple[Problem, list[Assignment]]]:
    for seed in SEEDS:
        problem = tiny_problem(seed)
        yield problem, some_plan(problem, seed)


def test_alternatives_are_the_best_of_all_there_are() -> None:
    teams, groups, moved, opened = set(), set(), 0, 0
    for problem, plan in cases():
        fixed = {talk.request for talk in problem.fixed}
        placed = {talk.request for talk in plan}
        for request in problem.requests:
            if request.id not in fixed:
                found = checked(problem, plan, request.id, most=5 + 40 * (len(plan) % 2))
                teams |= {len(row.talk.speakers) for row in found}
                groups |= {len(row.talk.interpreters) for row in found}
                moved += bool(found) and request.id in placed
                opened += bool(found) and request.id not in placed
    assert (teams, groups) == ({1, 2, 3}, {0, 1, 2})
    assert min(moved, opened) > 10


@pytest.mark.parametrize("seed", range(3))
def test_alternatives_find_the_best_teams_among_many(seed: int) -> None:
    problem = crowded_problem(seed)
    wanted = sorted(problem.requests, key=lambda row: -row.max_speakers)[:4]
    small_problem = replace(
        problem, requests=tuple(row for row in problem.requests if row in wanted), published=()
    )
    plan = some_plan(small_problem, seed)
    for request in wanted:
        assert len(checked(small_problem, plan, request.id, most=12)) == 12


def test_fewer_alternatives_are_the_first_of_more() -> None:
    for problem, plan in [*cases()][:40]:
        kept = keep(problem, plan)
        for request in problem.requests:
            found = alternatives(kept, request.id, most=9)
            assert alternatives(kept, request.id, most=4) == found[:4]


def test_alternatives_of_a_fixed_talk_are_none() -> None:
    talk = small.talk()
    problem = small.problem(fixed=(talk,))
    assert alternatives(keep(problem, [talk]), "A1") == ()


def test_alternatives_include_another_interpreter_at_the_same_hour() -> None:
    problem = small.problem(
        interpreters=(small.interpreter(), small.interpreter("S2", home="02")),
        requests=(
            small.request(languages=("ar",), windows=small.windows("2027-01-12"), minutes=360),
        ),
        speakers=(small.speaker(),),
    )
    plan = [small.talk(start="2027-01-12T16:00", language="ar", interpreters=("S1",))]
    (row,) = checked(problem, plan, "A1")
    assert (row.talk.interpreters, row.change) == (("S2",), Score(travel=-25))


def test_alternatives_may_cost_more_than_they_earn() -> None:
    dear = small.problem().weights
    problem = small.problem(
        requests=(small.request(windows=small.windows("2027-01-12")),),
        weights=replace(dear, serve=0, fair_first=0, fair_second=0, fair_third=0, travel=1000),
    )
    found = checked(problem, [], "A1")
    assert len(found) == 5
    assert found[0].change.total < 0


def test_alternatives_of_an_unknown_request_are_refused() -> None:
    with pytest.raises(KeyError):
        alternatives(keep(small.problem(), []), "A9")


def test_why_sums_up_to_what_the_plan_would_lose() -> None:
    for problem, plan in cases():
        for talk in plan:
            rest = [row for row in plan if row is not talk]
            found = why(keep(problem, plan), talk.request)
            assert asdict(found.gain) == parts(score(problem, plan), score(problem, rest))
            assert (found.talk, found.fixed) == (talk, talk in problem.fixed)


def test_why_refuses_a_request_without_a_talk() -> None:
    with pytest.raises(ValueError, match="A1 has no talk"):
        why(keep(small.problem(), []), "A1")
