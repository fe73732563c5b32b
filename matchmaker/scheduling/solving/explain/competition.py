"""Which requests hold what a request would need."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools
from matchmaker.scheduling.solving.explain.options import Options
from matchmaker.scheduling.solving.explain.rivals import Rivals

MOST_SPOTS = 400  # that are looked at for each talk taken out
MOST_TRIES = 4  # spots for which talks are taken out together


def competitors(bare: Options, rivals: Rivals, enough: Callable[[], bool]) -> list[list[str]]:
    """Sets of requests each of which frees a place when it goes; single ones if there are any.

    `bare` are the options before any plan. Ends early after `enough()`.
    """
    spots = np.flatnonzero(bare.beside(rivals, rivals.none()).open().any(axis=1))
    if not len(spots):
        return []
    if len(spots) > MOST_SPOTS:
        spots = spots[:: -(-len(spots) // MOST_SPOTS)]
    near, few = bare.at_spots(spots), rivals.at_spots(spots)
    single = []
    for number, talk in enumerate(rivals.talks):
        if enough():
            break
        if near.beside(few, few.but(number)).open().any():
            single.append([talk.request])
    return single or _together(near, few)


def _together(bare: Options, rivals: Rivals) -> list[list[str]]:
    """The smallest set found of requests that free a place when all of them go."""
    bits = bare.beside(rivals, rivals.all()).cells()
    broken = np.where(bare.beside(rivals, rivals.none()).open(), np.bitwise_count(bits), 99)
    best: list[str] = []
    for spot in np.argsort(broken.min(axis=1), kind="stable")[:MOST_TRIES].tolist():
        rows = np.array([spot])
        found = _clear(bare.at_spots(rows), rivals.at_spots(rows))
        if found and (not best or len(found) < len(best)):
            best = found
    return [best] if best else []


def _clear(bare: Options, rivals: Rivals) -> list[str]:
    """Take away the nearest talks until one spot is free, then put back what need not go."""

    def is_open(present: Bools) -> bool:
        return bool(bare.beside(rivals, present).open().any())

    meets = rivals.clash[:, 0].copy()
    for near in rivals.near:
        meets += near[:, 0]
    order = np.argsort(-meets, kind="stable")
    few, many = 0, len(order)  # taking away `many` of them is enough
    while many - few > 1:
        middle = (few + many) // 2
        present = rivals.all()
        present[order[:middle]] = False
        few, many = (few, middle) if is_open(present) else (middle, many)
    present = rivals.all()
    present[order[:many]] = False
    for talk in order[:many].tolist():
        present[talk] = True
        if not is_open(present):
            present[talk] = False
    return sorted(rivals.talks[talk].request for talk in np.flatnonzero(~present).tolist())
