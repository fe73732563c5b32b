"""Each part of the score, one figure of the definition at a time."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import pytest

from matchmaker.scheduling.judge import judge
from matchmaker.scheduling.problem import (
    Assignment,
    Mode,
    Organisation,
    Problem,
    RequestMode,
    Weights,
    Window,
)
from tests.scheduling.small import (
    evening,
    interpreter,
    problem,
    request,
    speaker,
    talk,
    windows,
)

DAY = "2027-01-12"
BASE = {"serve": 1000, "fairness": 400, "topics": 120, "language": 200, "travel": -20}
TEAM = talk(speakers=("R1", "R2"))
ARABIC = talk(language="ar", interpreters=("S1",))
TOPICS = tuple(f"T{rank}" for rank in range(1, 7))


def one(**fields: object) -> Problem:
    """Request A1 with these fields, alone."""
    return problem(requests=(request(**fields),))


def host(past_talks: int) -> Problem:
    return problem(
        organisations=(Organisation("MO1", past_talks=past_talks),),
        requests=(request(), request("A2", "MO1")),
    )


def published(*rows: Assignment) -> Problem:
    return problem(published=rows, requests=(request(languages=("de", "ar")),))


TWO = (talk(), talk("A2", "2027-01-19T17:00"))
CASES: list[tuple[str, int, Problem, tuple[Assignment, ...]]] = [
    ("serve", 1600, one(priority=3), (talk(),)),
    ("serve", 1200, one(waiting_rounds=2), (talk(),)),
    ("serve", 1300, one(waiting_rounds=9), (talk(),)),
    ("fairness", 600, host(0), TWO),
    ("fairness", 300, host(1), TWO),
    ("fairness", 100, host(2), TWO),
    ("fairness", 0, host(3), TWO),
    ("topics", 120, one(topics=("T1", "T2")), (talk(),)),
    (
        "topics",
        3 * (40 + 30 + 20 + 10 + 10 + 10),
        problem(
            requests=(request(topics=TOPICS),), speakers=(speaker(topics=dict.fromkeys(TOPICS, 3)),)
        ),
        (talk(),),
    ),
    (
        "topics",
        3 * 40 + 2 * 30,
        problem(
            requests=(request(topics=("T1", "T2")),),
            speakers=(speaker(topics={"T1": 3}), speaker("R2", topics={"T1": 1, "T2": 2})),
        ),
        (TEAM,),
    ),
    ("language", 160 + 40, one(languages=("de", "ar")), (talk(),)),
    ("language", 60 + 40, one(languages=("ar", "de")), (talk(),)),
    ("language", 20 + 40, one(languages=("ar", "tr", "de")), (talk(),)),
    ("language", 20 + 40, one(languages=("ar", "tr", "en", "de")), (talk(),)),
    ("language", 160 - 20, one(languages=("ar", "de")), (ARABIC,)),
    ("language", 0, one(languages=("tr",)), (talk(language="en"),)),
    ("preference", 60, one(windows=(*windows(DAY), *windows(DAY, preference=2))), (talk(),)),
    (
        "preference",
        0,
        one(windows=(*windows(DAY), Window(*evening(DAY, "18:00"), 3))),
        (talk(),),
    ),
    ("day", -30, problem(discouraged_days={date(2027, 1, 12): 30}), (talk(),)),
    ("day", 0, problem(discouraged_days={date(2027, 1, 13): 30}), (talk(),)),
    (
        "avoid",
        -40,
        problem(speakers=(speaker(avoid=(evening(DAY, "18:30", "18:45"), evening(DAY, "16:00"))),)),
        (talk(),),
    ),
    ("avoid", 0, problem(speakers=(speaker(avoid=(evening(DAY, "19:00", "20:00"),)),)), (talk(),)),
    (
        "avoid",
        -40,
        problem(
            requests=(request(languages=("ar",)),),
            interpreters=(interpreter(avoid=(evening(DAY),)),),
        ),
        (ARABIC,),
    ),
    ("travel", -30, one(district="02"), (talk(),)),
    ("travel", -60, one(district="07"), (talk(),)),
    ("travel", -40, one(languages=("ar",)), (ARABIC,)),
    ("travel", 0, one(mode=RequestMode.EITHER), (talk(mode=Mode.ONLINE),)),
    ("team", -20, one(max_speakers=2), (TEAM,)),
    ("preferred", 50, one(preferred_speakers=("R1", "R2")), (talk(),)),
    ("preferred", 100, one(max_speakers=2, preferred_speakers=("R1", "R2")), (TEAM,)),
    ("balance", 0, problem(), (talk(),)),
    ("balance", -5 * 2, problem(), TWO),
    ("balance", -5 * (5 * 4 - 3 * 2), problem(speakers=(speaker(past_talks=3),)), TWO),
    ("stability", 0, published(talk()), (talk(),)),
    ("stability", -600, published(talk()), ()),
    ("stability", -200, published(talk()), (talk(start=f"{DAY}T17:30"),)),
    ("stability", -150, published(talk()), (talk(speakers=("R2",)),)),
    ("stability", -150, published(TEAM), (talk(),)),
    ("stability", 0, published(talk()), (TEAM,)),
    ("stability", -50, published(ARABIC), (talk(),)),
    ("stability", -400, published(ARABIC), (talk(start=f"{DAY}T17:30", speakers=("R2",)),)),
]


@pytest.mark.parametrize(("part", "points", "of", "plan"), CASES)
def test_score_part_counts(
    part: str, points: int, of: Problem, plan: tuple[Assignment, ...]
) -> None:
    assert getattr(judge(of, plan).score, part) == points


def test_score_of_one_plain_talk_has_no_other_parts() -> None:
    score = judge(problem(), (talk(),)).score
    assert {name: value for name, value in asdict(score).items() if value} == BASE
    assert score.total == sum(BASE.values())


def test_score_weights_each_change_their_part() -> None:
    names = list(Weights.__dataclass_fields__)
    weights = Weights(**{name: 10_000 - number for number, name in enumerate(names)})
    of = problem(
        weights=weights,
        organisations=(Organisation("MO1"),),
        requests=(
            request(
                priority=2,
                waiting_rounds=1,
                max_speakers=2,
                windows=windows(DAY, preference=1),
                preferred_speakers=("R1",),
            ),
            request("A2", "MO1", languages=("tr", "ar")),
            request("A3", "MO1", languages=("ar", "tr", "de")),
            request("A4", "MO1"),
        ),
        speakers=(speaker(avoid=(evening(DAY),)), speaker("R2")),
        published=(
            talk(start=f"{DAY}T17:30", speakers=("R2",), interpreters=("S1",)),
            talk("A4"),
        ),
    )
    plan = (
        talk(),
        talk("A2", "2027-01-19T17:00", language="ar", interpreters=("S1",)),
        talk("A3", "2027-02-02T17:00"),
    )
    score = judge(of, plan).score
    w = weights
    assert asdict(score) == {
        "serve": 3 * w.serve + w.priority + w.waiting,
        "fairness": w.fair_first + w.fair_second + w.fair_third,
        "topics": 3 * 120 * w.topics,
        "language": w.language_first
        + w.language_second
        + w.language_later
        + 2 * w.no_interpreter
        - w.interpreter,
        "preference": w.preference,
        "day": 0,
        "avoid": -w.avoid,
        "travel": -4 * 20 * w.travel,
        "team": 0,
        "preferred": w.preferred,
        "balance": -w.balance * 6,
        "stability": -(w.move + w.swap_speaker + w.swap_interpreter + w.drop),
    }
