"""The options of a request before any talk of others is looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints, member
from matchmaker.scheduling.solving.explain.options import Options
from matchmaker.scheduling.solving.explain.rows import runs
from matchmaker.scheduling.solving.explain.rules import RULES, Bits, flag, how_many
from matchmaker.scheduling.solving.kept.facts import Facts
from matchmaker.scheduling.solving.load import keeps_distance
from matchmaker.scheduling.solving.places import window_starts
from matchmaker.scheduling.solving.tables import ONLINE, ONSITE, Tables
from matchmaker.scheduling.solving.wall import DAY, minute

BOTH = (ONSITE, ONLINE)


def inside_windows(tables: Tables, request: int) -> Ints:
    """The starts inside the windows, ascending."""
    return window_starts(tables, np.array([request]))[1]


def on_days(tables: Tables, request: int, days: Ints) -> Ints:
    """All starts on the grid of these days of the horizon."""
    last = DAY - int(tables.requests.minutes[request])
    of_day = np.arange(0, last + 1, tables.problem.start_grid_minutes)
    midnights: Ints = (tables.days.first + days) * DAY
    return (midnights[:, None] + of_day).ravel()


def covering(facts: Facts, request: int, *, first: bool) -> Ints:
    """Speakers whom the request accepts: on its first subject, or on any that it names."""
    topics = facts.tables.requests.topics[request]
    asked = topics[:1] if first else topics[topics >= 0]
    level = facts.tables.people.level
    known = level[:, asked[0]] > 0 if first else (level[:, asked] > 0).any(axis=1)
    return accepted(facts, request, np.flatnonzero(known))


def accepted(facts: Facts, request: int, people: Ints) -> Ints:
    keys = request * len(facts.tables.people.ids) + people
    return people[~member(keys, facts.case.excluded)]


@dataclass(frozen=True, slots=True)
class _Starts:
    """Ascending starts: their `days` are distinct, `of_day` says which is whose."""

    begin: Ints
    end: Ints
    days: Ints
    of_day: Ints

    @classmethod
    def of(cls, tables: Tables, request: int, begin: Ints) -> _Starts:
        days, of_day = runs(begin // DAY - tables.days.first)
        return cls(begin, begin + tables.requests.minutes[request], days, of_day)

    def of_people(self, people: Ints) -> tuple[Ints, Ints]:
        """To look up tables of people by day: days * people."""
        return people[None, :], self.days[:, None]


def find_options(
    facts: Facts,
    request: int,
    begin: Ints,
    speakers: Ints,
    *,
    modes: tuple[int, ...] = BOTH,
    most: int = len(RULES),
) -> Options:
    """The options at these starts with these speakers, and with everybody who interprets.

    Whoever breaks more than `most` rules at any hour is left out. Bits: of spots closed_day,
    blocked, mode, lead_time (the moment has passed), host_load where no talk is allowed at all; of
    people mode, district, availability, lead_time, group, group_size, travel for commitments, and
    workload where they may take no talk at all.
    """
    tables, people = facts.tables, facts.tables.people
    wanted = tables.requests
    ranked = wanted.languages[request]
    ranked = ranked[ranked >= 0]
    foreign = ~wanted.german[request][: len(ranked)] & wanted.interpreting[request]
    helpers = people.speakers + np.flatnonzero(
        people.speaks[people.speakers :, ranked[foreign]].any(axis=1)
    )
    helpers = accepted(facts, request, helpers)
    everybody = np.concatenate([speakers, helpers])
    standing = _standing(facts, request, everybody)[list(modes)]
    likely: Bools = np.any(how_many(standing) <= most, axis=0)
    speakers, helpers = speakers[likely[: len(speakers)]], helpers[likely[len(speakers) :]]
    everybody, standing = everybody[likely], standing[:, likely]
    speaks = people.speaks[speakers[:, None], ranked]
    starts = _Starts.of(tables, request, begin)
    places = [(int(wanted.district[request]), tables.online)[mode] for mode in modes]
    bits = _people(facts, starts, everybody, standing, places)
    return Options(
        begin=np.repeat(begin, len(modes)),
        end=np.repeat(starts.end, len(modes)),
        day=np.repeat(starts.days[starts.of_day], len(modes)),
        mode=np.tile(modes, len(begin)),
        place=np.tile(places, len(begin)),
        spots=_spots(facts, request, starts, modes),
        speakers=speakers,
        helpers=helpers,
        speaker_bits=bits[:, : len(speakers)],
        helper_bits=bits[:, len(speakers) :],
        speaks=speaks,
        via=people.german[speakers, None] & ~speaks & foreign,
        has=people.speaks[helpers[:, None], ranked] & foreign,
        needed=int(wanted.interpreters[request]),
    )


def _spots(facts: Facts, request: int, starts: _Starts, modes: tuple[int, ...]) -> Bits:
    tables, case = facts.tables, facts.case
    host = np.full(len(starts.days), tables.requests.organisation[request])
    ordinal = starts.days + tables.days.first
    of_day = flag("closed_day", case.closed[starts.days])
    of_day |= flag("blocked", case.blocked.overlap(host, ordinal, ordinal + 1))
    of_day |= flag("host_load", facts.host_limits.none()[host])
    bits = of_day[starts.of_day] | flag("lead_time", starts.begin < minute(tables.problem.now))
    both: Bits = bits[:, None] | flag("mode", ~tables.requests.modes[request, modes])
    return both.ravel()


def _people(facts: Facts, starts: _Starts, people: Ints, standing: Bits, places: list[int]) -> Bits:
    """(Starts * modes) * people; `standing` is modes * people, `places` where each mode is held."""
    late = notice(facts, starts.days)[:, None] < facts.tables.people.lead_days[people]
    hours = flag("lead_time", late)[starts.of_day]
    hours |= flag("availability", ~_there(facts, starts, people))
    bits: Bits = hours[:, None, :] | standing
    if facts.committed[starts.of_people(people)].any():
        for number, place in enumerate(places):
            bits[:, number] |= flag("travel", _engaged(facts, starts, people, place))
    return bits.reshape(len(starts.begin) * len(places), len(people))


def _standing(facts: Facts, request: int, people: Ints) -> Bits:
    """Modes * people: what holds at any hour."""
    tables, table = facts.tables, facts.tables.people
    wanted = tables.requests
    bits = flag("mode", ~table.modes[people]).T.copy()
    bits |= flag("workload", facts.idle[people])
    bits[ONSITE] |= flag("district", ~table.reach[people, wanted.district[request]])
    if wanted.womens_group[request]:
        bits |= flag("group", ~table.womens_groups[people])
    speaking = np.flatnonzero(people < table.speakers)
    small = wanted.people[request] < table.min_people[people[speaking]]
    bits[:, speaking] |= flag("group_size", small)
    return bits


def _there(facts: Facts, starts: _Starts, people: Ints) -> Bools:
    """Starts * people: whether the whole talk lies in the person's times."""
    which, of_day = starts.of_people(people), starts.of_day
    begin = (starts.begin % DAY).astype(np.int16)[:, None]
    end = begin + (starts.end - starts.begin).astype(np.int16)[:, None]
    there: Bools = (facts.begin[which][of_day] <= begin) & (facts.end[which][of_day] >= end)
    several = facts.several[which]
    if several.any():
        start, who = np.nonzero(several[of_day] & ~there)
        available = facts.tables.people.available
        there[start, who] = available.contain(people[who], starts.begin[start], starts.end[start])
    return there


def _engaged(facts: Facts, starts: _Starts, people: Ints, place: int) -> Bools:
    """Starts * people: whether a commitment lies too near for a talk at that place."""
    engaged: Bools = facts.committed[starts.of_people(people)][starts.of_day]
    start, who = np.nonzero(engaged)
    engaged[start, who] = ~keeps_distance(
        facts.tables,
        facts.case.load.busy,
        people[who],
        begin=starts.begin[start],
        end=starts.end[start],
        place=np.full(len(who), place),
    )
    return engaged


def notice(facts: Facts, days: Ints) -> Ints:
    """Days from the day of `now` to days of the horizon."""
    return days + facts.tables.days.first - minute(facts.problem.now) // DAY
