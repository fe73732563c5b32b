"""Strategy for small problems in which many requests want teams and hardly anybody is there.

Whoever joins a team is missing elsewhere, and joining costs about as much as it adds: up to six
requests share up to six speakers on up to three evenings.
"""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import Any

from hypothesis import strategies as st

from matchmaker.scheduling.problem import (
    Interpreter,
    Mode,
    Organisation,
    Problem,
    Request,
    Speaker,
    Travel,
    Weights,
    Window,
)
from tests.scheduling import small

DAYS = ("2027-01-30", "2027-01-31", "2027-02-01")  # a new week and a new month on the last one
TOPICS = ("T1", "T2", "T3", "T4")
ORDERS = [order for size in (4, 3) for order in permutations(TOPICS, size)]
DISTRICTS = ("01", "02")

districts = st.sampled_from(DISTRICTS)
evenings = st.sampled_from([DAYS, DAYS[1:], DAYS[:2], DAYS[:1]])


def names(letters: str, count: int) -> tuple[str, ...]:
    return tuple(f"{letters}{number}" for number in range(count))


def person() -> dict[str, st.SearchStrategy[Any]]:
    return {
        "home": districts,
        "available": st.sampled_from([DAYS, DAYS, DAYS[1:], DAYS[:2]]).map(
            lambda days: tuple(map(small.evening, days))
        ),
        "modes": st.just((Mode.ONSITE,)),
        "max_per_day": st.sampled_from([1, 1, 1, 2]),
        "max_per_week": st.sampled_from([3, 2, 1]),
        "max_talks": st.sampled_from([9, 3, 2, 1]),
        "past_talks": st.integers(0, 2),
    }


def speakers(name: str) -> st.SearchStrategy[Speaker]:
    levels = st.integers(1, 3)
    return st.builds(
        Speaker,
        id=st.just(name),
        languages=st.sampled_from([("de",), ("de",), ("de", "ar"), ("ar",)]),
        topics=st.dictionaries(st.sampled_from(TOPICS), levels, min_size=2, max_size=2),
        **person(),
    )


def interpreters(name: str) -> st.SearchStrategy[Interpreter]:
    return st.builds(Interpreter, id=st.just(name), languages=st.just(("ar",)), **person())


def windows(day: str) -> st.SearchStrategy[Window]:
    hours = st.sampled_from(["18:00", "18:00", "17:00"])
    return st.builds(
        lambda start, preference: Window(*small.evening(day, start, "20:00"), preference),
        hours,
        st.integers(0, 3),
    )


@st.composite
def requests(draw: st.DrawFn, name: str, hosts: tuple[str, ...], known: tuple[str, ...]) -> Request:
    return Request(
        id=name,
        organisation=draw(st.sampled_from(hosts)),
        topics=draw(st.sampled_from(ORDERS)),
        languages=draw(st.sampled_from([("de",), ("de",), ("de", "ar"), ("ar", "de")])),
        minutes=120,
        windows=tuple(draw(windows(day)) for day in draw(evenings)),
        district=draw(districts),
        max_speakers=draw(st.sampled_from([3, 3, 2])),
        priority=draw(st.integers(1, 3)),
        preferred_speakers=tuple(draw(st.lists(st.sampled_from(known), max_size=2, unique=True))),
    )


def organisations(name: str) -> st.SearchStrategy[Organisation]:
    return st.builds(
        Organisation,
        id=st.just(name),
        max_per_week=st.sampled_from([3, 2, 1]),
        max_talks=st.sampled_from([9, 2, 1]),
        past_talks=st.integers(0, 2),
    )


def weights() -> st.SearchStrategy[Weights]:
    """What a further speaker adds to the topics, and what that costs, from next to nothing up."""
    return st.builds(
        Weights,
        topics=st.sampled_from([13, 20, 5]),
        extra_speaker=st.sampled_from([20, 0, 150, 600]),
        balance=st.sampled_from([0, 5, 60]),
        travel=st.sampled_from([0, 1, 7]),
        preferred=st.sampled_from([50, 300]),
        serve=st.sampled_from([0, 100, 1000]),
        no_interpreter=st.sampled_from([0, 60]),
        language_first=st.sampled_from([0, 300]),
    )


@st.composite
def short_staffed(draw: st.DrawFn) -> Problem:
    hosts = names("MO", draw(st.integers(3, 6)))
    known = names("R", draw(st.integers(4, 5)))
    helping = names("S", draw(st.integers(0, 2)))
    asking = names("A", draw(st.integers(4, 5)))
    minutes = st.sampled_from([0, 15, 20, 45])
    ways = {one: {two: draw(minutes) for two in DISTRICTS} for one in DISTRICTS}
    return small.problem(
        now=small.when("2027-01-04T09:00"),
        first_day=date(2027, 1, 29),
        last_day=date(2027, 2, 2),
        start_grid_minutes=60,
        travel=Travel(60, 15, ways),
        organisations=tuple(draw(organisations(name)) for name in hosts),
        speakers=tuple(draw(speakers(name)) for name in known),
        interpreters=tuple(draw(interpreters(name)) for name in helping),
        requests=tuple(draw(requests(name, hosts, known)) for name in asking),
        weights=draw(weights()),
    )
