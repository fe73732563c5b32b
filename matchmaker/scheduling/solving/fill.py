"""From a relaxation to a plan: what it takes in parts is placed around what it takes whole."""

from __future__ import annotations

import numpy as np

from matchmaker.scheduling.solving.arrays import Ints
from matchmaker.scheduling.solving.carve import carve
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.exact import Shares, search
from matchmaker.scheduling.solving.linear import Program

NODES = 50  # of the search tree: mostly the first one is the last


def fill(
    clock: Clock,
    program: Program,
    chosen: Ints,
    shares: Shares,
    *,
    used: Ints,
    gone: Ints,
    seed: int,
) -> Ints:
    """The columns of `chosen` that are taken whole, and those found for the requests that are torn.

    The rows of the program hold as much as is `used`, of which the columns `gone` go before.
    """
    sure = chosen[shares.sure]
    torn = chosen[shares.torn(program.columns.request[chosen])]
    if not len(torn):
        return sure
    found = search(clock, carve(program, torn, used, gone, sure), seed=seed, nodes=NODES)
    return sure if found.taken is None else np.concatenate([sure, torn[found.taken]])
