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
    changed_problem,
    lost_talks,
    missing_days,
)
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.solving.arrays import Ints
from matchmaker.scheduling.solving.block import Surroundings
from matchmaker.scheduling.solving.kept.facts import Facts, find_facts
from matchmaker.scheduling.solving.kept.kept import Kept
from matchmaker.scheduling.solving.repair.standing import standing


@dataclass(frozen=True, slots=True)
class Missing:
    """A person (row) who is not there on the days `first` up to but not including `after`."""

    person: int
    first: int
    after: int


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
        around = (self.after if _in_parts(self.event, self.before) else self.before).facts.around
        case = self.after.facts.case if kept is None else standing(kept, chosen)
        hours, away = around.hours, self.missing
        if kept is None and away is None:
            return replace(around, case=case)
        free = hours.free.copy()
        table = free.reshape(len(hours.lengths), hours.people, hours.days, -1)
        if kept is not None:
            table[:, ~case.person_open] = 0
        if away is not None:
            table[:, away.person, away.first : away.after] = 0
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
    days = missing_days(kept.problem, kept.talks.values(), event)
    if days is None or isinstance(event, Cancellation | VenueLoss | LateRequest):
        return None
    horizon = kept.tables.days
    first, after = (
        min(max(day.toordinal() + late - horizon.first, 0), horizon.count)
        for late, day in enumerate(days)
    )
    return Missing(kept.tables.person_row[event.person], first, after)


def _in_parts(event: Event, kept: Kept) -> bool:
    """Whether somebody whom no request can exclude stays for a part of the day only."""
    if not isinstance(event, Decline) or event.person not in kept.problem.interpreter:
        return False
    return missing_days(kept.problem, kept.talks.values(), event) is None


def _facts(kept: Kept, event: Event, lost: Sequence[Assignment], missing: Missing | None) -> Facts:
    """Only what the event changes is made anew; withdrawn requests keep their row."""
    facts = replace(kept.facts, fixed=kept.facts.fixed - {talk.request for talk in lost})
    if missing is not None:
        begin, end, several = facts.begin.copy(), facts.end.copy(), facts.several.copy()
        days = slice(missing.first, missing.after)
        begin[missing.person, days] = end[missing.person, days] = 0
        several[missing.person, days] = False
        return replace(facts, begin=begin, end=end, several=several)
    if _in_parts(event, kept):
        problem = changed_problem(kept.problem, kept.talks.values(), event)
        return replace(find_facts(problem), fixed=facts.fixed)
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
            return replace(facts, case=case, unpublished=unpublished)
    return facts
