"""All that a request could choose from, and whether one rule less would let it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints
from matchmaker.scheduling.solving.explain.rules import BIT, Bits, how_many


@dataclass(frozen=True)
class Options:
    """One speaker at every spot (a start in a mode), with interpreters where needed.

    The bits are the rules that spots, speakers and helpers (spots * people) break. `speaks`, `via`
    and `has` are people * ranked languages: what the speaker holds the talk in alone, and with
    `needed` interpreters, of whom those have the language.

    Bigger teams need not be looked at to find out whether there is a place. Of a team that may
    come, a member on the first subject may come alone: whatever else is asked is asked of each
    member, and interpreters whom that member needs were needed by the team, too. That stays true
    with a rule relaxed.
    """

    begin: Ints
    end: Ints
    day: Ints
    mode: Ints
    place: Ints
    spots: Bits
    speakers: Ints
    helpers: Ints
    speaker_bits: Bits
    helper_bits: Bits
    speaks: Bools
    via: Bools
    has: Bools
    needed: int

    def __len__(self) -> int:
        return len(self.begin)

    @property
    def everybody(self) -> Ints:
        return np.concatenate([self.speakers, self.helpers])

    @cached_property
    def direct(self) -> Bools:
        """Speakers who need no interpreter in one of the languages."""
        alone: Bools = np.any(self.speaks, axis=1)
        return alone

    @cached_property
    def interpreted(self) -> bool:
        """Whether interpreters could bring in anybody who cannot come without them."""
        return bool(self.via[~self.direct].any())

    def partners(self, relaxed: int = 0) -> Ints:
        """Spots * ranks: interpreters who can come if the rule of that bit is relaxed."""
        able = (self.helper_bits & np.uint16(~relaxed & 0xFFFF)) == 0
        found = able.astype(np.float32) @ self.has.astype(np.float32)
        count: Ints = found.astype(np.int64)
        return count

    @cached_property
    def cells(self) -> Bits:
        """Spots * speakers: what a speaker breaks at a spot, both taken together."""
        return self.spots[:, None] | self.speaker_bits

    def open(self, relaxed: int = 0) -> Bools:
        """Spots * speakers: who could hold the talk if the rule of that bit were relaxed."""
        fits: Bools = (self.cells & np.uint16(~relaxed & 0xFFFF)) == 0
        if relaxed == BIT["language"] or not fits.any():
            return fits
        if not self.interpreted:
            return fits & self.direct
        return fits & (self.direct | self.helped(self.partners(relaxed)))

    def helped(self, partners: Ints) -> Bools:
        """(Rows of partners) * speakers: who finds enough of them in some language."""
        enough = (partners >= self.needed).astype(np.float32)
        found: Bools = (enough @ self.via.T.astype(np.float32)) > 0
        return found

    def singles(self) -> frozenset[str]:
        """The rules that stand alone against a place somewhere; for options without any place."""
        lonely = how_many(self.cells) == 1
        found = int(np.bitwise_or.reduce(self.cells[:, self.direct][lonely[:, self.direct]]))
        if not self.direct.all():
            found |= BIT["language"] * bool((self.cells == 0).any())
        if self.interpreted:
            able = self.helper_bits[how_many(self.helper_bits) == 1]
            likely = int(np.bitwise_or.reduce(self.cells[lonely]) | np.bitwise_or.reduce(able))
            for bit in BIT.values():
                if likely & ~found & bit and self.open(bit).any():
                    found |= bit
        return frozenset(rule for rule, bit in BIT.items() if found & bit)

    def breaking(self, *, spots: str | None = None, speakers: str | None = None) -> Options:
        """The options with every spot, or every speaker, breaking a rule more."""
        return replace(
            self,
            spots=self.spots | np.uint16(BIT[spots] if spots else 0),
            speaker_bits=self.speaker_bits | np.uint16(BIT[speakers] if speakers else 0),
        )

    def take(self, spots: Ints, speakers: Ints, helpers: Ints) -> Options:
        """The options with some of their spots and people, all given by number."""
        return replace(
            self,
            begin=self.begin[spots],
            end=self.end[spots],
            day=self.day[spots],
            mode=self.mode[spots],
            place=self.place[spots],
            spots=self.spots[spots],
            speakers=self.speakers[speakers],
            helpers=self.helpers[helpers],
            speaker_bits=self.speaker_bits[spots][:, speakers],
            helper_bits=self.helper_bits[spots][:, helpers],
            speaks=self.speaks[speakers],
            via=self.via[speakers],
            has=self.has[helpers],
        )

    def promising(self, most: int = 1) -> Options:
        """What at most so many rules stand against."""
        good = how_many(self.cells) <= most
        spots = np.flatnonzero(good.any(axis=1))
        able = (how_many(self.helper_bits[spots]) <= most).any(axis=0)
        return self.take(spots, np.flatnonzero(good.any(axis=0)), np.flatnonzero(able))
