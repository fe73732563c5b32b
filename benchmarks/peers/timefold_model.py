"""The model for Timefold: its domain classes and constraints, compiled to Java when imported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Timer
from typing import Annotated, Any

from timefold.solver import SolverFactory
from timefold.solver.config import (
    Duration,
    ScoreDirectorFactoryConfig,
    SolverConfig,
    TerminationConfig,
)
from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningScore,
    PlanningVariable,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import (
    Constraint,
    ConstraintCollectors,
    HardSoftScore,
    constraint_provider,
)


@dataclass(eq=False)
class Person:
    """`points[n]` is what n talks of the person are worth: nothing or less."""

    id: int
    max_per_day: int
    max_per_week: int
    max_per_month: int
    most: int
    points: list[int]


@dataclass(eq=False)
class Host:
    """`points[n]` is what n talks of the host are worth."""

    id: int
    max_per_week: int
    most: int
    points: list[int]


@dataclass(eq=False)
class Place:
    """A district, or being online; `minutes` to each place by its number."""

    number: int
    minutes: list[int]


@dataclass(eq=False)
class Slot:
    """Minutes since the start of a day; the week and the month are told apart by their number."""

    start: int
    end: int
    day: int
    week: int
    month: int
    place: Place


@dataclass(eq=False)
class Crew:
    """Everybody who comes, interpreters too."""

    people: list[Person]


@dataclass(eq=False)
class Column:
    """A complete choice for a request; its id tells the caller which."""

    id: Annotated[int, PlanningId]
    points: int
    slot: Slot
    crew: Crew


@planning_entity
@dataclass(eq=False)
class Talk:
    """A request, held in one of its columns or not at all."""

    id: Annotated[int, PlanningId]
    host: Host
    venue: int
    columns: Annotated[list[Column], ValueRangeProvider(id="columns")]
    column: Annotated[
        Column | None,
        PlanningVariable(value_range_provider_refs=["columns"], allows_unassigned=True),
    ] = field(default=None)


@planning_solution
@dataclass(eq=False)
class Quarter:
    talks: Annotated[list[Talk], PlanningEntityCollectionProperty]
    score: Annotated[HardSoftScore | None, PlanningScore] = field(default=None)


def _overlaps(slots: list[Slot]) -> int:
    """How many pairs of slots of one day leave no time for the way."""
    found = 0
    for one in slots:
        for other in slots:
            way = one.place.minutes[other.place.number]
            if one is not other and one.start <= other.start and one.end + way > other.start:
                found += 1
    return found


def _at_once(slots: list[Slot]) -> int:
    """How many pairs of slots of one day overlap."""
    found = 0
    for one in slots:
        for other in slots:
            if one is not other and one.start <= other.start and one.end > other.start:
                found += 1
    return found


def _worth(points: list[int], count: int) -> int:
    return points[min(count, len(points) - 1)]


@constraint_provider
def rules(factory: Any) -> list[Constraint]:
    return [*_about_people(factory), *_about_hosts(factory)]


def _about_people(factory: Any) -> list[Constraint]:
    duties = (
        factory.for_each(Talk)
        .expand(lambda talk: talk.column.crew.people)
        .flatten_last(lambda people: people)
    )
    in_all = duties.group_by(lambda _talk, person: person, ConstraintCollectors.count_bi())
    by_day = duties.group_by(
        lambda _talk, person: person,
        lambda talk, _person: talk.column.slot.day,
        ConstraintCollectors.to_list(lambda talk, _person: talk.column.slot),
    )
    by_week = duties.group_by(
        lambda _talk, person: person,
        lambda talk, _person: talk.column.slot.week,
        ConstraintCollectors.count_bi(),
    )
    by_month = duties.group_by(
        lambda _talk, person: person,
        lambda talk, _person: talk.column.slot.month,
        ConstraintCollectors.count_bi(),
    )
    return [
        in_all.filter(lambda person, count: count > person.most)
        .penalize(HardSoftScore.ONE_HARD, lambda person, count: count - person.most)
        .as_constraint("talks of a person"),
        by_day.filter(lambda person, _day, slots: len(slots) > person.max_per_day)
        .penalize(
            HardSoftScore.ONE_HARD, lambda person, _day, slots: len(slots) - person.max_per_day
        )
        .as_constraint("talks of a person a day"),
        by_week.filter(lambda person, _week, count: count > person.max_per_week)
        .penalize(HardSoftScore.ONE_HARD, lambda person, _week, count: count - person.max_per_week)
        .as_constraint("talks of a person a week"),
        by_month.filter(lambda person, _month, count: count > person.max_per_month)
        .penalize(
            HardSoftScore.ONE_HARD, lambda person, _month, count: count - person.max_per_month
        )
        .as_constraint("talks of a person a month"),
        by_day.filter(lambda _person, _day, slots: len(slots) > 1)
        .penalize(HardSoftScore.ONE_HARD, lambda _person, _day, slots: _overlaps(slots))
        .as_constraint("overlaps and ways"),
        in_all.impact(
            HardSoftScore.ONE_SOFT, lambda person, count: _worth(person.points, count)
        ).as_constraint("balance"),
    ]


def _about_hosts(factory: Any) -> list[Constraint]:
    talks = factory.for_each(Talk)
    in_all = talks.group_by(lambda talk: talk.host, ConstraintCollectors.count())
    by_day = talks.group_by(
        lambda talk: talk.host,
        lambda talk: talk.column.slot.day,
        ConstraintCollectors.count(),
    )
    by_week = talks.group_by(
        lambda talk: talk.host,
        lambda talk: talk.column.slot.week,
        ConstraintCollectors.count(),
    )
    in_venue = talks.filter(lambda talk: talk.venue > 0).group_by(
        lambda talk: talk.venue,
        lambda talk: talk.column.slot.day,
        ConstraintCollectors.to_list(lambda talk: talk.column.slot),
    )
    return [
        in_all.filter(lambda host, count: count > host.most)
        .penalize(HardSoftScore.ONE_HARD, lambda host, count: count - host.most)
        .as_constraint("talks of a host"),
        by_day.filter(lambda _host, _day, count: count > 1)
        .penalize(HardSoftScore.ONE_HARD, lambda _host, _day, count: count - 1)
        .as_constraint("talks of a host a day"),
        by_week.filter(lambda host, _week, count: count > host.max_per_week)
        .penalize(HardSoftScore.ONE_HARD, lambda host, _week, count: count - host.max_per_week)
        .as_constraint("talks of a host a week"),
        in_venue.filter(lambda _venue, _day, slots: len(slots) > 1)
        .penalize(HardSoftScore.ONE_HARD, lambda _venue, _day, slots: _at_once(slots))
        .as_constraint("venues"),
        in_all.impact(
            HardSoftScore.ONE_SOFT, lambda host, count: _worth(host.points, count)
        ).as_constraint("fairness"),
        talks.impact(HardSoftScore.ONE_SOFT, lambda talk: talk.column.points).as_constraint(
            "points"
        ),
    ]


def solve(quarter: Quarter, left: Callable[[], float], seed: int) -> dict[int, int]:
    """The id of the chosen column by the id of its talk; `left` tells the seconds that remain.

    Handing the objects over counts as well, so the search is ended from outside.
    """
    config = SolverConfig(
        solution_class=Quarter,
        entity_class_list=[Talk],
        random_seed=seed,
        score_director_factory_config=ScoreDirectorFactoryConfig(
            constraint_provider_function=rules
        ),
        termination_config=TerminationConfig(
            spent_limit=Duration(milliseconds=1 + int(1000 * left()))
        ),
    )
    solver = SolverFactory.create(config).build_solver()
    alarm = Timer(left(), solver.terminate_early)
    alarm.start()
    solved = solver.solve(quarter)
    alarm.cancel()
    return {talk.id: talk.column.id for talk in solved.talks if talk.column is not None}
