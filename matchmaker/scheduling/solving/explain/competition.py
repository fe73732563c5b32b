"""Which requests hold what a request would need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from matchmaker.scheduling.problem import Assignment
from matchmaker.scheduling.solving.arrays import Bools
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.explain.options import Options, rivals_of
from matchmaker.scheduling.solving.explain.rivals import Rivals

MOST_SPOTS = 400  # that are looked at for each talk taken out
MOST_NAMES = 20  # requests that are named one by one
MOST_TRIES = 4  # spots for which talks are taken out together


def competitors(
    case: Case,
    plan: Sequence[Assignment],
    request: int,
    bare: Options,
    enough: Callable[[], bool],
) -> list[list[str]]:
    """Sets of requests each of which frees a place when it goes; single ones if there are any.

    `bare` are the options before any plan. Ends early after `enough()`.
    """
    rivals = rivals_of(case, plan, request, bare)
    alone = bare.beside(rivals, rivals.none())
    possible = alone.open()
    spots = np.flatnonzero(possible.any(axis=1))
    if not len(spots):
        return []
    spots = spots[:: -(-len(spots) // MOST_SPOTS)]
    helpers = np.flatnonzero(alone.able(0)[spots].any(axis=0))
    near = bare.take(spots, np.flatnonzero(possible[spots].any(axis=0)), helpers)
    few = rivals_of(case, plan, request, near)
    full = near.beside(few, few.all())
    single: list[list[str]] = []
    for number, talk in enumerate(few.talks):
        if enough() or len(single) == MOST_NAMES:
            break
        if _without(near, full, few, number).open().any():
            single.append([talk.request])
    return single or _together(near, few)


def _without(bare: Options, full: Options, rivals: Rivals, talk: int) -> Options:
    """What the plan leaves if one talk goes: only its own people are counted anew."""
    present = rivals.but(talk)
    people = np.flatnonzero(rivals.people[:, talk] > 0)
    count = len(bare.speakers)
    bits = rivals.people_bits(present, people)
    speaking = people < count
    speakers, helpers = people[speaking], people[~speaking] - count
    speaker_bits, helper_bits = full.speaker_bits, full.helper_bits
    if len(speakers):
        speaker_bits = speaker_bits.copy()
        speaker_bits[:, speakers] = bare.speaker_bits[:, speakers] | bits[:, speaking]
    if len(helpers):
        helper_bits = helper_bits.copy()
        helper_bits[:, helpers] = bare.helper_bits[:, helpers] | bits[:, ~speaking]
    spot_bits = full.spot_bits
    if rivals.host[talk] or rivals.venue[talk]:
        spot_bits = bare.spot_bits | rivals.spot_bits(present)
    return replace(full, spot_bits=spot_bits, speaker_bits=speaker_bits, helper_bits=helper_bits)


def _together(bare: Options, rivals: Rivals) -> list[list[str]]:
    """The smallest set found of requests that free a place when all of them go."""
    bits = bare.beside(rivals, rivals.all()).cells()
    broken = np.where(bare.beside(rivals, rivals.none()).open(), np.bitwise_count(bits), 99)
    speakers, helpers = np.arange(len(bare.speakers)), np.arange(len(bare.helpers))
    best: list[str] = []
    for spot in np.argsort(broken.min(axis=1), kind="stable")[:MOST_TRIES].tolist():
        rows = np.array([spot])
        found = _clear(bare.take(rows, speakers, helpers), rivals.at_spots(rows))
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
