"""All that a request could choose from, and whether one rule less would let it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints, member
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.explain.cells import (
    BIT,
    Spots,
    duty_bits,
    person_bits,
    spots,
    standing_bits,
)
from matchmaker.scheduling.solving.load import Load


@dataclass(frozen=True, slots=True)
class Options:
    """One speaker at every spot, with interpreters where needed; the rules that each breaks.

    Bigger teams need not be looked at: one of their speakers could do it alone. `speaker_bits` and
    `helper_bits` are spots * people and hold what the spot itself breaks (`spot_bits`) as well.
    `speaks` and `has` are people * ranked languages; `foreign` marks languages that may be
    interpreted, by `needed` interpreters.
    """

    at: Spots
    spot_bits: Ints
    speakers: Ints
    helpers: Ints
    speaker_bits: Ints
    helper_bits: Ints
    speaks: Bools
    german: Bools
    has: Bools
    foreign: Bools
    needed: int

    def able(self, relaxed: int) -> Bools:
        """Spots * helpers: who can come if the rule of that bit is relaxed (0: none is)."""
        fine: Bools = (self.helper_bits & ~relaxed) == 0
        return fine

    def partners(self, relaxed: int) -> Ints:
        """Spots * ranks: how many interpreters can come, 0 for languages not interpreted."""
        return (self.able(relaxed).astype(np.int64) @ self.has) * self.foreign

    def via(self) -> Bools:
        """Speakers * ranks: languages that the speaker could only be interpreted into."""
        return self.german[:, None] & ~self.speaks & self.foreign

    def open(self, relaxed: int = 0) -> Bools:
        """Spots * speakers: who could hold the talk if the rule of that bit were relaxed."""
        fits: Bools = (self.speaker_bits & ~relaxed) == 0
        if relaxed == BIT["language"]:
            return fits
        enough = self.partners(relaxed) >= self.needed
        helped = (enough.astype(np.int64) @ self.via().T) > 0
        return fits & (self.speaks.any(axis=1) | helped)


def find_options(
    case: Case, request: int, *, anywhen: bool = False, anybody: bool = False
) -> Options:
    """The options of a request before any talk of others is looked at.

    At starts inside its windows or `anywhen`; with speakers on its first subject or `anybody`.
    """
    tables, people = case.tables, case.tables.people
    wanted = tables.requests
    at = spots(case, request, anywhen=anywhen)
    speakers = np.arange(people.speakers)
    covers = people.level[:, wanted.topics[request, 0]] > 0
    keys = request * len(people.ids) + speakers
    speakers = speakers[~member(keys, case.excluded) & (covers | anybody)]
    ranked = wanted.languages[request]
    ranked = ranked[ranked >= 0]
    foreign = ~wanted.german[request][: len(ranked)] & bool(wanted.interpreting[request])
    helpers = np.arange(people.speakers, len(people.ids))
    helpers = helpers[people.speaks[helpers][:, ranked[foreign]].any(axis=1)]
    return Options(
        at=at,
        spot_bits=at.bits,
        speakers=speakers,
        helpers=helpers,
        speaker_bits=person_bits(case, request, at, speakers) | BIT["topic"] * ~covers[speakers],
        helper_bits=person_bits(case, request, at, helpers),
        speaks=people.speaks[speakers][:, ranked],
        german=people.german[speakers],
        has=people.speaks[helpers][:, ranked],
        foreign=foreign,
        needed=int(wanted.interpreters[request]),
    )


def beside(case: Case, load: Load, request: int, options: Options) -> Options:
    """Bare options with what the talks of `load` add to them."""
    at = options.at
    bits = at.bits | standing_bits(case, load, request, at)
    duties = duty_bits(case, load, at, np.concatenate([options.speakers, options.helpers]))
    count = len(options.speakers)
    return replace(
        options,
        spot_bits=bits,
        speaker_bits=options.speaker_bits | bits[:, None] | duties[:, :count],
        helper_bits=options.helper_bits | duties[:, count:],
    )


def relax(options: Options, rule: str) -> Options:
    """The options of a world in which nobody asks for the rule."""
    bit = BIT[rule]
    everything = np.ones_like(options.speaks)
    return replace(
        options,
        spot_bits=options.spot_bits & ~bit,
        speaker_bits=options.speaker_bits & ~bit,
        helper_bits=options.helper_bits & ~bit,
        speaks=everything if rule == "language" else options.speaks,
    )
