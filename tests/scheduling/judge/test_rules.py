"""Every rule broken on its own by a small plan, and the nearest plan that breaks none."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from matchmaker.scheduling.judge import RULES, judge
from matchmaker.scheduling.problem import (
    Assignment,
    Commitment,
    Interpreting,
    Mode,
    Organisation,
    Problem,
    RequestMode,
    Travel,
    Window,
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

ARABIC: dict[str, Any] = {"languages": ("ar",)}
DAY = "2027-01-12"
LATE = (Window(when(f"{DAY}T16:00"), when("2027-01-13T04:00")),)
ALWAYS = ((when("2026-01-01T00:00"), when("2028-01-01T00:00")),)


def busy(start: str, end: str, district: str | None = "02") -> Commitment:
    return Commitment(when(f"2027-01-{start}"), when(f"2027-01-{end}"), district)


def of_speaker(**fields: Any) -> Problem:
    return problem(speakers=(speaker(**fields), speaker("R2")))


def of_request(**fields: Any) -> Problem:
    return problem(requests=(request(**fields), request("A2", "MO2")))


def of_organisation(**fields: Any) -> Problem:
    """Both requests come from the same organisation."""
    return problem(
        organisations=(Organisation("MO1", **fields),), requests=(request(), request("A2", "MO1"))
    )


def with_arabic(**fields: Any) -> Problem:
    return of_request(**ARABIC, **fields)


def arabic(**fields: Any) -> Assignment:
    return talk(language="ar", **{"interpreters": ("S1",), **fields})


def online(name: str = "A1", start: str = f"{DAY}T17:00", **fields: Any) -> Assignment:
    return talk(name, start, mode=Mode.ONLINE, **fields)


EITHER = (request(mode=RequestMode.EITHER), request("A2", "MO2", mode=RequestMode.EITHER))
NEXT_TALK = talk("A2", f"{DAY}T19:30")  # 20 minutes' way fit into the half hour after A1

BROKEN: dict[str, list[tuple[Problem, tuple[Assignment, ...]]]] = {
    "window": [
        (problem(), (talk(start=f"{DAY}T17:10"),)),
        (of_speaker(available=ALWAYS), (talk(start=f"{DAY}T20:30"),)),
        (of_speaker(available=ALWAYS), (talk(start=f"{DAY}T15:30"),)),
        (problem(first_day=date(2027, 1, 13)), (talk(),)),
        (problem(last_day=date(2027, 1, 11)), (talk(),)),
        (
            problem(requests=(request(windows=LATE),), speakers=(speaker(available=ALWAYS),)),
            (talk(start=f"{DAY}T22:30"),),
        ),
        (
            of_request(
                windows=(Window(*evening(DAY, "16:00", "18:00")), Window(*evening(DAY, "18:00")))
            ),
            (talk(),),
        ),
    ],
    "closed_day": [(problem(closed_days=frozenset({date(2027, 1, 12)})), (talk(),))],
    "blocked": [
        (of_organisation(blocked=((date(2027, 1, 12), date(2027, 1, 12)),)), (talk(),)),
        (of_organisation(blocked=((date(2027, 1, 10), date(2027, 1, 12)),)), (talk(),)),
    ],
    "host_load": [
        (of_organisation(max_per_week=7), (talk(), NEXT_TALK)),
        (of_organisation(), (talk(), talk("A2", "2027-01-13T17:00"))),
        (of_organisation(max_talks=1), (talk(), talk("A2", "2027-01-19T17:00"))),
        (of_organisation(max_per_week=0), (talk(),)),
        (of_organisation(max_talks=0), (talk(),)),
    ],
    "venue": [
        (
            problem(requests=(request(venue="V"), request("A2", "MO2", venue="V"))),
            (talk(), talk("A2", f"{DAY}T18:30", speakers=("R2",))),
        ),
    ],
    "team": [
        (problem(), (talk(speakers=("R1", "R2")),)),
        (of_request(excluded_speakers=("R1",)), (talk(),)),
        (of_request(max_speakers=2), (talk(speakers=("R1", "R1")),)),
        (with_arabic(interpreters_needed=2), (arabic(interpreters=("S1", "S1")),)),
    ],
    "topic": [
        (of_request(topics=("T2", "T1")), (talk(),)),
        (
            problem(
                requests=(request(max_speakers=2),),
                speakers=(speaker(), speaker("R2", topics={"T9": 3})),
            ),
            (talk(speakers=("R1", "R2")),),
        ),
    ],
    "language": [
        (of_speaker(languages=("de", "en")), (talk(language="en"),)),
        (problem(), (talk(interpreters=("S1",)),)),
        (with_arabic(), (arabic(interpreters=()),)),
        (with_arabic(interpreting=Interpreting.NEVER), (arabic(),)),
        (with_arabic(interpreters_needed=2), (arabic(),)),
        (
            problem(requests=(request(**ARABIC),), interpreters=(interpreter(languages=("tr",)),)),
            (arabic(),),
        ),
        (
            problem(requests=(request(**ARABIC),), speakers=(speaker(languages=("en",)),)),
            (arabic(),),
        ),
        (
            problem(
                speakers=(speaker(languages=("ar",)),),
                interpreters=(interpreter(languages=("ar", "de")),),
            ),
            (talk(interpreters=("S1",)),),
        ),
    ],
    "mode": [
        (problem(), (online(),)),
        (of_request(mode=RequestMode.ONLINE), (talk(),)),
        (
            problem(requests=EITHER, speakers=(speaker(modes=(Mode.ONSITE,)),)),
            (online(),),
        ),
        (
            problem(
                requests=(request(**ARABIC),), interpreters=(interpreter(modes=(Mode.ONLINE,)),)
            ),
            (arabic(),),
        ),
        (of_speaker(modes=()), (talk(),)),
    ],
    "district": [
        (of_speaker(districts=("02",)), (talk(),)),
        (of_speaker(districts=()), (talk(),)),
        (
            problem(requests=(request(**ARABIC),), interpreters=(interpreter(districts=("02",)),)),
            (arabic(),),
        ),
    ],
    "availability": [
        (of_speaker(available=()), (talk(),)),
        (of_speaker(available=(evening(DAY, "17:00", "18:59"),)), (talk(),)),
        (
            of_speaker(available=(evening(DAY, "17:00", "18:00"), evening(DAY, "18:01"))),
            (talk(),),
        ),
        (
            problem(requests=(request(**ARABIC),), interpreters=(interpreter(available=()),)),
            (arabic(),),
        ),
    ],
    "travel": [
        (problem(), (talk(), talk("A2", f"{DAY}T18:00"))),
        (problem(), (talk(), talk("A2", f"{DAY}T19:00"))),
        (problem(requests=EITHER), (online(), online("A2", f"{DAY}T19:00"))),
        (of_speaker(commitments=(busy("12T17:30", "12T18:00"),)), (talk(),)),
        (of_speaker(commitments=(busy("12T16:00", "12T16:16"),)), (talk(),)),
        (of_speaker(commitments=(busy("12T19:29", "12T21:00"),)), (talk(),)),
        (of_speaker(commitments=(busy("11T10:00", "12T16:30"),)), (talk(),)),
        (of_speaker(commitments=(busy("12T19:14", "12T20:00", None),)), (talk(),)),
        (
            problem(
                requests=(request(windows=LATE),),
                travel=Travel(600, 15, {}),
                speakers=(speaker(available=ALWAYS, commitments=(busy("12T00:00", "12T12:00"),)),),
            ),
            (talk(start=f"{DAY}T20:00"),),
        ),
    ],
    "workload": [
        (of_speaker(max_per_day=1), (talk(), NEXT_TALK)),
        (of_speaker(max_per_week=1), (talk(), talk("A2", "2027-01-13T17:00"))),
        (of_speaker(max_per_month=1), (talk(), talk("A2", "2027-01-20T17:00"))),
        (of_speaker(max_talks=1), (talk(), talk("A2", "2027-02-02T17:00"))),
        (of_speaker(max_talks=0), (talk(),)),
    ],
    "lead_time": [
        (of_speaker(lead_days=43), (talk(),)),
        (problem(now=when(f"{DAY}T17:01")), (talk(),)),
        (
            problem(
                requests=(request(**ARABIC),), interpreters=(interpreter(lead_days=1_000_000),)
            ),
            (arabic(),),
        ),
    ],
    "group": [
        (
            problem(
                requests=(request(womens_group=True),), speakers=(speaker(womens_groups=False),)
            ),
            (talk(),),
        ),
        (
            problem(
                requests=(request(womens_group=True, **ARABIC),),
                interpreters=(interpreter(womens_groups=False),),
            ),
            (arabic(),),
        ),
    ],
    "group_size": [
        (problem(requests=(request(people=9),), speakers=(speaker(min_people=10),)), (talk(),)),
    ],
    "fixed": [
        (problem(fixed=(talk(),)), ()),
        (problem(fixed=(talk(),)), (talk(start=f"{DAY}T17:30"),)),
        (problem(fixed=(talk(),)), (talk(speakers=("R2",)),)),
        (problem(fixed=(talk(),), requests=EITHER), (online(),)),
    ],
    "shape": [
        (problem(), (talk(speakers=("R9",)),)),
        (problem(), (talk(speakers=("S1",)),)),
        (problem(), (talk(interpreters=("R1",)),)),
        (problem(), (talk("A9"),)),
        (problem(), (talk(), talk())),
        (of_request(max_speakers=2), (talk(speakers=("R2", "R1")),)),
    ],
}
ALLOWED: list[tuple[Problem, tuple[Assignment, ...]]] = [
    (problem(), ()),
    (problem(), (talk(), NEXT_TALK)),
    (problem(), (talk(start=f"{DAY}T16:00"),)),
    (problem(), (talk(start=f"{DAY}T19:00"),)),
    (problem(now=when(f"{DAY}T17:00")), (talk(),)),
    (problem(start_grid_minutes=1440), ()),
    (problem(closed_days=frozenset({date(2027, 1, 13)})), (talk(),)),
    (of_organisation(blocked=((date(2027, 1, 13), date(2027, 1, 14)),)), (talk(),)),
    (of_organisation(), (talk(), talk("A2", "2027-01-19T17:00"))),
    (of_organisation(past_talks=1000), (talk(),)),
    (
        problem(requests=(request(venue="V"), request("A2", "MO2", venue="V"))),
        (talk(), talk("A2", f"{DAY}T19:00", speakers=("R2",))),
    ),
    (of_request(max_speakers=2), (talk(speakers=("R1", "R2")),)),
    (with_arabic(), (arabic(),)),
    (
        problem(requests=EITHER, speakers=(speaker(districts=()),)),
        (online(), online("A2", f"{DAY}T19:30")),
    ),
    (of_speaker(available=(evening(DAY, "18:00"), evening(DAY, "16:00", "18:00"))), (talk(),)),
    (of_speaker(commitments=(busy("12T19:30", "12T21:00"),)), (talk(),)),
    (of_speaker(commitments=(busy("12T16:00", "12T16:15"),)), (talk(),)),
    (of_speaker(commitments=(busy("12T19:15", "12T20:00", None),)), (talk(),)),
    # A commitment that ends at midnight does not touch the next day.
    (
        problem(
            requests=(request(windows=(Window(when(f"{DAY}T00:00"), when(f"{DAY}T04:00")),)),),
            speakers=(speaker(available=ALWAYS, commitments=(busy("11T20:00", "12T00:00"),)),),
        ),
        (talk(start=f"{DAY}T00:00"),),
    ),
    (
        problem(requests=(request(windows=LATE),), speakers=(speaker(available=ALWAYS),)),
        (talk(start=f"{DAY}T22:00"),),
    ),
    (of_speaker(lead_days=42), (talk(),)),
    (of_speaker(max_per_month=1), (talk(), talk("A2", "2027-02-02T17:00"))),
    (problem(requests=(request(people=10),), speakers=(speaker(min_people=10),)), (talk(),)),
    (
        problem(
            fixed=(talk(speakers=("R2", "R1")),),
            requests=(request(max_speakers=2, windows=windows(DAY)),),
        ),
        (talk(speakers=("R1", "R2")),),
    ),
]


@pytest.mark.parametrize(
    ("code", "of", "plan"),
    [
        pytest.param(code, of, plan, id=f"{code}-{number}")
        for code, cases in BROKEN.items()
        for number, (of, plan) in enumerate(cases)
    ],
)
def test_judge_broken_rule_is_the_only_one_reported(
    code: str, of: Problem, plan: tuple[Assignment, ...]
) -> None:
    verdict = judge(of, plan)
    assert [breach.code for breach in verdict.violations] == [code] * len(verdict.violations)
    assert verdict.violations != ()
    assert verdict.warnings == ()


@pytest.mark.parametrize(("of", "plan"), ALLOWED)
def test_judge_allowed_plan_breaks_nothing(of: Problem, plan: tuple[Assignment, ...]) -> None:
    verdict = judge(of, plan)
    assert [breach.message for breach in (*verdict.violations, *verdict.warnings)] == []


def test_judge_every_rule_has_a_plan_that_breaks_it() -> None:
    assert [rule.code for rule in RULES] == list(BROKEN)


def test_judge_speakerless_talk_also_misses_its_topic() -> None:
    verdict = judge(problem(), (talk(speakers=()),))
    assert [breach.code for breach in verdict.violations] == ["team", "topic"]


def test_breach_message_names_the_facts() -> None:
    (breach,) = judge(
        of_speaker(max_per_week=1), (talk(), talk("A2", "2027-01-13T17:00"))
    ).violations
    assert breach.message == "Talks of R1 in week 2027-W02: 2; allowed: 1 (A1, A2)."
    assert (breach.requests, breach.persons) == (("A1", "A2"), ("R1",))


def test_judge_iso_week_crosses_the_year() -> None:
    days = ("2026-12-31", "2027-01-02", "2027-01-04")
    of = problem(
        first_day=date(2026, 12, 28),
        requests=(request(windows=windows(*days)), request("A2", "MO2", windows=windows(*days))),
        speakers=(speaker(available=ALWAYS, max_per_week=1),),
    )
    same_week = judge(of, (talk(start="2026-12-31T17:00"), talk("A2", "2027-01-02T17:00")))
    next_week = judge(of, (talk(start="2027-01-02T17:00"), talk("A2", "2027-01-04T17:00")))
    assert [breach.facts["week"] for breach in same_week.violations] == ["2026-W53"]
    assert next_week.violations == ()


def test_judge_fixed_talk_alone_only_warns() -> None:
    of = problem(speakers=(speaker(available=()),), fixed=(talk(),))
    verdict = judge(of, (talk(),))
    assert verdict.violations == ()
    assert [(row.code, row.request) for row in verdict.rule_warnings] == [("availability", "A1")]


def test_judge_two_fixed_talks_of_a_pair_only_warn() -> None:
    pair = (talk(), talk("A2", f"{DAY}T19:00"))
    verdict = judge(problem(fixed=pair), pair)
    assert verdict.violations == ()
    assert [(row.code, row.request) for row in verdict.rule_warnings] == [
        ("travel", "A1"),
        ("travel", "A2"),
    ]


def test_judge_free_talk_may_not_join_a_broken_day() -> None:
    of = problem(speakers=(speaker(max_per_day=1),), fixed=(talk(),))
    verdict = judge(of, (talk(), NEXT_TALK))
    assert [breach.code for breach in verdict.violations] == ["workload"]
    assert verdict.warnings == ()


def test_judge_last_evening_of_the_calendar_is_judged() -> None:
    verdict = judge(problem(), (talk(start="9999-12-31T23:30"),))
    assert {breach.code for breach in verdict.violations} == {"window", "availability"}
