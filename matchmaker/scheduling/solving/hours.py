"""Talks that exclude each other by the hour: of one person's day, or in one venue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints, join, offsets
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.tables import ONSITE, Tables
from matchmaker.scheduling.solving.wall import DAY


@dataclass(frozen=True, slots=True)
class TalkRows:
    """Which talks are in which row: by owner and moment (`key`), or by the talk's own key."""

    owner: Ints
    key: Ints
    row: Ints


@dataclass(frozen=True, slots=True)
class _Talks:
    """Talks of owners: a person's day (person * days + day) or a venue."""

    owner: Ints
    column: Ints
    begin: Ints
    end: Ints
    place: Ints

    def __len__(self) -> int:
        return len(self.owner)


def talk_place(tables: Tables, request: Ints, mode: Ints) -> Ints:
    """Where a talk is, as a row of the travel table."""
    return np.where(mode == ONSITE, tables.requests.district[request], tables.online)


def talk_key(tables: Tables, owner: Ints, begin: Ints, end: Ints, place: Ints) -> Ints:
    """A number that only talks of the same owner, hours and place share."""
    length = end - begin
    return ((owner * DAY + begin % DAY) * (DAY + 1) + length) * len(tables.travel) + place


def _person_talks(case: Case, columns: Columns) -> _Talks:
    """Talks of people on days on which they have room for several."""
    tables = case.tables
    column, person = columns.seats()
    several = case.load.people.day[person, columns.day[column]] > 1
    column, person = column[several], person[several]
    request, begin = columns.request[column], columns.start[column]
    return _Talks(
        person * tables.days.count + columns.day[column],
        column,
        begin,
        begin + tables.requests.minutes[request],
        talk_place(tables, request, columns.mode[column]),
    )


def _venue_talks(case: Case, columns: Columns) -> _Talks:
    tables = case.tables
    column = np.flatnonzero(case.shared_venue[columns.request])
    request, begin = columns.request[column], columns.start[column]
    end = begin + tables.requests.minutes[request]
    return _Talks(tables.requests.venue[request], column, begin, end, np.zeros_like(begin))


def moment_rows(
    case: Case, columns: Columns, *, venues: bool = False
) -> tuple[TalkRows, Ints, Ints]:
    """Rows of talks that cover one moment, with entries (row, column).

    A person's talk covers the shortest way after it as well. Only starts are looked at, and of
    two moments with the same talks only the later one.
    """
    talks = _venue_talks(case, columns) if venues else _person_talks(case, columns)
    end = talks.end if venues else talks.end + case.tables.shortest_way
    stride = int(end.max(initial=0)) + 2
    moments = np.unique(talks.owner * stride + talks.begin)
    first = np.searchsorted(moments, talks.owner * stride + talks.begin)
    after = np.searchsorted(moments, talks.owner * stride + end)
    talk, nth = _ranges(first, after)
    following = np.append(moments[1:], -1)
    same_owner = following // stride == moments // stride
    ends_before = talks.owner[talk] * stride + end[talk] <= following[nth]
    last = ~same_owner | (np.bincount(nth[ends_before], minlength=len(moments)) > 0)
    number = np.cumsum(last) - 1
    kept = last[nth]
    rows = TalkRows(moments[last] // stride, moments[last] % stride, np.arange(int(last.sum())))
    return rows, number[nth[kept]], talks.column[talk[kept]]


def _ranges(first: Ints, after: Ints) -> tuple[Ints, Ints]:
    """(row, number) for all numbers first..after of each row."""
    row = np.repeat(np.arange(len(first)), after - first)
    begins = offsets(after - first)[:-1]
    return row, np.arange(len(row)) - begins[row] + first[row]


def talk_rows(case: Case, columns: Columns) -> tuple[TalkRows, Ints, Ints]:
    """Rows for talks of a person that exclude each other only because the way is long."""
    tables, talks = case.tables, _person_talks(case, columns)
    keys = talk_key(tables, talks.owner, talks.begin, talks.end, talks.place)
    distinct, head, node = np.unique(keys, return_index=True, return_inverse=True)
    owner, place = talks.owner[head], talks.place[head]
    begin, end = talks.begin[head], talks.end[head]
    left, right = _far_pairs(tables, owner, begin, end, place)
    order = np.argsort(node, kind="stable")
    begins = offsets(np.bincount(node, minlength=len(distinct)))
    cliques: list[Ints] = []
    for day in np.unique(owner[left]).tolist():
        nodes = np.flatnonzero(owner == day)
        nodes = nodes[np.argsort(begin[nodes], kind="stable")]
        conflict = _conflicts(begin[nodes], end[nodes], place[nodes], tables.travel)
        spot = np.full(len(distinct), -1)
        spot[nodes] = np.arange(len(nodes))
        pairs = owner[left] == day
        missing = np.zeros_like(conflict)
        missing[spot[left[pairs]], spot[right[pairs]]] = True
        cliques += [nodes[clique] for clique in clique_cover(conflict, missing | missing.T)]
    if not cliques:
        nothing = np.zeros(0, dtype=np.int64)
        return TalkRows(nothing, nothing, nothing), nothing, nothing
    row = np.repeat(np.arange(len(cliques)), [len(clique) for clique in cliques])
    member = np.concatenate(cliques)
    entry, spot = join(member, begins)
    rows = TalkRows(owner[member], distinct[member], row)
    return rows, row[entry], talks.column[order[spot]]


def _far_pairs(
    tables: Tables, owner: Ints, begin: Ints, end: Ints, place: Ints
) -> tuple[Ints, Ints]:
    """Pairs (earlier, later) of an owner's talks that only a way longer than the shortest parts."""
    order = np.lexsort((begin, owner))
    longest = int(tables.travel.max())
    stride = int(end.max(initial=0)) + longest + 2
    key = (owner * stride + begin)[order]
    first = np.searchsorted(key, owner * stride + end + tables.shortest_way)
    after = np.searchsorted(key, owner * stride + end + longest)
    left, spot = _ranges(first, np.maximum(after, first))
    right = order[spot]
    close = end[left] + tables.travel[place[left], place[right]] > begin[right]
    return left[close], right[close]


def _conflicts(begin: Ints, end: Ints, place: Ints, travel: Ints) -> Bools:
    """Which talks of one person on one day exclude each other."""
    way = travel[place[:, None], place[None, :]]
    before = end[:, None] + way <= begin[None, :]
    exclude: Bools = ~(before | before.T)
    return exclude


def clique_cover(conflict: Bools, pairs: Bools) -> list[Ints]:
    """Cliques of `conflict` that together contain all of `pairs`, each as large as it gets.

    Both tables are symmetric. Nodes are tried in their order: sorted by time, cliques gather
    around moments.
    """
    left = np.triu(pairs, 1)
    cliques = []
    for first in range(len(conflict)):
        while left[first].any():
            members = [first]
            candidates = conflict[first].copy()
            candidates[first] = False
            for node in np.concatenate([np.flatnonzero(left[first]), np.arange(len(conflict))]):
                if candidates[node]:
                    members.append(int(node))
                    candidates &= conflict[node]
                    candidates[node] = False
            clique = np.sort(np.array(members))
            left[np.ix_(clique, clique)] = False
            cliques.append(clique)
    return cliques
