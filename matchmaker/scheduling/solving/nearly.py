"""The relaxation in steps, as near as it pays, while the plan is mended beside it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.ground import Ground
from matchmaker.scheduling.solving.linear import Program, Relaxed
from matchmaker.scheduling.solving.market import Market, Offers
from matchmaker.scheduling.solving.mend import Effort, mend
from matchmaker.scheduling.solving.prices import SCALE, Prices
from matchmaker.scheduling.solving.pricing import above, within
from matchmaker.scheduling.solving.primal_dual import Point, approach
from matchmaker.scheduling.solving.rows import build_rows
from matchmaker.scheduling.solving.state import State
from matchmaker.scheduling.solving.steps import good, note, rounded, take

STEPS = (64, 200)  # of the first round, and of every other
TOGETHER = 20_000  # columns from which on all threads relax them, as long as none mends
MOST_ROUNDS = 100
FIRST_ROUNDS = 8  # where the whole comes after a part
ROUGH_ROUNDS = 4  # before simplex
NEAR = 60 * SCALE  # what columns may fall short to stay after the first round
CLOSE = 5 * SCALE  # what they may fall short of their request's share to be added later
NEXT_EACH = 6  # columns that each request may add in a round
PRICED = 2  # rounds of many requests until prices are good enough to look at teams
SHRINKING = 1.05  # rounds go on while bound and plan come closer by such a factor
PATIENCE = 2  # and for so many more
TINY = 50_000  # they end when only a part in so many is open
FAR = 45  # one mends once the plan lacks less than a part in so many of the bound
SLOW = 2  # all mend if a round lowers the bound by less than such a part of the gap
LITTLE = 6  # they end with a sweep that closes less than such a part of it
SIZES = (100, 150, 250, 400)  # requests placed anew together in one sweep after the other,
LAST_SIZES = (400, 800, 1_200)  # and in the end, when there is time for much at once
PART = 5  # they are at most one of so many
FEW = 400  # neighbourhoods mended in one go


def prepare(state: State, market: Market, program: Program) -> Program:
    """A few rough rounds, before simplex takes over.

    Returns the columns that are good at the last prices.
    """
    point: Point | None = None
    for rounds in range(ROUGH_ROUNDS):
        found = _look(state, market, program, point, teams=rounds > 0, threads=state.threads)
        point = found.point
        if not found.noted(state, program) or state.closed:
            break
        between = 0 < rounds < ROUGH_ROUNDS - 1
        kept = program.columns if between else good(state, program, found.relaxed)
        program = found.joined(state, kept)
    return program


def relax_nearly(state: State, market: Market, program: Program) -> Program:
    """Until bound and plan come no closer, while the plan is mended beside it.

    Returns the columns looked at last.
    """
    point: Point | None = None
    mending: Mending | None = None
    progress = Progress(state.slack)
    for rounds in range(MOST_ROUNDS if market.whole else FIRST_ROUNDS):
        teams, threads = rounds >= PRICED, 1 if mending else state.threads
        with _beside(mending, state.threads):
            found = _look(state, market, program, point, teams=teams, threads=threads)
        point, bound = found.point, state.bound
        if not found.noted(state, program):
            break
        if rounds >= PRICED:
            slow = SLOW * (bound - state.bound) < state.slack
            if slow or FAR * state.slack < state.bound:
                mending = Mending.at(state, program, found.relaxed, mending)
            if mending and slow:
                mending.go_on()
            if market.whole and progress.over(state):
                break
        if state.closed:
            break
        kept = program.columns if rounds else good(state, program, found.relaxed)
        program = found.joined(state, kept)
    if mending:
        mending.end()
    return program


@dataclass(frozen=True, slots=True)
class Round:
    """A relaxation, where it stopped, and what the market offers at its prices."""

    relaxed: Relaxed
    point: Point
    prices: Prices
    offers: Offers | None

    def noted(self, state: State, program: Program) -> bool:
        """Round it, and take the bound; False if time was up before all was valued."""
        rounded(state, program, self.relaxed)
        if self.offers is not None:
            note(state, program, self.offers, self.prices)
        return self.offers is not None

    def joined(self, state: State, kept: Columns) -> Program:
        """Of the columns that are kept and those offered."""
        pool = kept.join(self.offers.columns) if self.offers else kept
        return Program(pool, build_rows(state.case, pool))


def _look(
    state: State,
    market: Market,
    program: Program,
    point: Point | None,
    *,
    teams: bool,
    threads: int,
) -> Round:
    first = point is None
    relaxed, point = approach(
        state.clock,
        program,
        state.requests,
        point,
        STEPS[0 if first else 1],
        threads=threads if len(program.columns) > TOGETHER else 1,
    )
    prices = program.rows.prices(relaxed.duals, state.case.tables.days)
    if first:
        ask = within(NEAR, most=NEXT_EACH, teams=teams)
    else:
        ask = above(relaxed.request_duals - CLOSE, most=NEXT_EACH, teams=teams)
    offers = market.offers(prices, ask)
    return Round(relaxed, point, prices, offers)


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
        try:
            yield
            mended.result()
        except BaseException:
            mending.state.clock.stop.set()  # leaving waits for the sweep
            raise


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

    def sweep(self, threads: int) -> None:
        """Look at every loss once, as long as that helps notably, with a larger size each time."""
        size = SIZES[min(self.sweeps, len(SIZES) - 1)]
        self.sweeps += 1
        self._sweep(size, threads, patient=False)

    def _sweep(self, size: int, threads: int, *, patient: bool) -> None:
        state, program = self.state, self.ground.program
        taken = program.columns.among(state.plan.columns)
        effort = Effort(
            size=max(1, min(size, state.requests // PART)),
            enough=self.enough,
            hope=self.hope,
            most=FEW,
            threads=threads,
            seed=state.seed,
            patient=patient,
        )
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
        """Sweep with all threads, and with patience, until no size helps any more."""
        state = self.state
        for size in dict.fromkeys(min(size, state.requests // PART) for size in LAST_SIZES):
            lacking = 0
            while state.slack != lacking and not state.clock.over and not state.closed:
                lacking = state.slack
                self._sweep(size, state.threads, patient=True)
