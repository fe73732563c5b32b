"""Hypothesis strategies for small, valid planning problems that exercise every field.

The days run from a Friday over the turn of a month into a new ISO week, so that every kind of
limit (day, week, month) can bind within five days.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from matchmaker.scheduling.problem import (
    Assignment,
    Commitment,
    Interpreter,
    Interpreting,
    Interval,
    Mode,
    Organisation,
    Problem,
    Request,
    RequestMode,
    Speaker,
    Travel,
    Weights,
    Window,
)

FIRST_DAY = date(2027, 1, 29)
DAYS = tuple(FIRST_DAY + timedelta(days=n) for n in range(5))
DISTRICTS = ("01", "02", "03")
TOPICS = ("T1", "T2", "T3")
LANGUAGES = ("de", "ar", "tr")
MODES = (Mode.ONSITE, Mode.ONLINE)

days = st.sampled_from(DAYS)
districts = st.sampled_from(DISTRICTS)


def at(day: date, minutes: int) -> datetime:
    """The moment so many minutes after the midnight that begins the day."""
    return datetime.combine(day, time()) + timedelta(minutes=minutes)


@st.composite
def intervals(draw: st.DrawFn, *, longest: int = 360, span: tuple[int, int] = (14, 22)) -> Interval:
    """An interval on half hours, from 30 minutes to `longest`, possibly past midnight."""
    start = at(draw(days), 60 * draw(st.integers(*span)) + 30 * draw(st.integers(0, 1)))
    return start, start + timedelta(minutes=30 * draw(st.integers(1, longest // 30)))


@st.composite
def long_intervals(draw: st.DrawFn) -> Interval:
    """Most of a day, so that plans exist; now and then several days."""
    start = at(draw(days), 60 * draw(st.integers(14, 17)))
    return start, start + timedelta(hours=draw(st.sampled_from([4, 6, 7, 30])))


def distinct(values: tuple[Any, ...], *, at_least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(
        st.sampled_from(values), min_size=at_least, max_size=len(values), unique=True
    ).map(tuple)


@cache  # building strategies costs more than drawing from them
def person_fields() -> dict[str, st.SearchStrategy[Any]]:
    commitments = st.builds(
        lambda interval, district: Commitment(interval[0], interval[1], district),
        intervals(span=(9, 21)),
        st.none() | districts,
    )
    return {
        "home": districts,
        "available": st.lists(long_intervals(), max_size=4).map(tuple),
        "modes": st.sampled_from([MODES, MODES, MODES[:1], MODES[1:]]),
        "districts": st.none() | distinct(DISTRICTS),
        "avoid": st.lists(intervals(), max_size=2).map(tuple),
        "commitments": st.lists(commitments, max_size=2).map(tuple),
        "max_per_day": st.integers(0, 3),
        "max_per_week": st.integers(0, 4),
        "max_per_month": st.integers(0, 4),
        "max_talks": st.integers(0, 5),
        "lead_days": st.sampled_from([0, 0, 7, 10]),
        "womens_groups": st.booleans(),
        "past_talks": st.integers(0, 3),
    }


@cache
def speakers(name: str) -> st.SearchStrategy[Speaker]:
    return st.builds(
        Speaker,
        id=st.just(name),
        languages=distinct(LANGUAGES, at_least=1),
        topics=st.dictionaries(st.sampled_from(TOPICS), st.integers(1, 3), min_size=1),
        min_people=st.sampled_from([0, 0, 10]),
        **person_fields(),
    )


@cache
def interpreters(name: str) -> st.SearchStrategy[Interpreter]:
    return st.builds(
        Interpreter,
        id=st.just(name),
        languages=distinct(LANGUAGES[1:], at_least=1),
        **person_fields(),
    )


@cache
def organisations(name: str) -> st.SearchStrategy[Organisation]:
    blocked = st.tuples(days, days).map(lambda pair: (min(pair), max(pair)))
    return st.builds(
        Organisation,
        id=st.just(name),
        max_per_week=st.integers(0, 3),
        max_talks=st.integers(0, 4),
        past_talks=st.integers(0, 3),
        blocked=st.lists(blocked, max_size=1).map(tuple),
    )


@cache
def requests(
    name: str, organisations: tuple[str, ...], people: tuple[str, ...]
) -> st.SearchStrategy[Request]:
    windows = st.builds(
        lambda interval, preference: Window(interval[0], interval[1], preference),
        long_intervals() | intervals(),
        st.integers(0, 3),
    )
    return st.builds(
        Request,
        id=st.just(name),
        organisation=st.sampled_from(organisations),
        topics=distinct(TOPICS, at_least=1),
        languages=distinct(LANGUAGES, at_least=1),
        minutes=st.sampled_from([30, 60, 90, 120, 45]),
        windows=st.lists(windows, min_size=1, max_size=2).map(tuple),
        district=districts,
        interpreting=st.sampled_from(Interpreting),
        interpreters_needed=st.sampled_from([1, 1, 2]),
        max_speakers=st.integers(1, 3),
        venue=st.sampled_from([None, "V1"]),
        mode=st.sampled_from(RequestMode),
        people=st.sampled_from([0, 9, 10, 30]),
        womens_group=st.booleans(),
        priority=st.integers(1, 3),
        waiting_rounds=st.integers(0, 4),
        excluded_speakers=distinct(people),
        preferred_speakers=distinct(people),
    )


@st.composite
def assignments(
    draw: st.DrawFn, request: Request, speakers: tuple[str, ...], interpreters: tuple[str, ...]
) -> Assignment:
    """Any well-formed assignment of the request, near its first window; rules may be broken."""
    return Assignment(
        request=request.id,
        start=request.windows[0].start + timedelta(minutes=30 * draw(st.integers(-1, 3))),
        mode=draw(st.sampled_from(MODES)),
        language=draw(st.sampled_from([*request.languages, "en"])),
        speakers=tuple(sorted(draw(distinct(speakers)))),
        interpreters=tuple(sorted(draw(distinct(interpreters)))) if interpreters else (),
    )


@st.composite
def plans(draw: st.DrawFn, problem: Problem, *, at_most: int = 5) -> tuple[Assignment, ...]:
    """Assignments of distinct requests of the problem; rules may be broken."""
    chosen = draw(
        st.lists(st.sampled_from(problem.requests), unique=True, max_size=at_most)
        if problem.requests
        else st.just([])
    )
    return tuple(
        draw(assignments(row, tuple(problem.speaker), tuple(problem.interpreter))) for row in chosen
    )


@cache
def weights() -> st.SearchStrategy[Weights]:
    """The defaults or points all over their range, small ones preferred."""
    points = st.integers(0, 300) | st.integers(0, 100_000)
    fair = st.tuples(points, points, points).map(lambda three: sorted(three, reverse=True))
    rest = st.fixed_dictionaries(
        {}, optional={name: points for name in Weights.__slots__ if not name.startswith("fair")}
    )
    return st.just(Weights()) | st.builds(
        lambda fair, rest: Weights(
            fair_first=fair[0], fair_second=fair[1], fair_third=fair[2], **rest
        ),
        fair,
        rest,
    )


@cache
def travels() -> st.SearchStrategy[Travel]:
    minutes = st.sampled_from([0, 15, 20, 30, 45])
    return st.builds(
        Travel,
        default_minutes=st.sampled_from([0, 60]),
        online_gap_minutes=st.sampled_from([0, 15, 30]),
        minutes=st.dictionaries(districts, st.dictionaries(districts, minutes)),
    )


@st.composite
def problems(draw: st.DrawFn, *, with_fixed: bool = True) -> Problem:
    """1–5 requests of 1–3 organisations, 1–4 speakers, 0–3 interpreters, all fields in play."""
    organisation_names = tuple(f"MO{n}" for n in range(1, draw(st.integers(1, 3)) + 1))
    speaker_names = tuple(f"R{n}" for n in range(1, draw(st.integers(1, 4)) + 1))
    interpreter_names = tuple(f"S{n}" for n in range(1, draw(st.integers(0, 3)) + 1))
    request_names = [f"A{n}" for n in range(1, draw(st.integers(1, 5)) + 1)]
    bare = Problem(
        timezone="Europe/Berlin",
        now=at(date(2027, 1, 20), 9 * 60) if draw(st.booleans()) else at(DAYS[0], 15 * 60),
        first_day=DAYS[draw(st.integers(0, 1))],
        last_day=DAYS[draw(st.integers(3, 4))],
        start_grid_minutes=draw(st.sampled_from([30, 30, 60, 45])),
        travel=draw(travels()),
        organisations=tuple(draw(organisations(name)) for name in organisation_names),
        speakers=tuple(draw(speakers(name)) for name in speaker_names),
        interpreters=tuple(draw(interpreters(name)) for name in interpreter_names),
        requests=tuple(
            draw(requests(name, organisation_names, speaker_names)) for name in request_names
        ),
        closed_days=frozenset(draw(st.sets(days, max_size=1))),
        discouraged_days=draw(st.dictionaries(days, st.integers(0, 1000), max_size=2)),
        weights=draw(weights()),
    )
    fixed = draw(plans(bare, at_most=2)) if with_fixed and draw(st.booleans()) else ()
    published = draw(plans(bare)) if draw(st.booleans()) else ()
    values = {name: getattr(bare, name) for name in Problem.__dataclass_fields__}
    return Problem(**{**values, "fixed": fixed, "published": published})
