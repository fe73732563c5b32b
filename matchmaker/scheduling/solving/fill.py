"""From a relaxation to a plan: what it takes in parts is placed around what it takes whole."""

from __future__ import annotations

import numpy as np

from matchmaker.scheduling.solving.arrays import Ints
from matchmaker.scheduling.solving.carve import carve
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.exact import Shares, search
from matchmaker.scheduling.solving.linear import Program

NODES = 50  # of the search tree: what is torn is so little that more are useless


def fill(
    clock: Clock,
    program: Program,
    chosen: Ints,
    shares: Shares,
    held: tuple[Ints, Ints],
    *,
    seed: int,
) -> Ints:
    """The columns of `chosen` that are taken whole, and those found for the requests that are torn.

    `held` is how much the rows of the program hold, and the columns of it that go before.
    """
    used, gone = held
    sure = chosen[shares.sure]
    torn = chosen[shares.torn(program.columns.request[chosen])]
    if not len(torn):
        return sure
    found = search(clock, carve(program, torn, used, gone, sure), seed=seed, nodes=NODES)
    return sure if found.taken is None else np.concatenate([sure, torn[found.taken]])
