"""Reasons, rivals and remedies against everything tried, teams of two and three included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from matchmaker.scheduling.judge import judge
from matchmaker.scheduling.problem import Assignment, Organisation, Problem, Request, Window
from matchmaker.scheduling.proposal import Unassigned
from matchmaker.scheduling.solving.explain import alternatives, explain, explain_one, reasons
from matchmaker.scheduling.solving.kept import keep
from tests.scheduling import small
from tests.scheduling.solving.brute import candidates, fit_together
from tests.scheduling.solving.plans import open_requests, some_plan, team_talks
from tests.scheduling.solving.remedy import World, carry_out
from tests.scheduling.solving.test_explain import CAUSES
from tests.scheduling.solving.tiny import tiny_problem


def has_place(problem: Problem, plan: list[Assignment], request: Request) -> bool:
    return any(fit_together(problem, plan, talk) for talk in candidates(problem, request))


def without(plan: list[Assignment], *names: str) -> list[Assignment]:
    return [talk for talk in plan if talk.request not in names]


def test_reasons_are_none_exactly_where_there_is_a_place() -> None:
    found: Counter[bool] = Counter()
    for problem, plan, kept, request in open_requests(range(200)):
        place = has_place(problem, plan, request)
        assert (reasons(kept, request.id).reasons == ()) == place
        found[place] += 1
    assert min(found.values()) > 20


def test_reasons_name_all_whose_going_frees_a_place_and_nobody_else() -> None:
    tried: Counter[int] = Counter()
    for problem, plan, kept, request in open_requests(range(200)):
        row = reasons(kept, request.id)
        alone = has_place(problem, [], request)
        assert ("competition" in row.reasons) == (alone and row.reasons != ())
        if "competition" not in row.reasons:
            continue
        rivals = [
            talk.request
            for talk in plan
            if has_place(problem, without(plan, talk.request), request)
        ]
        named = row.detail["competes_with"]
        if rivals:
            assert named == sorted(rivals)
        else:
            assert has_place(problem, without(plan, *named), request)
            assert not any(
                has_place(problem, without(plan, *(set(named) - {name})), request) for name in named
            )
        tried[len(rivals) or -1] += 1
    assert tried[1] > 20
    assert tried[2] > 2
    assert tried[-1]


def broken_rules(problem: Problem, plan: Sequence[Assignment], talk: Assignment) -> frozenset[str]:
    return frozenset(row.code for row in judge(problem, [*plan, talk]).violations)


def single_rules(broken: set[frozenset[str]]) -> list[str]:
    return [rule for rule in CAUSES if frozenset({rule}) in broken]


@pytest.mark.parametrize("seed", [10, 15, 24, 27, 29, 35, 43, 46, 53, 54])
def test_reasons_would_be_the_same_if_every_team_were_looked_at(seed: int) -> None:
    """A single speaker stands for all teams that they could be part of."""
    problem = replace(tiny_problem(seed), fixed=(), start_grid_minutes=60)
    plan = some_plan(problem, seed)
    kept, looked = keep(problem, plan), 0
    for request in [kept.request(row) for row in kept.open_requests()]:
        row = reasons(kept, request.id)
        broken = {broken_rules(problem, plan, talk) for talk in team_talks(problem, request)}
        if "combination" not in row.reasons:
            single = [] if frozenset() in broken else single_rules(broken)
            assert [code for code in row.reasons if code in CAUSES] == single
            looked += 1
        assert (frozenset() in broken) == (row.reasons == ())
    assert looked


def test_reasons_are_the_same_with_and_without_remedies() -> None:
    for _, _, kept, request in open_requests(range(100)):
        bare, full = reasons(kept, request.id), explain_one(kept, request.id)
        assert bare.reasons == full.reasons
        rivals = full.detail["competes_with"] if "competition" in full.reasons else None
        assert bare.detail == ({} if rivals is None else {"competes_with": rivals})


def test_explain_gives_the_codes_alone_when_told() -> None:
    for seed in range(20):
        problem = tiny_problem(seed)
        plan = some_plan(problem, seed)
        kept = keep(problem, plan)
        left_out = [kept.request(row).id for row in kept.open_requests()]
        found = explain(problem, plan, with_remedies=False)
        assert found == tuple(reasons(kept, name) for name in left_out)


def test_every_remedy_opens_a_place_when_carried_out() -> None:
    tried: Counter[str] = Counter()
    for problem, plan, kept, request in open_requests(range(1900, 2000)):
        row = explain_one(kept, request.id)
        for rule, remedy in remedies_of(row):
            gone = row.detail["competes_with"] if "combination" in row.reasons else ()
            world = World(problem, tuple(plan), request.id).without_talks(gone)
            changed = carry_out(world, rule, remedy)
            if changed is not None:
                wanted = changed.problem.request[request.id]
                assert has_place(changed.problem, list(changed.plan), wanted)
                tried[rule] += 1
    assert {*tried} >= {*CAUSES, "window", "topic"} - {"group_size", "venue", "closed_day"}


def remedies_of(row: Unassigned) -> Iterator[tuple[str, dict[str, object]]]:
    for rule in row.reasons:
        if rule not in ("competition", "combination"):
            for remedy in row.detail[rule]:
                yield rule, remedy


def test_no_remedy_asks_for_all_that_another_asks_and_more() -> None:
    """Raising one limit is enough on one day; that two would have to go on another is no help."""
    problem = small.problem(
        organisations=(replace(small.problem().organisations[0], max_talks=1), *hosts()),
        requests=(
            small.request(windows=small.windows("2027-01-12", "2027-01-19")),
            small.request("A2", "MO1"),
        ),
    )
    kept = keep(problem, [small.talk("A2", "2027-01-13T17:00")])
    row = explain_one(kept, "A1")
    assert [(part["limit"], part["start"]) for part in row.detail["host_load"]] == [
        ("max_talks", "2027-01-19T16:00")
    ]


def test_a_fixed_talk_that_runs_over_midnight_takes_the_early_hours() -> None:
    night = (small.when("2027-01-12T22:00"), small.when("2027-01-13T03:00"))
    late = small.talk("A2", "2027-01-12T23:00")
    problem = small.problem(
        speakers=(small.speaker(available=(night,)),),
        requests=(
            small.request(windows=(Window(small.when("2027-01-13T00:00"), night[1]),), minutes=60),
            small.request("A2", "MO2"),
        ),
        fixed=(late,),
    )
    kept = keep(problem, [late])
    assert alternatives(kept, "A1")[0].talk.start == small.when("2027-01-13T01:00")
    until_two = replace(
        problem.requests[0],
        windows=(Window(small.when("2027-01-13T00:00"), small.when("2027-01-13T01:30")),),
    )
    kept = keep(replace(problem, requests=(until_two, problem.requests[1])), [late])
    assert explain_one(kept, "A1").detail == {
        "travel": [{"person": "R1", "with": "A2", "start": "2027-01-13T00:00"}],
        "competition": [{"competes_with": ["A2"]}],
        "competes_with": ["A2"],
    }
    assert kept.without(1).beside(late).late


def hosts() -> tuple[Organisation, ...]:
    return small.problem().organisations[1:]


def test_reasons_refuse_a_request_that_has_its_talk() -> None:
    kept = keep(small.problem(), [small.talk()])
    with pytest.raises(ValueError, match="A1 has its talk"):
        reasons(kept, "A1")
    with pytest.raises(KeyError):
        reasons(kept, "A9")
