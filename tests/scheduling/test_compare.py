"""Two plans for one problem: figures against the judge, reasons one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import pytest

from matchmaker.scheduling.compare import (
    SHARED_PARTS,
    Comparison,
    Place,
    Points,
    TalkChange,
    compare,
    differing,
)
from matchmaker.scheduling.departures import Swap
from matchmaker.scheduling.fairness import fairness_of
from matchmaker.scheduling.judge import judge
from matchmaker.scheduling.problem import Assignment, Mode, Organisation, Problem, RequestMode
from tests.scheduling.plans import random_plan
from tests.scheduling.small import interpreter, problem, request, speaker, talk, windows
from tests.scheduling.solving.tiny import crowded_problem, tiny_problem

SEEDS = range(60)


def versions(
    seed: int, made: Callable[[int], Problem] = tiny_problem
) -> tuple[Problem, list[Assignment], list[Assignment]]:
    case = made(seed)
    return case, random_plan(case, seed), random_plan(case, seed + 1)


def only(comparison: Comparison, request: str) -> TalkChange:
    return next(row for row in comparison.talks if row.request == request)


def obstacles(place: Place | None) -> list[tuple[str, tuple[str, ...]]]:
    assert place is not None
    return [(row.code, row.requests) for row in place.obstacles]


def test_compare_equal_plans_differ_in_nothing() -> None:
    case = problem(speakers=(speaker(), speaker("R2")))
    plan = [talk(speakers=("R1", "R2")), talk("A2", "2027-01-13T17:00", speakers=("R2",))]
    turned = [replace(plan[1]), replace(plan[0], speakers=("R2", "R1"))]
    found = compare(case, plan, turned)
    assert found.talks == ()
    assert {row.difference for row in found.score.values()} == {0}
    assert found.before.fairness == found.after.fairness


def test_compare_score_fairness_and_rules_are_those_of_each_plan() -> None:
    for seed in SEEDS:
        case, before, after = versions(seed)
        found = compare(case, before, after)
        for side, plan in ((found.before, before), (found.after, after)):
            verdict = judge(case, plan)
            assert side.violations == verdict.violations == ()
            assert side.fairness == fairness_of(case, plan)
            assert side.published.points(case.weights) == verdict.score.stability
        one, other = judge(case, before).score, judge(case, after).score
        assert found.score == {
            "total": Points(one.total, other.total),
            **{part: Points(asdict(one)[part], asdict(other)[part]) for part in asdict(one)},
        }


def test_compare_own_points_of_the_talks_add_up() -> None:
    for seed in SEEDS:
        found = compare(*versions(seed))
        for part, points in found.score.items():
            if part not in (*SHARED_PARTS, "total"):
                own = [row.points[part].difference for row in found.talks if part in row.points]
                assert (seed, part, sum(own)) == (seed, part, points.difference)


def test_compare_places_are_tried_as_the_judge_would() -> None:
    tried = free = 0
    for case, before, after in (*map(versions, SEEDS), versions(0, crowded_problem)):
        total = judge(case, after).score.total
        for row in compare(case, before, after).talks:
            if row.before is None:
                assert row.old_place is None
                continue
            tried += 1
            rest = [one for one in after if one.request != row.request]
            verdict = judge(case, [*rest, row.before])
            assert row.old_place is not None
            assert {one.code for one in row.old_place.obstacles} == {
                one.code for one in verdict.violations
            }
            if verdict.allowed:
                free += 1
                assert row.old_place.points == verdict.score.total - total
            else:
                assert row.old_place.points is None
    assert (free > 20, tried - free > 10) == (True, True)


def test_compare_the_other_way_round_is_the_mirror_image() -> None:
    for seed in SEEDS:
        case, before, after = versions(seed)
        there, back = compare(case, before, after), compare(case, after, before)
        assert (there.before, there.after) == (back.after, back.before)
        assert (there.served.gained, there.served.lost) == (back.served.lost, back.served.gained)
        for one, other in zip(there.talks, back.talks, strict=True):
            assert (one.before, one.old_place, one.made_room_for, one.changed) == (
                other.after, other.new_place, other.room_made_by, other.changed
            )  # fmt: skip


def test_compare_served_names_what_is_gained_and_lost() -> None:
    served = compare(problem(), [talk("A1")], [talk("A2")]).served
    assert (served.before, served.after, served.gained, served.lost) == (1, 1, ("A2",), ("A1",))


def test_compare_departures_from_published_of_both() -> None:
    old = talk("A1", speakers=("R1",), interpreters=("S1",))
    case = problem(published=(old, talk("A2", "2027-01-13T17:00", speakers=("R2",))))
    later = talk("A1", "2027-01-19T17:00", speakers=("R2",))
    found = compare(case, [later], [old, talk("A2", "2027-01-13T17:00", speakers=("R2",))])
    assert asdict(found.before.published) == {
        "dropped": ("A2",),
        "moved": ("A1",),
        "speakers_swapped": (asdict(Swap("A1", "R1")),),
        "interpreters_swapped": (asdict(Swap("A1", "S1")),),
    }
    assert {*asdict(found.after.published).values()} == {()}
    assert only(found, "A1").points["stability"] == Points(-400, 0)
    assert only(found, "A2").points["stability"] == Points(-600, 0)


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"start": "2027-01-13T17:00"}, ("start",)),
        ({"mode": Mode.ONLINE}, ("mode",)),
        ({"language": "ar", "interpreters": ("S1",)}, ("language", "interpreters")),
        ({"speakers": ("R1", "R2")}, ("speakers",)),
    ],
)
def test_compare_names_what_has_changed(fields: dict[str, Any], names: tuple[str, ...]) -> None:
    found = compare(problem(), [talk()], [talk(**fields)])
    assert only(found, "A1").changed == names


@pytest.mark.parametrize(
    ("part", "asked", "fields", "points"),
    [
        ("topics", {}, {"speakers": ("R2",)}, (120, 40)),
        ("language", {"languages": ("de", "ar")}, {"language": "ar"}, (200, 100)),
        ("preference", {}, {"start": "2027-01-19T17:00"}, (0, 90)),
        ("day", {}, {"start": "2027-01-13T17:00"}, (0, -70)),
        ("avoid", {}, {"start": "2027-02-02T17:00"}, (0, -40)),
        ("travel", {"mode": RequestMode.EITHER}, {"mode": Mode.ONLINE}, (-20, 0)),
        ("team", {"max_speakers": 2}, {"speakers": ("R1", "R2")}, (0, -20)),
        ("preferred", {"preferred_speakers": ("R2",)}, {"speakers": ("R2",)}, (0, 50)),
    ],
)
def test_compare_points_of_a_talk_by_part(
    part: str, asked: dict[str, Any], fields: dict[str, Any], points: tuple[int, int]
) -> None:
    spoken: dict[str, Any] = {"languages": ("de", "ar")}
    liked = windows("2027-01-12", "2027-01-13", "2027-02-02")
    liked += windows("2027-01-19", preference=3)
    away = windows("2027-02-02")[0]
    case = problem(
        discouraged_days={date(2027, 1, 13): 70},
        requests=(request(**{"windows": liked, **asked}),),
        speakers=(
            speaker(**spoken, avoid=((away.start, away.end),)),
            speaker("R2", **spoken, topics={"T1": 1}),
        ),
    )
    found = only(compare(case, [talk()], [talk(**fields)]), "A1").points
    assert found[part] == Points(*points)


def test_compare_serving_a_request_is_worth_its_points() -> None:
    case = problem(requests=(request(priority=3, waiting_rounds=2),))
    found = only(compare(case, [], [talk()]), "A1")
    assert found.points["serve"] == Points(0, 1800)
    assert (found.old_place, found.changed) == (None, ())


def test_compare_says_who_has_the_person_now() -> None:
    """A1 gives way: its speaker is with A2 at that hour, as it was with A1 before."""
    found = compare(
        problem(),
        [talk("A1"), talk("A2", "2027-01-19T17:00")],
        [talk("A1", "2027-01-19T17:00"), talk("A2")],
    )
    one = only(found, "A1")
    assert obstacles(one.old_place) == [("travel", ("A1", "A2"))]
    assert one.old_place is not None
    assert one.old_place.obstacles[0].persons == ("R1",)
    assert (one.made_room_for, one.room_made_by) == (("A2",), ("A2",))


def test_compare_a_limit_names_only_what_differs_as_the_reason() -> None:
    """Two talks a week are the limit: one stands in both plans, the other one has come."""
    case = problem(
        speakers=(speaker(max_per_week=2),),
        organisations=tuple(Organisation(f"MO{n}") for n in (1, 2, 3)),
        requests=(request(), request("A2", "MO2"), request("A3", "MO3")),
    )
    stays, comes = talk("A2", "2027-01-13T14:00"), talk("A3", "2027-01-13T18:00")
    row = only(compare(case, [talk("A1"), stays], [stays, comes]), "A1")
    assert obstacles(row.old_place) == [("workload", ("A1", "A2", "A3"))]
    assert row.made_room_for == ("A3",)


def test_compare_a_free_old_place_says_what_going_back_would_change() -> None:
    case = problem(speakers=(speaker(), speaker("R2", topics={"T1": 1}, past_talks=0)))
    row = only(compare(case, [talk(speakers=("R2",))], [talk(speakers=("R1",))]), "A1")
    assert row.old_place == Place(obstacles=(), points=-80)
    assert row.new_place == Place(obstacles=(), points=80)


def test_compare_an_open_request_whose_place_is_free_says_what_it_would_add() -> None:
    row = only(compare(problem(), [talk()], []), "A1")
    assert row.old_place == Place(obstacles=(), points=1700)


def test_compare_a_plan_that_breaks_rules_is_compared_and_says_so() -> None:
    found = compare(problem(), [talk("A1"), talk("A2")], [talk("A1", "2027-01-14T17:00")])
    assert [row.code for row in found.before.violations] == ["travel"]
    assert [row.code for row in found.after.violations] == ["window", "availability"]
    assert obstacles(only(found, "A1").new_place) == [
        ("window", ("A1",)),
        ("availability", ("A1",)),
    ]


def test_compare_what_the_problem_does_not_know_differs_without_points() -> None:
    found = compare(problem(), [talk("A9"), talk("A1", speakers=("R9",))], [])
    assert [(row.request, dict(row.points), row.old_place) for row in found.talks] == [
        ("A1", {}, None),
        ("A9", {}, None),
    ]
    assert found.score["total"] == Points(0, 0)


def test_compare_a_published_talk_with_somebody_unknown_counts_as_dropped() -> None:
    """As the judge counts it, so that the parts of the score still add up."""
    case = problem(published=(talk("A1"),))
    found = compare(case, [talk("A1", speakers=("R9",))], [talk("A1")])
    assert found.before.published.dropped == ("A1",)
    assert only(found, "A1").points["stability"] == found.score["stability"] == Points(-600, 0)
    assert only(found, "A1").new_place == Place(obstacles=(), points=2300)


def test_compare_interpreters_of_the_old_place_may_be_the_reason() -> None:
    asked: dict[str, Any] = {"languages": ("ar",)}
    case = problem(
        requests=(request(**asked), request("A2", "MO2", **asked)),
        interpreters=(interpreter(max_talks=1),),
    )
    helped: dict[str, Any] = {"language": "ar", "interpreters": ("S1",)}
    row = only(compare(case, [talk(**helped)], [talk("A2", "2027-01-20T17:00", **helped)]), "A1")
    assert obstacles(row.old_place) == [("workload", ("A1", "A2"))]
    assert row.made_room_for == ("A2",)


def test_differing_is_in_the_order_of_the_ids() -> None:
    rows = [talk("A3"), talk("A1"), talk("A2")]
    moved = replace(rows[1], mode=Mode.ONLINE)
    assert differing(rows, [rows[2], moved]) == [("A1", rows[1], moved), ("A3", rows[0], None)]
