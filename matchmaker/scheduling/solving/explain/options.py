"""All that a request could choose from, and whether one rule less would let it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from matchmaker.scheduling.problem import Assignment
from matchmaker.scheduling.solving.arrays import Bools, Ints, member
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.explain.cells import BIT, Spots, person_bits, spots
from matchmaker.scheduling.solving.explain.rivals import Rivals, find_rivals


@dataclass(frozen=True, slots=True)
class Options:
    """One speaker at every spot, with interpreters where needed; the rules that each breaks.

    Bigger teams need not be looked at: one of their speakers could do it alone. `spot_bits` are
    the spots' own, `speaker_bits` and `helper_bits` (spots * people) the people's own. `speaks` and
    `has` are people * ranked languages; `foreign` marks languages that may be interpreted, by
    `needed` interpreters.
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
        found: Ints = (self.able(relaxed).astype(np.int64) @ self.has) * self.foreign
        return found

    def via(self) -> Bools:
        """Speakers * ranks: languages that the speaker could only be interpreted into."""
        return self.german[:, None] & ~self.speaks & self.foreign

    def cells(self) -> Ints:
        """Spots * speakers: what a speaker breaks at a spot, both taken together."""
        return self.spot_bits[:, None] | self.speaker_bits

    def open(self, relaxed: int = 0) -> Bools:
        """Spots * speakers: who could hold the talk if the rule of that bit were relaxed."""
        fits: Bools = (self.cells() & ~relaxed) == 0
        if relaxed == BIT["language"]:
            return fits
        enough = self.partners(relaxed) >= self.needed
        helped: Bools = (enough.astype(np.int64) @ self.via().T) > 0
        return fits & (self.speaks.any(axis=1) | helped)

    def beside(self, rivals: Rivals, present: Bools) -> Options:
        """These options, before any plan, with what those talks add to them."""
        count = len(self.speakers)
        everybody = np.arange(count + len(self.helpers))
        duties = rivals.people_bits(present, everybody)
        return replace(
            self,
            spot_bits=self.spot_bits | rivals.spot_bits(present),
            speaker_bits=self.speaker_bits | duties[:, :count],
            helper_bits=self.helper_bits | duties[:, count:],
        )

    def relax(self, rule: str) -> Options:
        """The options of a world in which nobody asks for the rule."""
        bit = BIT[rule]
        return replace(
            self,
            spot_bits=self.spot_bits & ~bit,
            speaker_bits=self.speaker_bits & ~bit,
            helper_bits=self.helper_bits & ~bit,
            speaks=np.ones_like(self.speaks) if rule == "language" else self.speaks,
        )

    def take(self, spots: Ints, speakers: Ints, helpers: Ints) -> Options:
        """The options with some of their spots and people, all given by number."""
        at = Spots(*(getattr(self.at, item.name)[spots] for item in fields(Spots)))
        return replace(
            self,
            at=at,
            spot_bits=self.spot_bits[spots],
            speakers=self.speakers[speakers],
            helpers=self.helpers[helpers],
            speaker_bits=self.speaker_bits[spots][:, speakers],
            helper_bits=self.helper_bits[spots][:, helpers],
            speaks=self.speaks[speakers],
            german=self.german[speakers],
            has=self.has[helpers],
        )

    def promising(self, only: int = 0) -> Options:
        """What at most one rule stands against before any plan (the rule of a bit, or any one)."""
        if only:
            good, able = (self.cells() & ~only) == 0, (self.helper_bits & ~only) == 0
        else:
            good = np.bitwise_count(self.cells()) <= 1
            able = np.bitwise_count(self.helper_bits) <= 1
        spots = np.flatnonzero(good.any(axis=1))
        speakers, helpers = good.any(axis=0), able[spots].any(axis=0)
        return self.take(spots, np.flatnonzero(speakers), np.flatnonzero(helpers))


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
    subject = BIT["topic"] * ~covers[speakers]
    return Options(
        at=at,
        spot_bits=at.bits,
        speakers=speakers,
        helpers=helpers,
        speaker_bits=person_bits(case, request, at, speakers) | subject,
        helper_bits=person_bits(case, request, at, helpers),
        speaks=people.speaks[speakers][:, ranked],
        german=people.german[speakers],
        has=people.speaks[helpers][:, ranked],
        foreign=foreign,
        needed=int(wanted.interpreters[request]),
    )


def rivals_of(case: Case, plan: Sequence[Assignment], request: int, options: Options) -> Rivals:
    people = np.concatenate([options.speakers, options.helpers])
    return find_rivals(case, plan, request, options.at, people)
