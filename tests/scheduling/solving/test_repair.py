"""Repair after an event, against everything tried on tiny problems, and judged in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from random import Random

import numpy as np
import pytest

from matchmaker.scheduling.events import (
    Absence,
    Cancellation,
    Decline,
    Event,
    LateRequest,
    VenueLoss,
    changed_problem,
)
from matchmaker.scheduling.formats import problem_to_json, read_problem
from matchmaker.scheduling.judge import judge
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.repairing import Repair
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.kept import keep
from matchmaker.scheduling.solving.repair import repair
from matchmaker.scheduling.solving.repair.moves import Question, best_moves
from matchmaker.scheduling.solving.repair.scene import Scene
from matchmaker.scheduling.solving.score import score
from tests.scheduling import small
from tests.scheduling.solving.brute import candidates, fit_together
from tests.scheduling.solving.plans import some_plan
from tests.scheduling.solving.tiny import crowded_problem, tiny_problem

Case = tuple[Problem, list[Assignment], Event]


def some_event(problem: Problem, plan: Sequence[Assignment], random: Random) -> Event:
    talk = random.choice(plan)
    person = random.choice(talk.people)
    day = talk.start.date()
    days = (day - timedelta(days=random.randint(0, 2)), day + timedelta(days=random.randint(0, 1)))
    venue = problem.request[talk.request].venue
    left_out = sorted({*problem.request} - {row.request for row in plan})
    events: list[Event] = [
        Decline(person, talk.request),
        Decline(random.choice(talk.people), talk.request),
        Absence(person, random.choice((days, days, None))),
        Cancellation(talk.request),
    ]
    if venue is not None:
        events.append(VenueLoss(venue, random.choice((days, None))))
    if left_out:
        events.append(LateRequest(random.choice(left_out)))
    return random.choice(events)


def cases(seeds: range) -> Iterator[Case]:
    for seed in seeds:
        problem = tiny_problem(seed)
        plan = some_plan(problem, seed)
        if plan:
            yield problem, plan, some_event(problem, plan, Random(seed))


def rest_of(found: Repair, plan: Sequence[Assignment]) -> list[Assignment]:
    return [talk for talk in plan if talk.request not in found.lost]


def check_options(problem: Problem, plan: Sequence[Assignment], found: Repair) -> None:
    """Every option is allowed, told truly, and leaves fixed talks alone."""
    before = score(problem, plan)
    broken = {row.code for row in judge(problem, plan).violations}
    assert {row.code for row in judge(found.problem, rest_of(found, plan)).violations} <= broken
    for option in found.options:
        now = option.plan(plan)
        assert {row.code for row in judge(found.problem, now).violations} <= broken
        after = asdict(score(found.problem, now))
        assert asdict(option.difference) == {
            name: value - asdict(before)[name] for name, value in after.items()
        }
        assert option.difference.total <= option.proof.limit
        assert {*found.problem.fixed} <= {*now}
        was, is_now = ({talk.request: talk for talk in rows} for rows in (plan, now))
        assert [(row.request, row.before, row.after) for row in option.changes] == [
            (name, was.get(name), is_now.get(name))
            for name in sorted({*was, *is_now})
            if was.get(name) != is_now.get(name)
        ]
        assert {*option.moved} == {row.request for row in option.changes if row.before} - {
            *found.lost
        }
        assert len(option.moved) <= option.proof.moved
    ranks = [
        (len(row.left_out), len(row.moved), -row.difference.total) for row in found.options[:-1]
    ]
    assert ranks == sorted(ranks)
    assert {row.after for row in found.options[-1].changes} <= {None}
    assert {row.request for row in found.options[-1].changes} == {*found.lost}


@pytest.mark.parametrize("first", range(0, 400, 50))
def test_options_are_allowed_and_told_truly(first: int) -> None:
    for problem, plan, event in cases(range(first, first + 50)):
        found = repair(keep(problem, plan), event)
        check_options(problem, plan, found)
        assert read_problem(problem_to_json(found.problem)) == found.problem


@pytest.mark.parametrize("first", range(0, 400, 50))
def test_best_option_in_which_nobody_else_moves_is_the_best_there_is(first: int) -> None:
    for problem, plan, event in cases(range(first, first + 50)):
        found = repair(keep(problem, plan), event)
        wanted = [event.request] if isinstance(event, LateRequest) else found.lost
        if len(wanted) != 1 or isinstance(event, Cancellation):
            continue
        rest = rest_of(found, plan)
        before = score(problem, plan).total
        totals = [
            score(found.problem, [*rest, talk]).total - before
            for talk in candidates(found.problem, found.problem.request[wanted[0]])
            if fit_together(found.problem, rest, talk)
        ]
        best = max([*totals, score(found.problem, rest).total - before])
        alone = [row for row in found.options if not row.moved and not row.gained]
        assert max(row.difference.total for row in alone) == best


def best_by_trying(problem: Problem, rest: list[Assignment], wanted: str, movable: set[str]) -> int:
    """The best total in which the wanted request gets a place and one talk at most changes."""
    new = candidates(problem, problem.request[wanted])
    best = score(problem, rest).total
    for talk in new:
        if fit_together(problem, rest, talk):
            best = max(best, score(problem, [*rest, talk]).total)
    for name in movable:
        others = [talk for talk in rest if talk.request != name]
        moves = [
            [*others, talk]
            for talk in candidates(problem, problem.request[name])
            if fit_together(problem, others, talk)
        ]
        for plan in [others, *moves]:
            best = max(best, score(problem, plan).total)
            for talk in new:
                if fit_together(problem, plan, talk):
                    best = max(best, score(problem, [*plan, talk]).total)
    return best


def test_moves_find_the_best_plan_in_which_one_talk_moves() -> None:
    tried = 0
    for problem, plan, event in cases(range(1000, 1250)):
        scene = Scene.of(keep(problem, plan), event)
        names = {talk.request for talk in scene.after.talks.values()} - scene.after.facts.fixed
        new = scene.problem()
        sizes = [len(candidates(new, new.request[name])) for name in names]
        if len(scene.wanting) != 1 or not names or max(sizes) > 60:
            continue
        wanted = np.array(scene.wanting)
        movable = np.sort(np.array([scene.after.row(name) for name in names]))
        rest = [*scene.after.talks.values()]
        name = scene.after.request(scene.wanting[0]).id
        if len(candidates(new, new.request[name])) > 60:
            continue
        start = score(new, rest).total
        best = best_by_trying(new, rest, name, names) - start
        found = best_moves(Clock(60), scene, Question(wanted, movable, 1, 0))
        assert found.limit == max(best, 0)
        if best > 0:
            assert found.talks is not None
            stays = [talk for talk in rest if talk.request not in names]
            assert score(new, [*stays, *found.talks]).total - start == best
        tried += 1
    assert tried > 40


def test_repair_of_a_crowded_plan_moves_nothing_fixed() -> None:
    problem = crowded_problem(3)
    plan = some_plan(problem, 3)
    for seed in range(12):
        event = some_event(problem, plan, Random(seed))
        check_options(problem, plan, repair(keep(problem, plan), event))


def test_talk_falls_out_where_nothing_is_possible() -> None:
    problem = small.problem(speakers=(small.speaker(),), requests=(small.request(),))
    plan = [small.talk()]
    (only,) = repair(keep(problem, plan), Absence("R1")).options
    assert (only.left_out, only.moved) == (("A1",), ())
    assert only.difference.total == -score(problem, plan).total == only.proof.limit


def test_talk_moves_so_that_another_has_a_place() -> None:
    """R2 is the only one left for A1, on the one evening on which R2 is busy with A2."""
    one = small.windows("2027-01-12")
    problem = small.problem(
        speakers=(small.speaker(), small.speaker("R2", max_per_day=1)),
        requests=(
            small.request(windows=one),
            small.request("A2", "MO2", windows=small.windows("2027-01-12", "2027-01-13")),
        ),
    )
    plan = [small.talk(), small.talk("A2", speakers=("R2",))]
    found = repair(keep(problem, plan), Decline("R1", "A1"))
    first, last = found.options[0], found.options[-1]
    assert (first.left_out, first.moved) == ((), ("A2",))
    assert (last.left_out, last.moved) == (("A1",), ())
    assert {row.after.speakers for row in first.changes if row.after} <= {("R1",), ("R2",)}


def test_open_request_gets_what_a_cancelled_talk_leaves() -> None:
    one = small.windows("2027-01-12")
    problem = small.problem(
        speakers=(small.speaker(max_per_day=1),),
        requests=(small.request(windows=one), small.request("A2", "MO2", windows=one)),
    )
    found = repair(keep(problem, [small.talk()]), Cancellation("A1"))
    first, last = found.options
    assert (first.gained, first.moved, first.left_out) == (("A2",), (), ())
    assert (last.gained, last.left_out) == ((), ())
    assert [row.id for row in found.problem.requests] == ["A2"]


def test_fixed_talk_stays_though_its_place_is_wanted() -> None:
    one = small.windows("2027-01-12")
    held = small.talk("A2", speakers=("R2",))
    problem = small.problem(
        speakers=(small.speaker(), small.speaker("R2", max_per_day=1)),
        requests=(small.request(windows=one), small.request("A2", "MO2")),
        fixed=(held,),
    )
    found = repair(keep(problem, [small.talk(), held]), Decline("R1", "A1"))
    assert [row.left_out for row in found.options] == [("A1",)]


def test_late_request_with_a_talk_is_no_event() -> None:
    with pytest.raises(ValueError, match="A1 has its talk"):
        repair(keep(small.problem(), [small.talk()]), LateRequest("A1"))


def test_closed_venue_takes_the_windows_of_its_days() -> None:
    problem = small.problem(
        requests=(small.request(venue="V", windows=small.windows("2027-01-12", "2027-01-13")),)
    )
    plan = [small.talk()]
    day = plan[0].start.date()
    kept = changed_problem(problem, plan, VenueLoss("V", (day, day))).requests[0].windows
    assert kept == small.windows("2027-01-13")
    (short,) = changed_problem(problem, plan, VenueLoss("V")).requests[0].windows
    assert short.end - short.start == timedelta(minutes=1)


def test_interpreter_who_declines_is_away_that_day() -> None:
    problem = small.problem(requests=(small.request(languages=("ar",)),))
    plan = [small.talk(language="ar", interpreters=("S1",))]
    changed = changed_problem(problem, plan, Decline("S1", "A1"))
    assert changed.interpreters[0].available == problem.interpreters[0].available[1:]
    assert changed.requests == problem.requests


def test_interpreter_who_declines_keeps_the_other_talks_of_the_day() -> None:
    """Found by repairing a plan in which somebody interprets at two online talks in a row."""
    day = small.windows("2027-01-12")
    problem = small.problem(
        interpreters=(small.interpreter(), small.interpreter("S2")),
        requests=(
            small.request(languages=("ar",), windows=day),
            small.request("A2", "MO2", languages=("ar",), windows=day),
        ),
    )
    other = small.talk(
        "A2", "2027-01-12T20:00", language="ar", speakers=("R2",), interpreters=("S1",)
    )
    plan = [small.talk("A1", "2027-01-12T16:00", language="ar", interpreters=("S1",)), other]
    found = repair(keep(problem, plan), Decline("S1", "A1"))
    hours = (other.start, other.start + timedelta(minutes=problem.request["A2"].minutes))
    (kept,) = (row for row in found.problem.interpreters if row.id == "S1")
    assert kept.available == (*problem.interpreters[0].available[1:], hours)
    check_options(problem, plan, found)
    assert all(other in option.plan(plan) for option in found.options)
    assert found.options[0].left_out == ()


def test_interpreter_who_declines_is_not_sent_to_that_request_again() -> None:
    """Neither in the hours that they keep for another talk of the day, nor on another day."""
    problem = small.problem(
        interpreters=(small.interpreter(),),
        requests=(
            small.request(languages=("ar",), windows=small.windows("2027-01-12", "2027-01-13")),
            small.request(
                "A2", "MO2", languages=("ar",), windows=small.windows("2027-01-12", "2027-01-13")
            ),
        ),
    )
    assert len(problem.interpreters[0].available) > 1
    plan = [
        small.talk("A1", "2027-01-12T16:00", language="ar", interpreters=("S1",)),
        small.talk("A2", "2027-01-12T20:00", language="ar", speakers=("R2",), interpreters=("S1",)),
    ]
    for talks in (plan, plan[:1]):
        found = repair(keep(problem, talks), Decline("S1", "A1"))
        check_options(problem, talks, found)
        for option in found.options:
            placed = {row.request: row.people for row in option.plan(talks)}
            assert "S1" not in placed.get("A1", ())
