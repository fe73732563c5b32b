"""Where a rule just begins or just ends, and that nothing is reported twice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from matchmaker.scheduling.judge import judge
from matchmaker.scheduling.problem import Assignment, Problem, Travel, Window
from tests.scheduling.judge.test_rules import (
    ALWAYS,
    DAY,
    NEXT_TALK,
    arabic,
    busy,
    of_organisation,
    of_request,
    of_speaker,
    with_arabic,
)
from tests.scheduling.small import (
    evening,
    interpreter,
    problem,
    request,
    speaker,
    talk,
    when,
    windows,
)

TWO_WITH_INTERPRETER: dict[str, Any] = {
    "requests": (request(languages=("ar",)), request("A2", "MO2", languages=("ar",)))
}
TWELFTH, THIRTEENTH = date(2027, 1, 12), date(2027, 1, 13)


def at_once(*starts: str) -> tuple[Assignment, ...]:
    """A talk in the same room from each start on, of other speakers each."""
    return tuple(
        talk(f"A{nth}", f"{DAY}T{start}", speakers=(f"R{nth}",))
        for nth, start in enumerate(starts, 1)
    )


def one_room(*minutes: int) -> Problem:
    hosts = ("MO1", "MO2", "MO3")
    of = problem()
    return problem(
        organisations=tuple(type(of.organisations[0])(name) for name in hosts),
        speakers=tuple(speaker(f"R{nth}") for nth in (1, 2, 3)),
        requests=tuple(
            request(f"A{nth}", hosts[nth - 1], venue="V", minutes=length)
            for nth, length in enumerate(minutes, 1)
        ),
    )


BROKEN: list[tuple[str, int, Problem, tuple[Assignment, ...]]] = [
    ("blocked", 1, of_organisation(blocked=((TWELFTH, THIRTEENTH), (TWELFTH, TWELFTH))), (talk(),)),
    # The first talk meets the third, whatever becomes of the second.
    ("venue", 2, one_room(180, 30, 30), at_once("16:00", "16:30", "18:00")),
    ("venue", 3, one_room(180, 120, 120), at_once("16:00", "16:30", "18:00")),
    (
        "workload",
        1,
        problem(**TWO_WITH_INTERPRETER, interpreters=(interpreter(max_per_day=1),)),
        (arabic(), arabic(name="A2", start=f"{DAY}T19:30", speakers=("R2",))),
    ),
    ("workload", 1, of_speaker(max_per_day=0), (talk(),)),
    ("workload", 1, of_speaker(max_per_week=0), (talk(),)),
    ("workload", 1, of_speaker(max_per_month=0), (talk(),)),
    (
        "language",
        1,
        problem(
            requests=(request(languages=("ar",)),), interpreters=(interpreter(), interpreter("S2"))
        ),
        (arabic(interpreters=("S1", "S2")),),
    ),
    ("team", 1, with_arabic(excluded_speakers=("S1",)), (arabic(),)),
    # Of two commitments the one on another day does not hide the one next to the talk.
    (
        "travel",
        1,
        of_speaker(commitments=(busy("11T10:00", "11T12:00"), busy("12T16:00", "12T16:50"))),
        (talk(),),
    ),
    (
        "travel",
        2,
        of_speaker(commitments=(busy("12T17:30", "12T18:00"), busy("12T16:00", "12T16:50"))),
        (talk(),),
    ),
    (
        "availability",
        1,
        of_speaker(available=(evening(DAY, "16:00", "20:00"), evening(DAY, "16:30", "17:30"))),
        (talk(start=f"{DAY}T18:30"),),
    ),
    ("window", 1, problem(start_grid_minutes=7), (talk(start=f"{DAY}T17:01"),)),
    (
        "lead_time",
        1,
        problem(now=when("2026-12-01T23:59"), speakers=(speaker(lead_days=43),)),
        (talk(),),
    ),
]
ALLOWED: list[tuple[Problem, tuple[Assignment, ...]]] = [
    (problem(travel=Travel(0, 0, {})), (talk(), talk("A2", f"{DAY}T19:00"))),
    (problem(), (talk(), talk("A2", "2027-01-13T16:00"))),
    (
        of_speaker(commitments=(busy("11T10:00", "12T00:00"), busy("13T00:00", "13T12:00"))),
        (talk(),),
    ),
    (
        problem(
            travel=Travel(0, 0, {}),
            speakers=(
                speaker(commitments=(busy("12T16:00", "12T17:00"), busy("12T19:00", "12T20:00"))),
            ),
        ),
        (talk(),),
    ),
    # The way to something on the next day is nobody's business, however short the night.
    (
        problem(
            requests=(request(windows=(Window(when(f"{DAY}T22:00"), when("2027-01-13T00:00")),)),),
            speakers=(speaker(available=ALWAYS, commitments=(busy("13T00:00", "13T08:00"),)),),
        ),
        (talk(start=f"{DAY}T22:00"),),
    ),
    (one_room(60, 60, 60), at_once("16:00", "17:00", "18:00")),
    (
        of_speaker(available=(evening(DAY, "16:00", "20:00"), evening(DAY, "16:30", "17:30"))),
        (talk(start=f"{DAY}T18:00"),),
    ),
    (problem(start_grid_minutes=7), (talk(start=f"{DAY}T17:02"),)),  # 1022 is 146 times 7
    (problem(now=when("2026-12-01T23:59"), speakers=(speaker(lead_days=42),)), (talk(),)),
    (problem(first_day=TWELFTH, last_day=TWELFTH), (talk(),)),
    (of_speaker(max_per_day=2, max_per_week=2, max_per_month=2, max_talks=2), (talk(), NEXT_TALK)),
    (of_organisation(max_talks=2, max_per_week=1), (talk(), talk("A2", "2027-01-19T17:00"))),
    (of_request(max_speakers=1, excluded_speakers=("R2",)), (talk(),)),
    (
        problem(
            requests=(request(windows=(Window(when(f"{DAY}T22:00"), when("2027-01-13T00:00")),)),),
            speakers=(speaker(available=ALWAYS),),
        ),
        (talk(start=f"{DAY}T22:00"),),
    ),
    # Daylight saving time begins and ends in these nights: the clock on the wall counts.
    *[
        (
            problem(
                first_day=date.fromisoformat(day),
                last_day=date.fromisoformat(day),
                requests=(request(windows=windows(day)),),
                speakers=(speaker(available=(evening(day),)),),
            ),
            (talk(start=f"{day}T20:00"),),
        )
        for day in ("2027-03-28", "2027-10-31")
    ],
]


@pytest.mark.parametrize(("code", "count", "of", "plan"), BROKEN)
def test_judge_reports_each_breach_once(
    code: str, count: int, of: Problem, plan: tuple[Assignment, ...]
) -> None:
    assert [row.code for row in judge(of, plan).violations] == [code] * count


@pytest.mark.parametrize(("of", "plan"), ALLOWED)
def test_judge_allows_what_just_fits(of: Problem, plan: tuple[Assignment, ...]) -> None:
    assert [row.message for row in judge(of, plan).violations] == []


def test_judge_marks_as_fixed_only_what_stands_as_it_was_fixed() -> None:
    of = problem(speakers=(speaker(available=()), speaker("R2", available=())), fixed=(talk(),))
    verdict = judge(of, (talk(speakers=("R2",)),))
    assert [row.code for row in verdict.violations] == ["availability", "fixed"]
    assert verdict.warnings == ()


def test_judge_passes_by_no_other_talk_of_a_long_evening() -> None:
    """A talk over midnight still meets one of the next day."""
    late = (Window(when(f"{DAY}T16:00"), when("2027-01-13T12:00")),)
    of = problem(
        requests=(request(windows=late), request("A2", "MO2", windows=late)),
        speakers=(speaker(available=ALWAYS),),
    )
    verdict = judge(of, (talk(start=f"{DAY}T23:30"), talk("A2", "2027-01-13T01:00")))
    assert [row.code for row in verdict.violations] == ["window", "travel"]
