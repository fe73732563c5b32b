"""The steps that every search takes: round a relaxation, keep what is good, note a bound."""

from __future__ import annotations

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools
from matchmaker.scheduling.solving.columns import Columns
from matchmaker.scheduling.solving.ground import Ground
from matchmaker.scheduling.solving.linear import Program, Relaxed
from matchmaker.scheduling.solving.market import Offers
from matchmaker.scheduling.solving.plan import Plan, pick
from matchmaker.scheduling.solving.prices import SCALE, Prices
from matchmaker.scheduling.solving.state import State

GOOD = 25 * SCALE  # what columns may fall short to stay
SHARE = 0.05  # of the relaxation that keeps a column in any case


def take(state: State, program: Program, taken: Bools) -> None:
    state.improve(Plan(program.columns.take(taken), program.rows.points(program.columns, taken)))


def rounded(state: State, program: Program, relaxed: Relaxed) -> Bools:
    """The columns with the largest shares, as far as they fit; noted if no plan was better."""
    order = np.lexsort((-program.columns.value, -np.round(relaxed.share, 6)))
    taken = pick(program.columns, program.rows, order)
    take(state, program, taken)
    return taken


def good(state: State, program: Program, relaxed: Relaxed) -> Columns:
    """The columns that are good at nearly right prices, and those of the plan."""
    ground = Ground.of(program, relaxed.duals, state.requests)
    good = (ground.short() < GOOD) | (relaxed.share > SHARE)
    return program.columns.take(good).join(state.plan.columns)


def note(state: State, program: Program, offers: Offers, prices: Prices) -> None:
    if offers.bound is not None:
        state.lower(offers.bound, prices)
    state.count(columns=len(program.columns), rows=len(program.rows.limit), rounds=1)
    state.report("relaxing")
