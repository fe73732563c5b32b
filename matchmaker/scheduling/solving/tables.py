"""The problem as arrays: people, requests and the calendar that both share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.problem import (
    Interpreting,
    Mode,
    Person,
    Problem,
    Request,
    RequestMode,
)
from matchmaker.scheduling.solving.arrays import Bools, Ints, Spans, bools, ints
from matchmaker.scheduling.solving.wall import minute, month, week

ONSITE, ONLINE = 0, 1
MODES = (Mode.ONSITE, Mode.ONLINE)
MOST_RANKS = 6
RANK_POINTS = (40, 30, 20, 10, 10, 10)


@dataclass(frozen=True, slots=True)
class Days:
    """The horizon; days, weeks and months are counted from its first."""

    first: int
    count: int
    week: Ints
    month: Ints
    first_week: int
    first_month: int

    @classmethod
    def of(cls, problem: Problem) -> Days:
        first, last = problem.first_day.toordinal(), problem.last_day.toordinal()
        ordinals = range(first, last + 1)
        weeks, months = ints(map(week, ordinals)), ints(map(month, ordinals))
        return cls(
            first, len(ordinals), weeks - weeks[0], months - months[0], week(first), month(first)
        )


@dataclass(frozen=True, slots=True)
class People:
    """Speakers first, interpreters after them; one row a person.

    `reach[person, district]` says where they go, `speaks[person, language]` what they speak (or
    interpret), `modes[person, mode]` how they take part.
    """

    ids: tuple[str, ...]
    speakers: int
    home: Ints
    modes: Bools
    reach: Bools
    speaks: Bools
    german: Bools
    level: Ints
    min_people: Ints
    womens_groups: Bools
    lead_days: Ints
    per_day: Ints
    per_week: Ints
    per_month: Ints
    in_all: Ints
    past: Ints
    available: Spans
    avoid: Spans


@dataclass(frozen=True, slots=True)
class Requests:
    """One row a request; ranked topics and languages are padded with -1."""

    ids: tuple[str, ...]
    organisation: Ints
    topics: Ints
    languages: Ints
    german: Bools
    interpreting: Bools
    interpreters: Ints
    max_speakers: Ints
    minutes: Ints
    district: Ints
    venue: Ints
    modes: Bools
    people: Ints
    womens_group: Bools


@dataclass(frozen=True, slots=True)
class Tables:
    """`travel[from, to]` in minutes, by district; two more rows and columns follow.

    `online` is for talks at a screen, `anywhere` for what needs no way at all.
    """

    problem: Problem
    days: Days
    people: People
    requests: Requests
    travel: Ints
    person_row: dict[str, int]
    request_row: dict[str, int]
    organisation_row: dict[str, int]
    district_row: dict[str, int]

    @property
    def online(self) -> int:
        return len(self.travel) - 2

    @property
    def anywhere(self) -> int:
        return len(self.travel) - 1

    @property
    def shortest_way(self) -> int:
        """Minutes that lie between any two talks of a person on one day at least."""
        return int(self.travel[:-1, :-1].min())


def numbered(values: Iterable[str]) -> dict[str, int]:
    return {value: row for row, value in enumerate(dict.fromkeys(values))}


def tabulate(problem: Problem) -> Tables:
    people: list[Person] = [*problem.speakers, *problem.interpreters]
    districts = numbered(
        [row.district for row in problem.requests]
        + [row.home for row in people]
        + [item.district for row in people for item in row.commitments if item.district is not None]
    )
    topics = numbered(topic for row in problem.requests for topic in row.topics)
    languages = numbered(["de", *(name for row in problem.requests for name in row.languages)])
    return Tables(
        problem=problem,
        days=Days.of(problem),
        people=_people(problem, people, districts, topics, languages),
        requests=_requests(problem, districts, topics, languages),
        travel=_travel(problem, list(districts)),
        person_row=numbered(row.id for row in people),
        request_row=numbered(row.id for row in problem.requests),
        organisation_row=numbered(row.id for row in problem.organisations),
        district_row=districts,
    )


def _travel(problem: Problem, districts: list[str]) -> Ints:
    table = np.full((len(districts) + 2,) * 2, problem.travel.default_minutes, dtype=np.int64)
    row_of = {name: row for row, name in enumerate(districts)}
    for origin, row in problem.travel.minutes.items():
        if origin in row_of:
            for destination, minutes in row.items():
                if destination in row_of:
                    table[row_of[origin], row_of[destination]] = minutes
    table[-2, :] = table[:, -2] = problem.travel.online_gap_minutes
    table[-1, :] = table[:, -1] = 0
    return table


def _spans(people: list[Person], name: str, *, merge: bool) -> Spans:
    return Spans.of(
        [
            (row, minute(begin), minute(end))
            for row, person in enumerate(people)
            for begin, end in getattr(person, name)
        ],
        merge=merge,
    )


def _people(
    problem: Problem,
    people: list[Person],
    districts: dict[str, int],
    topics: dict[str, int],
    languages: dict[str, int],
) -> People:
    reach = np.zeros((len(people), len(districts)), dtype=np.bool_)
    speaks = np.zeros((len(people), len(languages)), dtype=np.bool_)
    for row, person in enumerate(people):
        names = districts if person.districts is None else person.districts
        reach[row, [districts[name] for name in names if name in districts]] = True
        speaks[row, [languages[name] for name in person.languages if name in languages]] = True
    level = np.zeros((len(problem.speakers), len(topics)), dtype=np.int64)
    for row, speaker in enumerate(problem.speakers):
        for topic, depth in speaker.topics.items():
            if topic in topics:
                level[row, topics[topic]] = depth
    return People(
        ids=tuple(row.id for row in people),
        speakers=len(problem.speakers),
        home=ints(districts[row.home] for row in people),
        modes=np.array(
            [[mode in row.modes for mode in MODES] for row in people], dtype=np.bool_
        ).reshape(-1, 2),
        reach=reach,
        speaks=speaks,
        german=speaks[:, 0],
        level=level,
        min_people=ints(row.min_people for row in problem.speakers),
        womens_groups=bools(row.womens_groups for row in people),
        lead_days=ints(row.lead_days for row in people),
        per_day=ints(row.max_per_day for row in people),
        per_week=ints(row.max_per_week for row in people),
        per_month=ints(row.max_per_month for row in people),
        in_all=ints(row.max_talks for row in people),
        past=ints(row.past_talks for row in people),
        available=_spans(people, "available", merge=True),
        avoid=_spans(people, "avoid", merge=False),
    )


def _ranked(rows: list[tuple[str, ...]], numbers: dict[str, int]) -> Ints:
    table = np.full((len(rows), MOST_RANKS), -1, dtype=np.int64)
    for row, names in enumerate(rows):
        table[row, : len(names)] = [numbers[name] for name in names]
    return table


def _modes(request: Request) -> tuple[bool, bool]:
    return request.mode is not RequestMode.ONLINE, request.mode is not RequestMode.ONSITE


def _requests(
    problem: Problem,
    districts: dict[str, int],
    topics: dict[str, int],
    languages: dict[str, int],
) -> Requests:
    rows = problem.requests
    organisations = numbered(row.id for row in problem.organisations)
    venues = numbered(row.venue for row in rows if row.venue is not None)
    spoken = _ranked([row.languages for row in rows], languages)
    return Requests(
        ids=tuple(row.id for row in rows),
        organisation=ints(organisations[row.organisation] for row in rows),
        topics=_ranked([row.topics for row in rows], topics),
        languages=spoken,
        german=spoken == languages["de"],
        interpreting=bools(row.interpreting is Interpreting.IF_NEEDED for row in rows),
        interpreters=ints(row.interpreters_needed for row in rows),
        max_speakers=ints(row.max_speakers for row in rows),
        minutes=ints(row.minutes for row in rows),
        district=ints(districts[row.district] for row in rows),
        venue=ints(-1 if row.venue is None else venues[row.venue] for row in rows),
        modes=np.array([_modes(row) for row in rows], dtype=np.bool_).reshape(-1, 2),
        people=ints(row.people for row in rows),
        womens_group=bools(row.womens_group for row in rows),
    )
