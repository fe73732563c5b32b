"""The case of a kept plan: what its talks leave to others, from what is counted already."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matchmaker.scheduling.solving.arrays import NOTHING, Ints, Spans
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.kept.counts import Counts
from matchmaker.scheduling.solving.kept.kept import Kept
from matchmaker.scheduling.solving.load import Busy, Load, Room
from matchmaker.scheduling.solving.points import fair_stage, fair_steps, person_points
from matchmaker.scheduling.solving.wall import DAY


def standing(kept: Kept, chosen: Ints) -> Case:
    """As `make_case` for the talks of the plan; of venues only those of the chosen requests."""
    bare = kept.facts.case
    tables = bare.tables
    load = Load(
        talks=(),
        requests=kept.times.begin != NOTHING,
        people=_room(kept.people),
        hosts=_room(kept.hosts),
        busy=_busy(kept),
        venues=_venues(kept, chosen),
    )
    steps = fair_steps(tables)
    later = steps[fair_stage(tables, load)] - steps[fair_stage(tables, bare.load)]
    return replace(
        bare,
        load=load,
        host_open=load.hosts.open_days(tables.days),
        person_open=load.people.open_days(tables.days),
        single=load.people.day <= 1,
        request_points=bare.request_points + later[tables.requests.organisation],
        person_points=person_points(tables, load),
    )


def _room(counts: Counts) -> Room:
    limits = counts.limits
    return Room(
        day=limits.per_day[:, None] - counts.day,
        week=limits.per_week[:, None] - counts.week,
        month=limits.per_month[:, None] - counts.month,
        in_all=limits.in_all - counts.in_all,
        taken=counts.in_all.astype(np.int64),
    )


def _busy(kept: Kept) -> Busy:
    """Commitments and the plan's talks; of one that runs over midnight the next day, too."""
    tables, times = kept.tables, kept.times
    person, request = kept.seats.person, kept.seats.request
    begin, end, day = times.begin[request], times.end[request], times.day[request]
    late = np.flatnonzero(end > (begin // DAY + 1) * DAY) if kept.late else request[:0]
    who = np.concatenate([person, person[late]])
    when = np.concatenate([day, day[late] + 1])
    place = np.append(times.place[request], np.full(len(late), tables.anywhere))
    begin, end = np.concatenate([begin, begin[late]]), np.concatenate([end, end[late]])
    inside = (when >= 0) & (when < tables.days.count)
    key = (who * tables.days.count + when)[inside]
    bare = kept.facts.case.load.busy
    keys = np.concatenate([bare.key, key])
    order = np.argsort(keys, kind="stable")
    return Busy(
        keys[order],
        np.concatenate([bare.begin, begin[inside]])[order],
        np.concatenate([bare.end, end[inside]])[order],
        np.concatenate([bare.place, place[inside]])[order],
    )


def _venues(kept: Kept, chosen: Ints) -> Spans:
    venue, times = kept.tables.requests.venue, kept.times
    named = np.unique(venue[chosen])
    rows = np.flatnonzero(
        (times.begin != NOTHING) & (venue >= 0) & np.isin(venue, named[named >= 0])
    )
    spans = zip(
        venue[rows].tolist(), times.begin[rows].tolist(), times.end[rows].tolist(), strict=True
    )
    return Spans.of(list(spans), merge=True)
