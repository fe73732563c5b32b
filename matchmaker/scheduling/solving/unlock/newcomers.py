"""Invented people: what a further speaker or interpreter is taken to be like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from statistics import median_low
from typing import Any

from matchmaker.scheduling.problem import (
    Interpreter,
    Interpreting,
    Interval,
    Mode,
    Person,
    Problem,
    Request,
    Speaker,
)
from matchmaker.scheduling.unlocking import (
    PERSON_LIMITS,
    Newcomer,
    NewInterpreter,
    NewSpeaker,
    with_person,
)

LEVEL = 2  # of 1..3: neither a beginner nor an expert


def newcomers(problem: Problem, asking: Sequence[Request]) -> list[Newcomer]:
    """One speaker for each topic and one interpreter for each language of the requests.

    They are there at any time, go everywhere, in both modes, to every group, at once. They live
    where most of the requests are that ask for them, and take as many talks as the middle one of
    those who do the same. Speakers also speak the foreign language that these requests most want.
    """
    found: list[Newcomer] = []
    for topic in dict.fromkeys(topic for row in asking for topic in row.topics):
        calls = [row for row in asking if topic in row.topics]
        tongues = [name for row in calls for name in row.languages[:1] if name != "de"]
        speaker = Speaker(
            id=_unused(problem, f"speaker for {topic}"),
            languages=("de", *most_common(tongues)),
            topics={topic: LEVEL},
            **_traits(problem, problem.speakers, calls),
        )
        found.append(NewSpeaker(topic, speaker))
    interpreted = [row for row in asking if row.interpreting is Interpreting.IF_NEEDED]
    for language in dict.fromkeys(name for row in interpreted for name in row.languages):
        if language != "de":
            calls = [row for row in interpreted if language in row.languages]
            interpreter = Interpreter(
                id=_unused(problem, f"interpreter for {language}"),
                languages=(language,),
                **_traits(problem, problem.interpreters, calls),
            )
            found.append(NewInterpreter(language, interpreter))
    return found


def with_idle(problem: Problem, invented: Iterable[Newcomer]) -> Problem:
    """The problem with these people, who have no time yet: its plans are the same."""
    for row in invented:
        problem = with_person(problem, replace(row.person, available=()))
    return problem


def horizon(problem: Problem) -> Interval:
    """From the first midnight to the last."""
    last = datetime.combine(problem.last_day, time()) + timedelta(days=1)
    return datetime.combine(problem.first_day, time()), last


def most_common(names: Iterable[str]) -> list[str]:
    """The name that stands there most often, of equals the first; nothing of nothing."""
    return [name for name, _ in Counter(names).most_common(1)]


def _traits(problem: Problem, like: Sequence[Person], calls: Sequence[Request]) -> dict[str, Any]:
    limits = {
        name: max(1, median_low(getattr(row, name) for row in like))
        for name in PERSON_LIMITS
        if like
    }
    (home,) = most_common(row.district for row in calls)
    return {
        "home": home,
        "available": (horizon(problem),),
        "modes": (Mode.ONSITE, Mode.ONLINE),
        **limits,
    }


def _unused(problem: Problem, name: str) -> str:
    while name in problem.person:
        name += "'"
    return name
