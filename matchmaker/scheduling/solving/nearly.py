"""The relaxation in steps, as near as it pays, while the plan is mended beside it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
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
MOST_ROUNDS = 100
NEAR = 60 * SCALE  # what columns may fall short to stay after the first round
CLOSE = 5 * SCALE  # what they may fall short of their request's share to be added later
NEXT_EACH = 6  # columns that each request may add in a round
PRICED = 2  # rounds until prices are good enough to look at teams and to mend the plan
SHRINKING = 1.05  # rounds go on while bound and plan come closer by such a factor
PATIENCE = 2  # and for so many more
TINY = 50_000  # they end when only a part in so many is open
SIZES = (100, 150, 250, 400)  # requests placed anew together in one sweep after the other
PART = 10  # they are at most one of so many
FEW = 400  # neighbourhoods mended in one go


def relax_nearly(state: State, market: Market, program: Program, *, most: int) -> Program:
    """So many rounds at most, while the plan is mended beside it.

    Returns the columns that are good at the last prices.
    """
    point: Point | None = None
    mending: Mending | None = None
    idle, gap = 0, state.slack
    for rounds in range(most):
        relaxed, point = _beside(mending, state, program, point)
        rounded(state, program, relaxed)
        prices = program.rows.prices(relaxed.duals, state.case.tables.days)
        least = above(relaxed.request_duals - CLOSE) if rounds else within(NEAR)
        offers = market.offers(prices, least, most=NEXT_EACH, teams=rounds >= PRICED)
        if offers is None:
            break
        note(state, program, offers, prices)
        ground = Ground.of(program, relaxed.duals, state.requests)
        if rounds:
            sweeps = mending.sweeps if mending else 0
            mending = Mending(state, ground, state.bound, int(relaxed.total), sweeps)
        idle = idle + 1 if SHRINKING * state.slack > gap else 0
        gap = min(gap, state.slack)
        if state.closed or gap <= state.bound // TINY or idle > PATIENCE:
            break
        last = rounds in {0, most - 1}
        kept = good(state, ground, relaxed) if last else program.columns
        pool = kept.join(offers.columns)
        program = Program(pool, build_rows(state.case, pool))
    if most == MOST_ROUNDS and mending:
        mending.finish()
    return program


def _beside(
    mending: Mending | None, state: State, program: Program, point: Point | None
) -> tuple[Relaxed, Point]:
    """The next relaxation, with a sweep over the plan at the same time, or before it."""

    def further() -> tuple[Relaxed, Point]:
        steps = STEPS[min(1, point is not None)]
        return approach(state.clock, program, state.requests, point, steps)

    if mending is None or state.threads == 1:
        if mending is not None:
            mending.sweep(1)
        return further()
    with ThreadPoolExecutor(1) as other:
        mended = other.submit(mending.sweep, state.threads - 1)
        found = further()
    mended.result()
    return found


@dataclass
class Mending:
    """Improves the plan at given prices, sweep after sweep, with ever larger neighbourhoods."""

    state: State
    ground: Ground
    enough: int
    hope: int
    sweeps: int

    def sweep(self, threads: int) -> bool:
        """Look at every loss once; whether that helped."""
        state, program = self.state, self.ground.program
        before = state.plan.points
        taken = program.columns.among(state.plan.columns)
        effort = Effort(
            size=max(1, min(SIZES[min(self.sweeps, len(SIZES) - 1)], state.requests // PART)),
            enough=self.enough,
            hope=self.hope,
            most=FEW,
            threads=threads,
            seed=state.seed,
        )
        self.sweeps += 1
        mend(state.clock, self.ground, taken, effort, lambda better: take(state, program, better))
        return state.plan.points > before

    def finish(self) -> None:
        """Sweep with all threads until that helps no more."""
        state = self.state
        while not state.clock.over and not state.closed:
            if not self.sweep(state.threads) and self.sweeps > len(SIZES):
                break
