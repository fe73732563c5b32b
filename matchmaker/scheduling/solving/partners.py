"""The best crew for everybody who needs one, without trying all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import NOTHING, Bools, Ints, best_of_each
from matchmaker.scheduling.solving.block import Block
from matchmaker.scheduling.solving.daytimes import Bits
from matchmaker.scheduling.solving.prices import SCALE
from matchmaker.scheduling.solving.tables import MOST_RANKS


@dataclass(frozen=True, slots=True)
class Partners:
    """`best[rank, place]` is the crew with that language that is worth most there (-1: none)."""

    block: Block
    worth: Ints
    best: Ints

    @classmethod
    def of(cls, block: Block, worth: Ints) -> Partners:
        crews = block.crews
        best = np.full((MOST_RANKS, len(block.places)), -1, dtype=np.int64)
        for rank in range(int(crews.via.max(initial=0)).bit_length()):
            can = np.flatnonzero((crews.via >> rank) & 1)
            top = can[best_of_each(crews.place[can], worth[can], 1)]
            best[rank, crews.place[top]] = top
        return cls(block, worth, best)

    def reach(self, place: Ints, via: Ints, bits: Bits) -> tuple[Ints, Bools]:
        """What the best crew and its language add at most (NOTHING: there is no crew).

        And whether a best crew is free at other starts only, so that the others have to be asked.
        `via` are the languages that need a crew, `bits` the starts that suit the speakers.
        """
        language = SCALE * self.block.around.language
        reach = np.full(len(place), NOTHING, dtype=np.int64)
        clash = np.zeros(len(place), dtype=np.bool_)
        for rank in range(int(via.max(initial=0)).bit_length()):
            row = np.flatnonzero((via >> rank) & 1)
            crew = self.best[rank, place[row]]
            row, crew = row[crew >= 0], crew[crew >= 0]
            reach[row] = np.maximum(reach[row], self.worth[crew] + language[rank])
            clash[row] |= (bits[row] & self.block.crews.bits[crew]) == 0
        return reach, clash
