"""The relaxation of programs of any size: shares and prices that approach each other.

Shares go where they earn more than they pay, prices rise where more is taken than there is room:
the primal-dual hybrid gradient method, reflected and drawn to where it started (Halpern), which
starts anew whenever it has come far enough. See Lu and Yang, "Restarted Halpern PDHG for Linear
Programming" (2024). A step is two passes over the entries, so that a few hundred of them take
less time than simplex takes to begin.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import Floats, Ints, offsets
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.linear import Names, Program, Relaxed, carried
from matchmaker.scheduling.solving.prices import SCALE
from matchmaker.scheduling.solving.sums import Hands, Reals, Sums, by_width

LENGTH = 0.998  # of a step, where 1 would just not be too long
LOOK = 20  # steps between looks at how far it has come
FAR = 0.2  # of the first move: if a move is as small, all starts anew
SLOWING = 0.8  # the same, if moves begin to grow again
LONG = 0.36  # of all steps: so many from one start are enough
LIGHTEST = 1 / 1024  # how far the weight may fall below the first one


@dataclass(frozen=True, slots=True)
class Point:
    """Where the method stopped: shares of columns, steps and prices of rows, by their names.

    The larger `weight`, the longer the steps of prices, and the shorter those of shares.
    """

    names: Names
    values: tuple[Floats, Floats, Floats]
    weight: float


def approach(
    clock: Clock,
    program: Program,
    requests: int,
    start: Point | None,
    steps: int,
    *,
    threads: int = 1,
) -> tuple[Relaxed, Point]:
    """The relaxation after so many steps from `start`; fewer if time is up.

    The result is the same for any number of threads.
    """
    with ThreadPoolExecutor(max(1, threads - 1)) as helpers:
        matrix = Matrix.of(program, Hands(threads, helpers))
        size, room = np.linalg.norm(matrix.gain), np.linalg.norm(matrix.limit)
        heaviest = float(size) / max(1.0, float(room))
        weight = heaviest if start is None else start.weight
        walk = Walk(matrix, matrix.point(program, start), weight, heaviest)
        walk.go(clock, steps)
    shares, taken, duals = matrix.values(walk.point)
    rows = program.rows
    prices = np.rint(SCALE * duals).astype(np.int64)
    of_requests = np.zeros(requests, dtype=np.int64)
    of_requests[program.present] = prices[len(rows.limit) :]
    total = float(program.columns.value @ shares - rows.step_cost @ taken)
    relaxed = Relaxed(total, shares, prices[: len(rows.limit)], of_requests)
    return relaxed, Point(program.names, (shares, taken, duals), walk.weight)


@dataclass(frozen=True, slots=True)
class Matrix:
    """A program in an order that is quick to add up; one column and one row more are always 0.

    A point has the columns, the steps and the rows one after the other. `reach` says how long a
    step of each of them may be, `gain` what columns and steps earn and `most` how much of them can
    be taken, `limit` the room of rows and `stepped` the row of each step.
    """

    columns: Ints
    rows: Ints
    by_column: Sums
    by_row: Sums
    stepped: Ints
    gain: Reals
    most: Reals
    limit: Reals
    reach: Reals

    @classmethod
    def of(cls, program: Program, hands: Hands) -> Matrix:
        shared, count = program.rows, len(program.columns)
        row, sizes = _entries(program)
        limit = np.concatenate([shared.limit, np.ones(len(program.present), dtype=np.int64), [0]])
        row_sizes = np.bincount(row, minlength=len(limit))
        columns, width = by_width(sizes)
        rows, row_width = by_width(row_sizes)
        numbers, row_numbers = _inverse(columns), _inverse(rows)
        column, row = np.repeat(numbers, sizes), row_numbers[row]
        of_columns = row[np.argsort(column, kind="stable")]
        of_rows = column[np.argsort(row, kind="stable")]
        most = row_sizes + np.bincount(shared.step_row, minlength=len(limit))
        return cls(
            columns,
            rows,
            Sums.of((offsets(sizes[columns]), of_columns), width, row_numbers[-1], hands),
            Sums.of((offsets(row_sizes[rows]), of_rows), row_width, numbers[-1], hands),
            row_numbers[shared.step_row],
            _reals(np.append(program.columns.value, -1)[columns], -shared.step_cost),
            _reals(np.ones(count + 1), shared.step_size),
            _reals(limit[rows]),
            _reals(
                1 / np.maximum(sizes[columns], 1),
                np.ones(len(shared.step_row)),
                1 / np.maximum(most[rows], 1),
            ),
        )

    def point(self, program: Program, start: Point | None) -> Reals:
        """Where to start: at nothing, or with all that is known; what is new is at nothing."""
        if start is None:
            return np.zeros(len(self.gain) + len(self.limit), dtype=np.float32)
        known = zip(program.names, start.names, start.values, strict=True)
        shares, steps, duals = (carried(new, old, values, 0) for new, old, values in known)
        return _reals(np.append(shares, 0)[self.columns], steps, np.append(duals, 0)[self.rows])

    def values(self, point: Reals) -> tuple[Floats, Floats, Floats]:
        """Shares of columns, steps and duals of rows in the program's order."""
        first, second = len(self.columns), len(self.gain)
        shares, duals = np.empty(first), np.empty(len(self.rows))
        shares[self.columns] = point[:first]
        duals[self.rows] = point[second:]
        return shares[:-1], point[first:second].astype(np.float64), duals[:-1]

    def moved(self, point: Reals, weight: float) -> Reals:
        """One step of shares and prices from a point."""
        first, second = len(self.columns), len(self.gain)
        now, prices = point[:second], point[second:]
        result = np.empty_like(point)
        shares, after = result[:second], result[second:]
        self.by_column.add(prices, shares[:first])
        np.negative(prices[self.stepped], out=shares[first:])
        np.subtract(self.gain, shares, out=shares)
        shares *= np.float32(LENGTH / weight) * self.reach[:second]
        shares += now
        np.maximum(shares, 0, out=shares)
        np.minimum(shares, self.most, out=shares)
        ahead = 2 * shares - now
        self.by_row.add(ahead[:first], after)
        np.subtract.at(after, self.stepped, ahead[first:])
        after -= self.limit
        after *= np.float32(LENGTH * weight) * self.reach[second:]
        after += prices
        np.maximum(after, 0, out=after)
        return result

    def lengths(self, move: Reals) -> tuple[float, float]:
        """How far shares and prices go by a move, measured by what a step can reach."""
        second = len(self.gain)
        square = move * move / self.reach
        return float(np.sqrt(square[:second].sum())), float(np.sqrt(square[second:].sum()))


@dataclass(slots=True)
class Walk:
    """Goes from `point` to better ones. `heaviest` is the largest weight that makes sense."""

    matrix: Matrix
    point: Reals
    weight: float
    heaviest: float

    def go(self, clock: Clock, steps: int) -> None:
        """So many steps; the last point is where a step led to, not drawn to anywhere."""
        done = 0
        while done < steps and not clock.over:
            done += self._stretch(clock, done, steps)

    def _stretch(self, clock: Clock, done: int, steps: int) -> int:
        """From one start to the next; how many steps that were."""
        start, here = self.point, self.point.copy()
        count, first, before = 0, np.inf, np.inf
        while True:
            moved = self.matrix.moved(here, self.weight)
            count += 1
            if count % LOOK == 1:
                move = self._size(moved - here)
                first = move if count == 1 else first
                far = move <= FAR * first or before < move <= SLOWING * first
                before = move
                over = done + count >= steps or clock.over
                if count > 1 and (far or over or count >= LONG * (done + count)):
                    break
            moved *= 2
            moved -= here
            here = moved
            here *= np.float32(count / (count + 1))
            here += start * np.float32(1 / (count + 1))
        self.point = moved
        self._balance(moved - start)
        return count

    def _size(self, move: Reals) -> float:
        shares, prices = self.matrix.lengths(move)
        return float(np.hypot(shares * self.weight**0.5, prices / self.weight**0.5))

    def _balance(self, move: Reals) -> None:
        """Weigh so that shares and prices would have gone equally far."""
        shares, prices = self.matrix.lengths(move)
        if min(shares, prices) > 1e-6:
            weight = float(np.sqrt(self.weight * prices / shares))
            self.weight = min(max(weight, LIGHTEST * self.heaviest), self.heaviest)


def _entries(program: Program) -> tuple[Ints, Ints]:
    """The rows of all columns, one after the other, with each one's request last, and how many.

    The last column has none.
    """
    shared = program.rows
    sizes = np.append(np.diff(shared.begins) + 1, 0)
    begins = offsets(sizes)
    row = np.empty(begins[-1], dtype=np.int64)
    own = np.zeros(len(row), dtype=np.bool_)
    own[begins[1:-1] - 1] = True
    row[own] = len(shared.limit) + np.searchsorted(program.present, program.columns.request)
    row[~own] = shared.row
    return row, sizes


def _inverse(order: Ints) -> Ints:
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place


def _reals(*parts: Floats | Ints) -> Reals:
    return np.concatenate(parts).astype(np.float32)
