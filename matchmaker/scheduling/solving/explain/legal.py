"""Whether one talk may join a plan: every rule, straight from the definition.

The tables answer this for thousands of talks at once; here it is asked once more for a single one,
in a world that may differ from the tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from matchmaker.scheduling.problem import (
    Assignment,
    Interpreting,
    Interval,
    Mode,
    Person,
    Request,
    Speaker,
    hours_from,
)
from matchmaker.scheduling.solving.explain.world import World

DAY = timedelta(days=1)


def fits(world: World, talk: Assignment) -> bool:
    """Whether the talk of the world's request breaks no rule beside the talks that are there."""
    request = world.request
    speakers = [row for row in map(world.person, talk.speakers) if isinstance(row, Speaker)]
    group = [*map(world.person, talk.interpreters), *world.newcomers]
    return (
        _fits_calendar(world, talk)
        and _fits_host(world, talk)
        and 1 <= len(speakers) <= request.max_speakers
        and len({*talk.people}) == len(talk.people)
        and not {row.id for row in speakers} & {*request.excluded_speakers}
        and any(request.topics[0] in row.topics for row in speakers)
        and all({*row.topics} & {*request.topics} for row in speakers)
        and all(request.people >= row.min_people for row in speakers)
        and _fits_language(request, talk.language, speakers, group)
        and all(_fits_person(world, talk, row) for row in (*speakers, *group))
    )


def in_the_way(world: World, talk: Assignment) -> list[str]:
    """Requests whose talks have to go for this one, none of them for nothing; by id."""
    around = [*world.talks_at_host(), *world.talks_in_venue()]
    around += [row for name in talk.people for row in world.talks_of(name)]
    going = {row.request for row in around}
    for name in sorted(going):
        if fits(world.without(*(going - {name})), talk):
            going.remove(name)
    return sorted(going)


def _span(world: World, talk: Assignment) -> Interval:
    return hours_from(talk.start, _request(world, talk).minutes)


def _request(world: World, talk: Assignment) -> Request:
    own = talk.request == world.request.id
    return world.request if own else world.kept.problem.request[talk.request]


def _fits_calendar(world: World, talk: Assignment) -> bool:
    problem, day = world.kept.problem, talk.start.date()
    begin, end = _span(world, talk)
    blocked = any(first <= day <= last for first, last in world.host.blocked)
    return (
        (begin.hour * 60 + begin.minute) % problem.start_grid_minutes == 0
        and end <= _midnight(day) + DAY
        and any(row.start <= begin and end <= row.end for row in world.request.windows)
        and problem.first_day <= day <= problem.last_day
        and begin >= problem.now
        and (day in world.opened or not (blocked or day in problem.closed_days))
        and world.request.mode.allows(talk.mode)
    )


def _fits_host(world: World, talk: Assignment) -> bool:
    begin, end = _span(world, talk)
    there, day = world.talks_at_host(), begin.date()
    return (
        (world.crowded or not any(row.start.date() == day for row in there))
        and sum(_week(row) == _week(talk) for row in there) < world.host.max_per_week
        and len(there) < world.host.max_talks
        and not any(
            row.start < end and begin < _span(world, row)[1] for row in world.talks_in_venue()
        )
    )


def _fits_language(
    request: Request, language: str, speakers: Sequence[Person], group: Sequence[Person]
) -> bool:
    silent = [row for row in speakers if language not in row.languages]
    if language not in request.languages or not silent:
        return language in request.languages and not group
    return (
        request.interpreting is Interpreting.IF_NEEDED
        and language != "de"
        and all("de" in row.languages for row in silent)
        and len(group) == request.interpreters_needed
        and all(language in row.languages for row in group)
    )


def _fits_person(world: World, talk: Assignment, person: Person) -> bool:
    request, day = world.request, talk.start.date()
    begin, end = _span(world, talk)
    onsite = talk.mode is Mode.ONSITE
    away = person.districts is not None and request.district not in person.districts
    return (
        talk.mode in person.modes
        and not (onsite and away)
        and (person.womens_groups or not request.womens_group)
        and (day - world.kept.problem.now.date()).days >= person.lead_days
        and any(first <= begin and end <= last for first, last in _joined(person.available))
        and _has_time(world, talk, person)
        and _keeps_distance(world, talk, person)
    )


def _has_time(world: World, talk: Assignment, person: Person) -> bool:
    """Whether the person's limits leave room for the talk."""
    others, day = world.talks_of(person.id), talk.start.date()
    month = talk.start.year, talk.start.month
    return (
        sum(row.start.date() == day for row in others) < person.max_per_day
        and sum(_week(row) == _week(talk) for row in others) < person.max_per_week
        and sum((row.start.year, row.start.month) == month for row in others) < person.max_per_month
        and len(others) < person.max_talks
    )


def _keeps_distance(world: World, talk: Assignment, person: Person) -> bool:
    """Whether there is time for the way to and from all else that the person has that day."""
    own, day = _span(world, talk), talk.start.date()
    today = _midnight(day), _midnight(day) + DAY
    things = [
        (_span(world, row), _place(world, row), row.start.date() == day)
        for row in world.talks_of(person.id)
    ] + [
        ((row.start, row.end), row.district, row.start < today[1] and today[0] < row.end)
        for row in person.commitments
    ]
    here = _place(world, talk)
    for other, there, near in things:
        before = other[1] + _way(world, there, here, near=near) <= own[0]
        after = own[1] + _way(world, here, there, near=near) <= other[0]
        if not before and not after:
            return False
    return True


def _place(world: World, talk: Assignment) -> str | None:
    return _request(world, talk).district if talk.mode is Mode.ONSITE else None


def _way(world: World, origin: str | None, target: str | None, *, near: bool) -> timedelta:
    travel = world.kept.problem.travel
    if not near:
        return timedelta(0)
    if origin is None or target is None:
        return timedelta(minutes=travel.online_gap_minutes)
    return timedelta(minutes=travel.between(origin, target))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _week(talk: Assignment) -> tuple[int, int]:
    return talk.start.isocalendar()[:2]


def _joined(intervals: Sequence[Interval]) -> list[Interval]:
    """Touching intervals count as one."""
    rows: list[Interval] = []
    for begin, end in sorted(intervals):
        if rows and begin <= rows[-1][1]:
            rows[-1] = rows[-1][0], max(end, rows[-1][1])
        else:
            rows.append((begin, end))
    return rows
