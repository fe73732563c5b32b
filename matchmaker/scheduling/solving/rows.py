"""Rows: what columns have to share - days, weeks, months, totals, hours of people and venues.

The rows are built for the columns at hand, but each is stated for every possible talk: that makes
prices on them a proof about all plans.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints, expand, join, offsets
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.hours import TalkRows, moment_rows, talk_rows
from matchmaker.scheduling.solving.load import Room
from matchmaker.scheduling.solving.points import fair_stage, fair_steps
from matchmaker.scheduling.solving.prices import SCALE, MomentPrices, Prices, TalkPrices
from matchmaker.scheduling.solving.tables import Days

FAMILY = 1 << 58  # keeps the names of rows of different kinds apart


@dataclass(frozen=True, slots=True)
class CalendarRows:
    """Row numbers of one kind of owner by day, week, month and in all (-1: no row)."""

    day: Ints
    week: Ints
    month: Ints
    in_all: Ints

    def prices(self, duals: Ints, days: Days) -> Ints:
        """The price of a talk by owner and day."""
        price = np.append(duals, 0)
        table = price[self.day] + price[self.week][:, days.week]
        table += price[self.month][:, days.month] + price[self.in_all][:, None]
        return np.asarray(table, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Rows:
    """At most `limit[row]` of a row's columns, plus as many as its steps admit at their cost.

    Column c is in the rows `row[begins[c]:begins[c + 1]]`. Step s widens row `step_row[s]` by up
    to `step_size[s]` for `step_cost[s]` points each; these rows rise, and a row's costs do. `name`
    is the same whenever rows for other columns of the same case are built.
    """

    name: Ints

    limit: Ints
    begins: Ints
    row: Ints
    step_row: Ints
    step_size: Ints
    step_cost: Ints
    people: CalendarRows
    hosts: CalendarRows
    person_moments: TalkRows
    person_talks: TalkRows
    venue_moments: TalkRows

    def used(self, taken: Ints) -> Ints:
        """How many of the given columns each row holds."""
        row, _ = self.entries(taken)
        return np.bincount(row, minlength=len(self.limit))

    def entries(self, columns: Ints) -> tuple[Ints, Ints]:
        """(row, number among the given columns) of each of their entries."""
        owner, spot = join(columns, self.begins)
        return self.row[spot], owner

    def taken_steps(self, row: Ints, used: Ints) -> tuple[Ints, Ints, Ints]:
        """(step, its place among the rows, how much of it is taken) where these rows hold so many.

        Cheap steps go first.
        """
        first = np.searchsorted(self.step_row, row)
        count = np.searchsorted(self.step_row, row, side="right") - first
        owner, nth = expand(count)
        step = first[owner] + nth
        size = self.step_size[step]
        before = np.cumsum(size) - size
        before -= np.repeat(before[offsets(count)[:-1][count > 0]], count[count > 0])
        beyond = np.maximum(used - self.limit[row], 0)[owner]
        return step, owner, np.clip(beyond - before, 0, size)

    def cost(self, row: Ints, used: Ints) -> int:
        """What it costs that these rows hold so many."""
        step, _, taken = self.taken_steps(row, used)
        return int(taken @ self.step_cost[step])

    def points(self, columns: Columns, taken: Bools) -> int:
        """What a plan of these columns is worth."""
        row, _ = self.entries(np.flatnonzero(taken))
        held, used = np.unique(row, return_counts=True)
        return int(columns.value[taken].sum()) - self.cost(held, used)

    def prices(self, duals: Ints, days: Days) -> Prices:
        """Prices from one non-negative dual a row, in parts of a point (`SCALE`)."""
        steps = np.maximum(duals[self.step_row] - SCALE * self.step_cost, 0)
        return Prices(
            fixed=int((duals * self.limit).sum() + (steps * self.step_size).sum()),
            person_day=self.people.prices(duals, days),
            host_day=self.hosts.prices(duals, days),
            person_moment=self._moments(self.person_moments, duals),
            person_talk=self._talks(self.person_talks, duals),
            venue_moment=self._moments(self.venue_moments, duals),
        )

    @staticmethod
    def _moments(rows: TalkRows, duals: Ints) -> MomentPrices:
        return MomentPrices.of(rows.owner, rows.key, duals[rows.row])

    @staticmethod
    def _talks(rows: TalkRows, duals: Ints) -> TalkPrices:
        keys, spot = np.unique(rows.key, return_inverse=True)
        sums = np.zeros(len(keys), dtype=np.int64)
        np.add.at(sums, spot, duals[rows.row])
        return TalkPrices(keys, sums)


@dataclass(slots=True)
class _Builder:
    """Collects entries (row, column) family by family; rows that cannot bind are left out."""

    columns: Columns
    limits: list[Ints] = field(default_factory=list)
    names: list[Ints] = field(default_factory=list)
    rows: list[Ints] = field(default_factory=list)
    members: list[Ints] = field(default_factory=list)
    steps: list[tuple[int, int, int]] = field(default_factory=list)
    count: int = 0

    def requests_of(self, key: Ints, column: Ints, size: int) -> Ints:
        """How many different requests each key has."""
        stride = int(self.columns.request.max(initial=0)) + 1
        pairs = np.unique(key * stride + self.columns.request[column])
        return np.bincount(pairs // stride, minlength=size)

    def add(self, key: Ints, column: Ints, limit: Ints, name: Ints | None = None) -> Ints:
        """Rows by key, at most `limit[key]` each; returns the row number by key (-1: none).

        Rows of one call are told from those of others by the order of the calls and by `name`.
        """
        several = self.requests_of(key, column, len(limit))
        binds = (several > 0) & (several > limit)
        number = np.full(len(limit), -1, dtype=np.int64)
        number[binds] = self.count + np.arange(int(binds.sum()))
        row = number[key]
        inside = row >= 0
        self.rows.append(row[inside])
        self.members.append(column[inside])
        self.limits.append(limit[binds])
        names = (np.flatnonzero(binds) if name is None else name[binds]) + 1
        self.names.append(FAMILY * len(self.names) + names)
        self.count += int(binds.sum())
        return number

    def add_graded(self, key: Ints, column: Ints, limit: Ints, costs: list[Ints]) -> Ints:
        """Rows of which the first member is free and further ones cost more and more.

        `costs[owner]` lists the cost of the second, third, ... member; the last one stands for all
        that follow. Owners without any cost get a plain row.
        """
        costly = np.array([len(row) > 0 and row[-1] > 0 for row in costs], dtype=np.bool_)
        graded = costly[key]
        number = self.add(key[~graded], column[~graded], limit)
        several = self.requests_of(key, column, len(limit))
        steep = self.add(key[graded], column[graded], np.minimum(limit, 1))
        for owner in np.flatnonzero(steep >= 0).tolist():
            left = int(limit[owner]) - 1
            row = costs[owner][: max(1, int(several[owner]) - 1)].tolist()
            for nth, cost in enumerate(row):
                size = left if nth == len(row) - 1 else min(left, 1)
                if size > 0:
                    self.steps.append((int(steep[owner]), size, cost))
                    left -= size
        return np.maximum(number, steep)

    def add_hours(self, found: tuple[TalkRows, Ints, Ints]) -> TalkRows:
        """Rows of talks that exclude each other; `found` holds entries (row, column) as well."""
        rows, key, column = found
        one = np.ones(int(rows.row.max(initial=-1)) + 1, dtype=np.int64)
        name = np.zeros(len(one), dtype=np.int64)
        name[rows.row] = (rows.owner << 34) + rows.key % (1 << 34)
        number = self.add(key, column, one, name)
        kept = number[rows.row] >= 0
        return TalkRows(rows.owner[kept], rows.key[kept], number[rows.row[kept]])


def build_rows(case: Case, columns: Columns) -> Rows:
    builder = _Builder(columns)
    tables, load = case.tables, case.load
    every = np.arange(len(columns))
    host = tables.requests.organisation[columns.request]
    hosts = _calendar(
        builder, tables.days, load.hosts, owner=host, column=every, costs=_host_costs(case)
    )
    column, person = columns.seats()
    people = _calendar(
        builder,
        tables.days,
        load.people,
        owner=person,
        column=column,
        costs=_person_costs(case, columns),
    )
    moments = builder.add_hours(moment_rows(case, columns))
    talks = builder.add_hours(talk_rows(case, columns))
    venues = builder.add_hours(moment_rows(case, columns, venues=True))
    row, member = np.concatenate(builder.rows), np.concatenate(builder.members)
    order = np.argsort(member, kind="stable")
    step_row, step_size, step_cost = np.array(builder.steps, dtype=np.int64).reshape(-1, 3).T
    return Rows(
        np.concatenate(builder.names),
        np.concatenate(builder.limits),
        offsets(np.bincount(member, minlength=len(columns))),
        row[order],
        step_row,
        step_size,
        step_cost,
        people=people,
        hosts=hosts,
        person_moments=moments,
        person_talks=talks,
        venue_moments=venues,
    )


def _host_costs(case: Case) -> list[Ints]:
    """What organisations lose in fairness by their second, third, ... further talk."""
    steps = fair_steps(case.tables)
    by_stage = [steps[first] - steps[first + 1 :] for first in range(len(steps))]
    return [by_stage[stage] for stage in fair_stage(case.tables, case.load).tolist()]


def _person_costs(case: Case, columns: Columns) -> list[Ints]:
    """What the second, third, ... further talk of each person costs beyond the first.

    Nobody can have more talks than there are requests among the columns.
    """
    step = 2 * case.tables.problem.weights.balance
    requests = int(np.count_nonzero(np.bincount(columns.request)))
    most = np.clip(case.load.people.in_all, 2, max(requests, 2)).tolist()
    costs = {number: step * np.arange(1, number) for number in {*most}}
    return [costs[number] for number in most]


def _calendar(
    builder: _Builder,
    days: Days,
    room: Room,
    *,
    owner: Ints,
    column: Ints,
    costs: list[Ints],
) -> CalendarRows:
    """Rows for day, week and month, unless a longer period is at least as tight, and in all."""
    day = builder.columns.day[column]
    total = room.in_all[:, None]
    month_of_week, alone = _weeks_in_one_month(days)
    endless = np.iinfo(np.int64).max
    above_week = np.minimum(np.where(alone, room.month[:, month_of_week], endless), total)
    above_day = np.minimum(np.minimum(room.week[:, days.week], room.month[:, days.month]), total)
    numbers = []
    for limit, above, spot in (
        (room.day, above_day, day),
        (room.week, above_week, days.week[day]),
        (room.month, total, days.month[day]),
    ):
        key = owner * limit.shape[1] + spot
        stays = (limit < above).ravel()[key]
        number = builder.add(key[stays], column[stays], limit.ravel())
        numbers.append(number.reshape(limit.shape))
    in_all = builder.add_graded(owner, column, room.in_all, costs)
    by_day, by_week, by_month = numbers
    return CalendarRows(by_day, by_week, by_month, in_all)


def _weeks_in_one_month(days: Days) -> tuple[Ints, Ints]:
    """For each week of the horizon its first month and whether it has no other."""
    starts = np.flatnonzero(np.diff(days.week, prepend=-1))
    ends = np.append(starts[1:], days.count) - 1
    return days.month[starts], days.month[starts] == days.month[ends]
