"""The optimum by trying everything, in plain Python that shares nothing with the solver.

Written straight from the definition, for tiny problems only; what it finds is judged as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date, datetime, time, timedelta
from itertools import combinations, product

from matchmaker.scheduling.judge import judge
from matchmaker.scheduling.judge.plan import Plan
from matchmaker.scheduling.judge.score import score_of
from matchmaker.scheduling.problem import (
    Assignment,
    Interpreting,
    Interval,
    Mode,
    Person,
    Problem,
    Request,
)

DAY = timedelta(days=1)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def starts(problem: Problem, request: Request) -> Iterator[datetime]:
    """Starts that window, closed_day, blocked and the moment `now` allow."""
    length, grid = timedelta(minutes=request.minutes), problem.start_grid_minutes
    host = problem.organisation[request.organisation]
    for offset in range((problem.last_day - problem.first_day).days + 1):
        day = problem.first_day + timedelta(days=offset)
        if day in problem.closed_days or any(a <= day <= b for a, b in host.blocked):
            continue
        for minute in range(0, 24 * 60, grid):
            start = midnight(day) + timedelta(minutes=minute)
            fits = any(row.start <= start and start + length <= row.end for row in request.windows)
            if fits and start + length <= midnight(day) + DAY and start >= problem.now:
                yield start


def joined(intervals: tuple[Interval, ...]) -> list[Interval]:
    rows: list[Interval] = []
    for begin, end in sorted(intervals):
        if rows and begin <= rows[-1][1]:
            rows[-1] = (rows[-1][0], max(end, rows[-1][1]))
        else:
            rows.append((begin, end))
    return rows


def way(problem: Problem, first: str | None, then: str | None) -> timedelta:
    """The time between two things of a person on one day; None is online."""
    if first is None or then is None:
        return timedelta(minutes=problem.travel.online_gap_minutes)
    return timedelta(minutes=problem.travel.between(first, then))


def apart(
    problem: Problem, one: tuple[Interval, str | None], two: tuple[Interval, str | None]
) -> bool:
    (begin, end), place = one
    (other_begin, other_end), other_place = two
    return (
        end + way(problem, place, other_place) <= other_begin
        or other_end + way(problem, other_place, place) <= begin
    )


def person_fits(
    problem: Problem, request: Request, person: Person, start: datetime, mode: Mode
) -> bool:
    end = start + timedelta(minutes=request.minutes)
    day = start.date()
    place = request.district if mode is Mode.ONSITE else None
    if mode not in person.modes or (request.womens_group and not person.womens_groups):
        return False
    if place is not None and person.districts is not None and place not in person.districts:
        return False
    if (day - problem.now.date()).days < person.lead_days:
        return False
    if not any(a <= start and end <= b for a, b in joined(person.available)):
        return False
    for item in person.commitments:
        if item.start < midnight(day) + DAY and item.end > midnight(day):
            busy = (item.start, item.end), item.district
            if not apart(problem, ((start, end), place), busy):
                return False
    return True


def teams(
    problem: Problem, request: Request, fits: Callable[[Person], bool]
) -> list[tuple[str, ...]]:
    able = [
        row
        for row in problem.speakers
        if row.id not in request.excluded_speakers
        and set(row.topics) & set(request.topics)
        and request.people >= row.min_people
        and fits(row)
    ]
    return [
        tuple(sorted(row.id for row in team))
        for size in range(1, request.max_speakers + 1)
        for team in combinations(able, size)
        if any(request.topics[0] in row.topics for row in team)
    ]


def candidates(problem: Problem, request: Request) -> list[Assignment]:
    """All assignments of a request that are allowed alone."""
    found = []
    for start, mode in product(starts(problem, request), Mode):
        if not request.mode.allows(mode):
            continue

        def fits(person: Person, start: datetime = start, mode: Mode = mode) -> bool:
            return person_fits(problem, request, person, start, mode)

        helpers = [row for row in problem.interpreters if fits(row)]
        for team, language in product(teams(problem, request, fits), request.languages):
            found += [
                Assignment(
                    request=request.id,
                    start=start,
                    mode=mode,
                    language=language,
                    speakers=team,
                    interpreters=group,
                )
                for group in groups(problem, request, team, language, helpers)
            ]
    return found


def groups(
    problem: Problem,
    request: Request,
    team: tuple[str, ...],
    language: str,
    helpers: list[Person],
) -> list[tuple[str, ...]]:
    """The groups of interpreters that a team may have; the empty one if it needs none."""
    silent = [name for name in team if language not in problem.speaker[name].languages]
    if not silent:
        return [()]
    german = all("de" in problem.speaker[name].languages for name in silent)
    if request.interpreting is Interpreting.NEVER or language == "de" or not german:
        return []
    able = [row.id for row in helpers if language in row.languages]
    return [tuple(sorted(group)) for group in combinations(able, request.interpreters_needed)]


def fit_together(problem: Problem, talks: list[Assignment], new: Assignment) -> bool:
    """Whether a talk may join those that are there."""
    request = problem.request[new.request]
    host = problem.organisation[request.organisation]
    day, end = new.start.date(), new.start + timedelta(minutes=request.minutes)
    same = [row for row in talks if problem.request[row.request].organisation == host.id]
    if any(row.start.date() == day for row in same) or len(same) >= host.max_talks:
        return False
    if sum(week(row) == week(new) for row in same) >= host.max_per_week:
        return False
    for row in talks:
        other = problem.request[row.request]
        until = row.start + timedelta(minutes=other.minutes)
        overlap = row.start < end and new.start < until
        if overlap and request.venue is not None and request.venue == other.venue:
            return False
        if set(row.people) & set(new.people):
            if overlap:
                return False
            spans = (
                ((row.start, until), place(problem, row)),
                ((new.start, end), place(problem, new)),
            )
            if row.start.date() == day and not apart(problem, *spans):
                return False
    return all(has_room(problem.person[name], talks, new) for name in new.people)


def has_room(person: Person, talks: list[Assignment], new: Assignment) -> bool:
    mine = [row for row in talks if person.id in row.people]
    day, month = new.start.date(), (new.start.year, new.start.month)
    return (
        sum(row.start.date() == day for row in mine) < person.max_per_day
        and sum(week(row) == week(new) for row in mine) < person.max_per_week
        and sum((row.start.year, row.start.month) == month for row in mine) < person.max_per_month
        and len(mine) < person.max_talks
    )


def week(talk: Assignment) -> tuple[int, int]:
    return talk.start.isocalendar()[:2]


def place(problem: Problem, talk: Assignment) -> str | None:
    return problem.request[talk.request].district if talk.mode is Mode.ONSITE else None


def total(problem: Problem, talks: list[Assignment]) -> int:
    points = score_of(Plan(problem, talks))
    return sum(getattr(points, item.name) for item in fields(points))


def undominated(rows: list[tuple[int, Assignment]]) -> list[tuple[int, Assignment]]:
    """Talks with their gains, best first, less those that others beat with fewer of the people."""
    kept: dict[tuple[datetime, Mode], list[tuple[int, Assignment]]] = {}
    for gain, talk in sorted(rows, key=lambda pair: (-pair[0], len(pair[1].people))):
        beside = kept.setdefault((talk.start, talk.mode), [])
        if not any({*row.people} <= {*talk.people} for _, row in beside):
            beside.append((gain, talk))
    return sorted((pair for group in kept.values() for pair in group), key=lambda pair: -pair[0])


class Trial:
    """Depth-first over the requests; a branch ends when even its best talks could not catch up."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.talks = list(problem.fixed)
        self.base = self.best = total(problem, self.talks)
        self.plan = list(self.talks)
        fixed = {row.request for row in problem.fixed}
        rows = [candidates(problem, row) for row in problem.requests if row.id not in fixed]
        self.options = [undominated([(self.alone(talk), talk) for talk in row]) for row in rows]

    def alone(self, talk: Assignment) -> int:
        """What a talk adds to the fixed ones; beside others it can only be less."""
        return total(self.problem, [*self.problem.fixed, talk]) - self.base

    def steps_down(self, host: str) -> int:
        """What one more talk of a host earns less of fairness than beside the fixed ones alone."""
        weights = self.problem.weights
        steps = [weights.fair_first, weights.fair_second, weights.fair_third]
        served = [self.problem.request[row.request].organisation == host for row in self.talks]
        first = self.problem.organisation[host].past_talks + sum(served[: len(self.problem.fixed)])
        now = first + sum(served[len(self.problem.fixed) :])
        return sum(steps[first : first + 1]) - sum(steps[now : now + 1])

    def less(self, talk: Assignment) -> int:
        """What a talk adds less than alone because of the others: fairness and load."""
        added = self.talks[len(self.problem.fixed) :]
        load = sum(name in row.people for name in talk.people for row in added)
        host = self.problem.request[talk.request].organisation
        return self.steps_down(host) + 2 * self.problem.weights.balance * load

    def rest(self, level: int) -> int:
        """At most so much is to be had from the requests from this one on."""
        total = 0
        for row in self.options[level:]:
            if row:
                gain, talk = row[0]
                less = self.steps_down(self.problem.request[talk.request].organisation)
                total += max(0, gain - less)
        return total

    def run(self) -> None:
        self.descend(0, self.base)

    def descend(self, level: int, points: int) -> None:
        if points > self.best:
            self.best, self.plan = points, list(self.talks)
        if level == len(self.options) or points + self.rest(level) <= self.best:
            return
        rest = self.rest(level + 1)
        for gain, talk in self.options[level]:
            if gain < 0 or points + gain + rest <= self.best:
                break
            if fit_together(self.problem, self.talks, talk):
                less = self.less(talk)
                self.talks.append(talk)
                self.descend(level + 1, points + gain - less)
                self.talks.pop()
        self.descend(level + 1, points)


def optimum(problem: Problem) -> int:
    """The total of a best plan, whose rules the judge finds kept."""
    trial = Trial(problem)
    trial.run()
    verdict = judge(problem, trial.plan)
    assert (verdict.violations, verdict.score.total) == ((), trial.best)
    return trial.best
