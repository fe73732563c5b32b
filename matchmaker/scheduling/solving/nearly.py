"""The relaxation in steps, as near as it pays, while the plan is mended beside it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from matchmaker.scheduling.solving.ground import Ground
from matchmaker.scheduling.solving.linear import Program, Relaxed
from matchmaker.scheduling.solving.market import Market
from matchmaker.scheduling.solving.mend import Effort, mend
from matchmaker.scheduling.solving.prices import SCALE
from matchmaker.scheduling.solving.pricing import above, within
from matchmaker.scheduling.solving.primal_dual import Point, approach
from matchmaker.scheduling.solving.rows import build_rows
from matchmaker.scheduling.solving.state import State
from matchmaker.scheduling.solving.steps import good, note, rounded, take

STEPS = (64, 200)  # of the first round, and of every other
TOGETHER = 20_000  # columns from which on all threads relax them, as long as none mends
MOST_ROUNDS = 100
NEAR = 60 * SCALE  # what columns may fall short to stay after the first round
CLOSE = 5 * SCALE  # what they may fall short of their request's share to be added later
NEXT_EACH = 6  # columns that each request may add in a round
PRICED = 2  # rounds until prices are good enough to look at teams
SHRINKING = 1.05  # rounds go on while bound and plan come closer by such a factor
PATIENCE = 2  # and for so many more
TINY = 50_000  # they end when only a part in so many is open
FAR = 45  # one mends once the plan lacks less than a part in so many of the bound
SLOW = 2  # all mend if a round lowers the bound by less than such a part of the gap
LITTLE = 6  # they end with a sweep that closes less than such a part of it
SIZES = (100, 150, 250, 400)  # requests placed anew together in one sweep after the other
PART = 10  # they are at most one of so many
FEW = 400  # neighbourhoods mended in one go


def relax_nearly(state: State, market: Market, program: Program, *, most: int) -> Program:
    """So many rounds at most, while the plan is mended beside it.

    Returns the columns that are good at the last prices.
    """
    point: Point | None = None
    mending: Mending | None = None
    progress = Progress(state.slack)
    for rounds in range(most):
        with _beside(mending, state.threads):
            relaxed, point = _relaxed(state, program, point, alone=mending is None)
            prices = program.rows.prices(relaxed.duals, state.case.tables.days)
            least = above(relaxed.request_duals - CLOSE) if rounds else within(NEAR)
            offers = market.offers(prices, least, most=NEXT_EACH, teams=rounds >= PRICED)
        rounded(state, program, relaxed)
        if offers is None:
            break
        bound = state.bound
        note(state, program, offers, prices)
        if rounds >= PRICED:
            slow = SLOW * (bound - state.bound) < state.slack
            if slow or FAR * state.slack < state.bound:
                mending = Mending.at(state, program, relaxed, mending)
            if mending and slow:
                mending.go_on()
            if progress.over(state):
                break
        if state.closed:
            break
        last = rounds in {0, most - 1}
        kept = good(state, program, relaxed) if last else program.columns
        pool = kept.join(offers.columns)
        program = Program(pool, build_rows(state.case, pool))
    if most == MOST_ROUNDS and mending:
        mending.end()
    return program


def _relaxed(
    state: State, program: Program, point: Point | None, *, alone: bool
) -> tuple[Relaxed, Point]:
    steps = STEPS[min(1, point is not None)]
    threads = state.threads if alone and len(program.columns) > TOGETHER else 1
    return approach(state.clock, program, state.requests, point, steps, threads=threads)


@dataclass(slots=True)
class Progress:
    """Watches how bound and plan come closer."""

    gap: int
    idle: int = 0

    def over(self, state: State) -> bool:
        """Whether they are near enough, or have come hardly closer for too long."""
        self.idle = self.idle + 1 if SHRINKING * state.slack > self.gap else 0
        self.gap = min(self.gap, state.slack)
        return self.gap <= state.bound // TINY or self.idle > PATIENCE


@contextmanager
def _beside(mending: Mending | None, threads: int) -> Iterator[None]:
    """A sweep over the plan at the same time, or before where there is but one thread."""
    if mending is None or threads == 1:
        if mending is not None:
            mending.sweep(1)
        yield
        return
    with ThreadPoolExecutor(1) as other:
        mended = other.submit(mending.sweep, threads - 1)
        yield
        mended.result()


@dataclass
class Mending:
    """Improves the plan at given prices, sweep after sweep, with ever larger neighbourhoods."""

    state: State
    ground: Ground
    enough: int
    hope: int
    sweeps: int

    @classmethod
    def at(
        cls, state: State, program: Program, relaxed: Relaxed, before: Mending | None
    ) -> Mending:
        """At the prices of a relaxation, going on where an earlier one was."""
        ground = Ground.of(program, relaxed.duals, state.requests)
        sweeps = before.sweeps if before else 0
        return cls(state, ground, state.bound, int(relaxed.total), sweeps)

    def sweep(self, threads: int, *, patient: bool = False) -> None:
        """Look at every loss once; without patience only as long as that helps notably."""
        state, program = self.state, self.ground.program
        taken = program.columns.among(state.plan.columns)
        effort = Effort(
            size=max(1, min(SIZES[min(self.sweeps, len(SIZES) - 1)], state.requests // PART)),
            enough=self.enough,
            hope=self.hope,
            most=FEW,
            threads=threads,
            seed=state.seed,
            patient=patient,
        )
        self.sweeps += 1
        mend(state.clock, self.ground, taken, effort, lambda better: take(state, program, better))

    def go_on(self) -> None:
        """Sweep with all threads until that helps little."""
        state = self.state
        while not state.clock.over and not state.closed:
            lacking = state.slack
            self.sweep(state.threads)
            if LITTLE * (lacking - state.slack) < lacking:
                break

    def end(self) -> None:
        """Sweep with all threads, and with patience, until that does not help any more."""
        state = self.state
        while not state.clock.over and not state.closed:
            lacking = state.slack
            self.sweep(state.threads, patient=True)
            if state.slack == lacking and self.sweeps >= len(SIZES):
                break
