"""The kept plan after an event: without the talks that cannot stay, and by the changed rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matchmaker.scheduling.events import (
    Cancellation,
    Decline,
    Event,
    LateRequest,
    VenueLoss,
    away_of,
    changed_problem,
    lost_talks,
)
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.solving.arrays import Ints
from matchmaker.scheduling.solving.block import Surroundings
from matchmaker.scheduling.solving.kept.facts import Facts
from matchmaker.scheduling.solving.kept.kept import Kept
from matchmaker.scheduling.solving.repair.standing import standing
from matchmaker.scheduling.solving.wall import DAY, minute


@dataclass(frozen=True, slots=True)
class Missing:
    """A person (row) who is not there on the days `first` up to but not including `last`.

    Of the hours (minutes of the day, begin and end) that somebody keeps for other talks only the
    first are looked at: what is found is allowed, though not all that is allowed.
    """

    person: int
    first: int
    last: int
    but: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Scene:
    """`before` is the plan as it was, `after` the same without the `lost` talks.

    `wanting` are the rows of requests that are to get a place: those of lost talks, or a late one.
    """

    event: Event
    before: Kept
    after: Kept
    lost: tuple[Assignment, ...]
    wanting: tuple[int, ...]
    missing: Missing | None

    @classmethod
    def of(cls, kept: Kept, event: Event) -> Scene:
        """ValueError for a late request that has its talk, KeyError for unknown ids."""
        lost = tuple(lost_talks(kept.problem, kept.talks.values(), event))
        rows = [kept.row(talk.request) for talk in lost]
        missing = _missing(kept, event)
        facts = _facts(kept, event, lost, missing)
        after = replace(kept.without(*rows), facts=facts)
        return cls(event, kept, after, lost, tuple(_wanting(kept, event, rows)), missing)

    def problem(self) -> Problem:
        """The problem that the options answer."""
        return changed_problem(self.before.problem, self.before.talks.values(), self.event)

    def around(self, kept: Kept | None, chosen: Ints) -> Surroundings:
        """What columns of the chosen requests are listed from, beside a plan (None: no plan)."""
        around = self.before.facts.around
        case = self.after.facts.case if kept is None else standing(kept, chosen)
        hours, away = around.hours, self.missing
        if kept is None and away is None:
            return replace(around, case=case)
        free = hours.free.copy()
        table = free.reshape(len(hours.lengths), hours.people, hours.days, -1)
        if kept is not None:
            table[:, ~case.person_open] = 0
        if away is not None:
            table[:, away.person, away.first : away.last] = 0
            if away.but is not None and away.first < away.last:
                table[:, away.person, away.first] = hours.starts_within(*away.but)
        busy = np.zeros(hours.people * hours.days, dtype=np.bool_)
        busy[case.load.busy.key] = True
        hours = replace(hours, free=free, busy_days=busy.reshape(hours.busy_days.shape))
        return replace(around, case=case, hours=hours)


def _wanting(kept: Kept, event: Event, lost: Sequence[int]) -> Sequence[int]:
    match event:
        case Cancellation():
            return ()
        case LateRequest(request):
            if kept.row(request) in kept.talks:
                raise ValueError(f"{request} has its talk in the plan")
            return (kept.row(request),)
    return lost


def _missing(kept: Kept, event: Event) -> Missing | None:
    away = away_of(kept.problem, kept.talks.values(), event)
    if away is None:
        return None
    horizon = kept.tables.days
    first, last = (
        min(max(day.toordinal() + late - horizon.first, 0), horizon.count)
        for late, day in enumerate(away.days)
    )
    hours = [(minute(begin) % DAY, minute(end) - minute(begin)) for begin, end in away.but[:1]]
    but = next(((begin, begin + length) for begin, length in hours), None)
    return Missing(kept.tables.person_row[away.person], first, last, but)


def _facts(kept: Kept, event: Event, lost: Sequence[Assignment], missing: Missing | None) -> Facts:
    """Only what the event changes is made anew; withdrawn requests keep their row."""
    facts = replace(kept.facts, fixed=kept.facts.fixed - {talk.request for talk in lost})
    if missing is not None:
        begin, end, several = facts.begin.copy(), facts.end.copy(), facts.several.copy()
        days = slice(missing.first, missing.last)
        begin[missing.person, days], end[missing.person, days] = missing.but or (0, 0)
        several[missing.person, days] = False
        facts = replace(facts, begin=begin, end=end, several=several)
    match event:
        case Decline(person, request):
            count = len(kept.tables.people.ids)
            key = kept.row(request) * count + kept.tables.person_row[person]
            excluded = np.union1d(facts.case.excluded, [key])
            return replace(facts, case=replace(facts.case, excluded=excluded))
        case VenueLoss():
            problem = changed_problem(kept.problem, kept.talks.values(), event)
            tables = replace(kept.tables, problem=problem)
            unpublished = replace(problem, published=())
            case = replace(facts.case, tables=tables)
            return replace(facts, case=case, unpublished=unpublished, remembered={})
    return facts
