"""Why requests stay open: as the definition says, and remedies that work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations, product
from typing import Any

import pytest

from matchmaker.scheduling.formats import load_problem
from matchmaker.scheduling.judge import judge
from matchmaker.scheduling.problem import Assignment, Mode, Organisation, Problem, Request, Window
from matchmaker.scheduling.proposal import Unassigned
from matchmaker.scheduling.solving import explain, solve
from tests.scheduling import small
from tests.scheduling.golden_cases import DEMO_PROBLEM
from tests.scheduling.solving.brute import candidates, starts
from tests.scheduling.solving.remedy import World, carry_out
from tests.scheduling.solving.tiny import tiny_problem

CAUSES = (
    "group_size",
    "group",
    "lead_time",
    "closed_day",
    "blocked",
    "language",
    "district",
    "mode",
    "venue",
    "host_load",
    "workload",
    "travel",
    "availability",
)
DEMO_CAUSES = {
    "A046": "language",
    "A047": "topic",
    "A048": "group",
    "A049": "blocked",
    "A050": "closed_day",
    "A051": "group_size",
    "A055": "workload",
    "A056": "availability",
    "A059": "lead_time",
    "A060": "blocked",
}
SEEDS = range(60)

EVENING = {"windows": small.windows("2027-01-12")}
SINGLE: dict[str, tuple[dict[str, Any], tuple[Assignment, ...], dict[str, Any]]] = {
    "group_size": (
        {"speakers": (small.speaker(min_people=8),), "requests": (small.request(people=5),)},
        (),
        {"people": 5, "needed": 8, "person": "R1", "start": "2027-01-12T16:00"},
    ),
    "group": (
        {
            "speakers": (small.speaker(womens_groups=False),),
            "requests": (small.request(womens_group=True),),
        },
        (),
        {"person": "R1", "start": "2027-01-12T16:00"},
    ),
    "lead_time": (
        {"speakers": (small.speaker(lead_days=70),), "requests": (small.request(),)},
        (),
        {"person": "R1", "days": 63, "start": "2027-02-02T16:00"},
    ),
    "closed_day": (
        {"closed_days": {date(2027, 1, 12)}, "requests": (small.request(**EVENING),)},
        (),
        {"day": "2027-01-12", "start": "2027-01-12T16:00"},
    ),
    "blocked": (
        {
            "organisations": (
                Organisation("MO1", blocked=((date(2027, 1, 1), date(2027, 3, 1)),)),
            ),
            "requests": (small.request(),),
        },
        (),
        {"day": "2027-01-12", "start": "2027-01-12T16:00"},
    ),
    "language": (
        {"requests": (small.request(languages=("tr",)),)},
        (),
        {
            "language": "tr",
            "kind": "interpreter",
            "needed": 1,
            "speaker": "R1",
            "start": "2027-01-12T16:00",
        },
    ),
    "district": (
        {
            "speakers": (small.speaker(districts=("02",)),),
            "requests": (small.request(),),
        },
        (),
        {"person": "R1", "district": "01", "start": "2027-01-12T16:00"},
    ),
    "mode": (
        {
            "speakers": (small.speaker(modes=(Mode.ONLINE,)),),
            "requests": (small.request(),),
        },
        (),
        {"person": "R1", "mode": "onsite", "start": "2027-01-12T16:00"},
    ),
    "venue": (
        {
            "requests": (
                small.request(venue="V1", windows=(small.windows("2027-01-12")[0],), minutes=240),
                small.request("A2", "MO2", venue="V1", minutes=240),
            ),
        },
        (small.talk("A2", "2027-01-12T17:00", speakers=("R2",)),),
        {"venue": "V1", "requests": ["A2"], "start": "2027-01-12T16:00"},
    ),
    "host_load": (
        {"requests": (small.request(**EVENING), small.request("A2", "MO1"))},
        (small.talk("A2", "2027-01-13T17:00"),),
        {
            "organisation": "MO1",
            "limit": "max_per_week",
            "now": 1,
            "needed": 2,
            "start": "2027-01-12T16:00",
        },
    ),
    "workload": (
        {
            "speakers": (small.speaker(max_per_month=1),),
            "requests": (small.request(**EVENING), small.request("A2", "MO2")),
        },
        (small.talk("A2", "2027-01-20T17:00"),),
        {
            "person": "R1",
            "limit": "max_per_month",
            "now": 1,
            "needed": 2,
            "start": "2027-01-12T16:00",
        },
    ),
    "travel": (
        {
            "speakers": (small.speaker(),),
            "requests": (small.request(**EVENING), small.request("A2", "MO2")),
        },
        (small.talk("A2", "2027-01-12T18:00"),),
        {"person": "R1", "with": "A2", "start": "2027-01-12T16:00"},
    ),
    "availability": (
        {
            "speakers": (small.speaker(available=(small.evening("2027-01-13"),)),),
            "requests": (small.request(**EVENING),),
        },
        (),
        {"person": "R1", "start": "2027-01-12T16:00"},
    ),
    "window": (
        {
            "requests": (
                small.request(windows=(Window(*small.evening("2027-01-12", "10:00", "11:00")),)),
            )
        },
        (),
        {"day": "2027-01-12", "start": "2027-01-12T16:00"},
    ),
    "topic": (
        {"requests": (small.request(topics=("T9",)),)},
        (),
        {"topic": "T9", "person": "R1", "start": "2027-01-12T16:00"},
    ),
}


@pytest.fixture(scope="module")
def demo() -> dict[str, Unassigned]:
    proposal = solve(load_problem(DEMO_PROBLEM))
    return {row.request: row for row in proposal.unassigned}


@pytest.mark.parametrize(("request_id", "cause"), DEMO_CAUSES.items())
def test_explain_names_the_causes_of_the_demo_quarter(
    demo: dict[str, Unassigned], request_id: str, cause: str
) -> None:
    assert demo[request_id].reasons[0] == cause


@pytest.mark.parametrize(("request_id", "partner"), [("A053", "A052"), ("A055", "A054")])
def test_explain_names_the_other_of_a_conflicting_pair(
    demo: dict[str, Unassigned], request_id: str, partner: str
) -> None:
    assert partner in demo[request_id].detail["competes_with"]  # perhaps others of an equal plan


@pytest.mark.parametrize("rule", SINGLE)
def test_explain_names_the_rule_and_the_cheapest_remedy(rule: str) -> None:
    fields, plan, remedy = SINGLE[rule]
    problem = small.problem(**fields)
    assert judge(problem, plan).violations == ()
    row = explain(problem, plan)[0]
    assert (row.request, row.reasons[0], row.detail[rule][0]) == ("A1", rule, remedy)
    assert ("competition" in row.reasons) == bool(plan)


def reasons(problem: Problem, plan: Sequence[Assignment] = ()) -> tuple[str, ...]:
    (row,) = [row for row in explain(problem, plan) if row.request == "A1"]
    return row.reasons


def test_explain_says_nothing_of_a_request_that_has_a_place() -> None:
    assert reasons(small.problem()) == ()


def test_explain_calls_a_combination_what_no_single_rule_causes() -> None:
    problem = small.problem(
        speakers=(small.speaker(available=()),),
        requests=(small.request(),),
        organisations=(replace(small.problem().organisations[0], max_per_week=0),),
    )
    (row,) = explain(problem, ())
    assert row.reasons == ("combination",)
    assert row.detail["combination"][0]["rules"] == ["host_load", "availability"]


def test_explain_offers_no_evening_that_has_passed() -> None:
    """Somebody would need less notice for one evening; another has passed, nearer in its count."""
    problem = small.problem(
        now=small.when("2027-01-15T12:00"),
        speakers=(small.speaker(lead_days=30),),
        requests=(small.request(windows=small.windows("2027-01-12", "2027-01-19")),),
    )
    (row,) = explain(problem, ())
    assert (row.reasons, row.detail) == (
        ("lead_time",),
        {"lead_time": [{"person": "R1", "days": 4, "start": "2027-01-19T16:00"}]},
    )


def test_explain_blames_the_notice_where_every_evening_has_passed() -> None:
    request = small.request(windows=small.windows("2027-01-12"))
    problem = small.problem(now=small.when("2027-01-15T12:00"), requests=(request,))
    (row,) = explain(problem, ())
    assert (row.reasons, row.detail) == (("lead_time",), {"lead_time": []})
    full = (replace(small.problem().organisations[0], max_per_week=0),)
    (row,) = explain(replace(problem, organisations=full), ())
    assert (row.reasons, row.detail) == (("combination",), {"combination": []})


def test_explain_names_window_only_where_nothing_else_is_to_blame() -> None:
    late = small.request(windows=small.windows("2027-02-03"))
    assert reasons(small.problem(requests=(late,))) == ("availability",)
    short = small.request(windows=(small.windows("2027-01-12")[0],), minutes=390)
    assert reasons(small.problem(requests=(short,))) == ("combination",)


def test_explain_finds_requests_that_must_go_together() -> None:
    """The speaker is taken by one talk that evening, the only interpreter by another."""
    evening = {"windows": small.windows("2027-01-12")}
    hosts = small.problem().organisations
    problem = small.problem(
        organisations=(*hosts, replace(hosts[0], id="MO3")),
        speakers=(small.speaker(max_per_day=1), small.speaker("R2", topics={"T2": 1})),
        interpreters=(small.interpreter(max_per_day=1),),
        requests=(
            small.request(languages=("ar",), **evening),
            small.request("A2", "MO2", **evening),
            small.request("A3", "MO3", topics=("T2",), languages=("ar",), **evening),
        ),
    )
    plan = (
        small.talk("A2", "2027-01-12T16:00"),
        small.talk("A3", "2027-01-12T16:00", language="ar", speakers=("R2",), interpreters=("S1",)),
    )
    assert judge(problem, plan).violations == ()
    (row,) = explain(problem, plan)
    assert row.reasons == ("workload", "competition")
    assert row.detail["competition"] == [{"competes_with": ["A2", "A3"]}]


def test_explain_stops_when_told() -> None:
    problem = small.problem(speakers=())
    assert [row.reasons for row in explain(problem, (), enough=lambda: True)] == [(), ()]


def solo_talks(problem: Problem, request: Request) -> Iterator[Assignment]:
    """Every talk by one speaker inside the windows, on any day, whatever else it breaks."""
    bare = replace(problem, closed_days=frozenset(), now=small.when("2026-01-01T00:00"))
    hosts = tuple(replace(row, blocked=()) for row in problem.organisations)
    times = list(starts(replace(bare, organisations=hosts), request))
    able = [row for row in problem.speakers if row.id not in request.excluded_speakers]
    sizes = (0, request.interpreters_needed)
    helpers = [group for size in sizes for group in combinations(sorted(problem.interpreter), size)]
    for start, mode, language, speaker, group in product(
        times, Mode, request.languages, able, helpers
    ):
        yield Assignment(
            request=request.id,
            start=start,
            mode=mode,
            language=language,
            speakers=(speaker.id,),
            interpreters=group,
        )


def broken_rules(problem: Problem, plan: Sequence[Assignment], talk: Assignment) -> frozenset[str]:
    return frozenset(row.code for row in judge(problem, [*plan, talk]).violations)


def has_place(problem: Problem, plan: Sequence[Assignment], request_id: str) -> bool:
    """Whether a talk can be added that breaks nothing more than the plan breaks already."""
    before = {row.code for row in judge(problem, plan).violations}
    talks = candidates(problem, problem.request[request_id])
    return any(broken_rules(problem, plan, talk) <= before for talk in talks)


@pytest.mark.parametrize("seed", [8, 15, 21, 28, 33, 34, 40, 41])
def test_explain_names_exactly_the_rules_that_alone_are_in_the_way(seed: int) -> None:
    problem = replace(tiny_problem(seed), fixed=())
    plan = list(solve(problem, threads=1).assignments)
    for row in explain(problem, plan):
        request = problem.request[row.request]
        talks = list(solo_talks(problem, request))
        broken = {broken_rules(problem, plan, talk) for talk in talks}
        alone = {broken_rules(problem, [], talk) for talk in talks}
        single = [rule for rule in CAUSES if frozenset({rule}) in broken]
        own = [rule for rule in CAUSES if frozenset({rule}) in alone]
        if frozenset() in broken:
            assert row.reasons == ()
        elif frozenset() in alone:
            assert [code for code in row.reasons if code in CAUSES] == single
            assert "competition" in row.reasons
        else:
            assert [code for code in row.reasons if code in CAUSES] == (single or own)
            assert "competition" not in row.reasons


def test_remedies_open_a_place() -> None:
    tried: Counter[str] = Counter()
    for seed in SEEDS:
        problem = tiny_problem(seed)
        plan = solve(problem, threads=1).assignments
        for row in explain(problem, plan):
            rivals = () if "combination" not in row.reasons else row.detail.get("competes_with", ())
            for rule in row.reasons:
                for remedy in row.detail[rule] if rule in (*CAUSES, "window", "topic") else ():
                    world = World(problem, plan, row.request).without_talks(rivals)
                    changed = carry_out(world, rule, remedy)
                    if changed is not None:
                        found = has_place(changed.problem, changed.plan, row.request)
                        assert (seed, row.request, rule, remedy, found) == (
                            seed,
                            row.request,
                            rule,
                            remedy,
                            True,
                        )
                        tried[rule] += 1
    assert len(tried) > 8


def test_competitors_free_a_place_when_they_go() -> None:
    tried = 0
    for seed in SEEDS:
        problem = tiny_problem(seed)
        plan = solve(problem, threads=1).assignments
        for row in explain(problem, plan):
            for names in row.detail.get("competition", ()):
                rest = [talk for talk in plan if talk.request not in names["competes_with"]]
                assert has_place(problem, rest, row.request)
                tried += 1
    assert tried > 10
