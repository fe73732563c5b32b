"""What would give a request a place: one change, or the few of one kind that go together.

A remedy is an object of JSON values. It names an evening (`start`) and what has to change for it;
`also` lists further changes of the same kind that it needs. The cheapest stand first. Each has been
carried out, and its talk found to be allowed beside the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from matchmaker.scheduling.problem import Assignment
from matchmaker.scheduling.solving.arrays import Ints
from matchmaker.scheduling.solving.explain.alone import notice
from matchmaker.scheduling.solving.explain.changes import changes_of
from matchmaker.scheduling.solving.explain.legal import fits
from matchmaker.scheduling.solving.explain.options import Options
from matchmaker.scheduling.solving.explain.rules import BIT
from matchmaker.scheduling.solving.explain.scene import Scene
from matchmaker.scheduling.solving.explain.world import World, carry_out
from matchmaker.scheduling.solving.tables import MODES
from matchmaker.scheduling.solving.wall import moment

MOST_REMEDIES = 3
MOST_LOOKED_AT = 80
NEVER = 1 << 40
OF_PEOPLE = ("group_size", "group", "lead_time", "district", "availability", "topic")
"""Rules that tell remedies apart by the person alone, whatever the evening."""

Json = dict[str, Any]
Way = tuple[Json, Assignment]  # a remedy, and the talk that it makes possible


def remedies(here: Scene, rule: str, known: Sequence[Way] = ()) -> list[Way]:
    """Up to three ways to get a place if the rule gives way; each is enough by itself.

    `known` were found before, and count among the three.
    """
    found = list(known)
    kinds = [_kinds(remedy) for remedy, _ in found]
    for remedy, talk in _languages(here) if rule == "language" else _ways(here, rule):
        if len(found) == MOST_REMEDIES:
            break
        own = _kinds(remedy)
        if not any(kind <= own for kind in kinds) and _opens(here, rule, remedy, talk):
            found.append((remedy, talk))
            kinds.append(own)
    return found


def _opens(here: Scene, rule: str, remedy: Json, talk: Assignment) -> bool:
    """Whether the talk may join the plan once the change is made."""
    return fits(carry_out(World.of(here.kept, here.request), rule, remedy), talk)


def _kinds(remedy: Json) -> frozenset[tuple[Any, ...]]:
    """What has to change, but for the hour and numbers: more of it is no remedy of its own."""
    loose = ("start", "days", "minutes", "also", "requests")
    return frozenset(
        tuple((name, value) for name, value in part.items() if name not in loose)
        for part in (remedy, *remedy.get("also", ()))
    )


def _ways(here: Scene, rule: str) -> Iterator[Way]:
    """All ways, those with the fewest changes first, then the smallest."""
    bit, options = BIT[rule], here.options
    spot, speaker = np.nonzero(options.open(bit) & here.to_come()[:, None])
    partner = _partner_changes(options, bit, spot, speaker)
    alone = ((options.spots[spot] | options.speaker_bits[spot, speaker]) & bit) != 0
    order = np.lexsort((speaker, spot, _sizes(here, rule, spot, speaker), alone + partner))
    alike = np.where(partner > 0, -1 - np.arange(len(spot)), _alike(here, rule, spot, speaker))
    _, of_a_kind = np.unique(alike[order], return_index=True)
    for row in order[np.sort(of_a_kind)[:MOST_LOOKED_AT]].tolist():
        at, who = int(spot[row]), int(speaker[row])
        rank, helpers = _helpers(options, bit, at, who)
        people = [who] if options.speaker_bits[at, who] & bit else []
        people += [
            len(options.speakers) + helper
            for helper in helpers
            if options.helper_bits[at, helper] & bit
        ]
        parts = changes_of(here, rule, at, people)
        if parts:
            first, *rest = parts
            remedy = {**first, "start": here.start(at), **({"also": rest} if rest else {})}
            yield remedy, _talk(here, at, who, rank, helpers)


def _alike(here: Scene, rule: str, spot: Ints, speaker: Ints) -> Ints:
    """Row by row: a number that is the same only for remedies of one kind."""
    options, bit = here.options, BIT[rule]
    count = len(options.speakers) + 1
    who = np.where(options.speaker_bits[spot, speaker] & bit, speaker + 1, 0)
    if rule in OF_PEOPLE:
        return who
    if rule == "travel":
        return spot * count + who
    return (options.day[spot] * 2 + options.mode[spot]) * count + who


def _partner_changes(options: Options, bit: int, spot: Ints, speaker: Ints) -> Ints:
    """Row by row: how many of the interpreters would have to change, at best."""
    changes = np.zeros(len(spot), dtype=np.int64)
    alone = options.direct[speaker]
    if alone.all():
        return changes
    free, able = options.partners(), options.partners(bit)
    missing = np.where(able >= options.needed, np.maximum(options.needed - free, 0), NEVER)
    best = np.where(options.via[speaker], missing[spot], NEVER).min(axis=1)
    return np.where(alone, changes, best).astype(np.int64)


def _helpers(options: Options, bit: int, at: int, who: int) -> tuple[int, list[int]]:
    """Rank of the language, and the interpreters (columns): as few as can be with a change."""
    if options.speaks[who].any():
        return int(np.argmax(options.speaks[who])), []
    able = (options.helper_bits[at] & np.uint16(~bit & 0xFFFF)) == 0
    changed = (options.helper_bits[at] & bit) != 0
    best: tuple[int, list[int]] = (0, [])
    cost = NEVER
    for rank in np.flatnonzero(options.via[who]).tolist():
        rows = np.flatnonzero(able & options.has[:, rank])
        rows = rows[np.argsort(changed[rows], kind="stable")][: options.needed]
        if len(rows) == options.needed and int(changed[rows].sum()) < cost:
            best, cost = (rank, rows.tolist()), int(changed[rows].sum())
    return best


def _talk(here: Scene, spot: int, who: int, rank: int, helpers: list[int]) -> Assignment:
    count = len(here.bare.speakers)
    return Assignment(
        request=here.wanted.id,
        start=moment(int(here.bare.begin[spot])),
        mode=MODES[int(here.bare.mode[spot])],
        language=here.wanted.languages[rank],
        speakers=(here.name(who),),
        interpreters=tuple(sorted(here.name(count + helper) for helper in helpers)),
    )


def _sizes(here: Scene, rule: str, spot: Ints, speaker: Ints) -> Ints:
    """Row by row: how far from obeying the rule, in its own unit (people, days, limits)."""
    people, day = here.tables.people, here.bare.day[spot]
    who = here.bare.speakers[speaker]
    kept, facts = here.kept, here.kept.facts
    if rule == "group_size":
        smallest: Ints = people.min_people[who]
        return smallest
    if rule == "lead_time":
        short: Ints = np.maximum(people.lead_days[who] - notice(facts, day), 0)
        return short
    if rule == "host_load":
        host = np.full(len(spot), here.tables.requests.organisation[here.request])
        return kept.hosts.reached(host, day)
    if rule == "workload":
        return kept.people.reached(who, day)
    return np.zeros(len(spot), dtype=np.int64)


def _languages(here: Scene) -> Iterator[Way]:
    """A further interpreter, or a speaker who has the language, whichever asks for less."""
    options, languages = here.options, here.wanted.languages
    spot, speaker = np.nonzero(options.open(BIT["language"]) & here.to_come()[:, None])
    partners = options.partners()
    for rank, language in enumerate(languages):
        rows = np.flatnonzero(options.via[speaker, rank])
        if len(rows):
            missing = options.needed - partners[spot[rows], rank]
            row = rows[int(np.argmin(missing))]
            at, who = int(spot[row]), int(speaker[row])
            there = np.flatnonzero((options.helper_bits[at] == 0) & options.has[:, rank])
            remedy = {
                "language": language,
                "kind": "interpreter",
                "needed": int(missing.min()),
                "speaker": here.name(who),
                "start": here.start(at),
            }
            yield remedy, _talk(here, at, who, rank, there.tolist())
    for rank, language in enumerate(languages):
        rows = np.flatnonzero(~options.speaks[speaker, rank])
        if len(rows):
            at, who = int(spot[rows[0]]), int(speaker[rows[0]])
            remedy = {
                "language": language,
                "kind": "speaker",
                "person": here.name(who),
                "start": here.start(at),
            }
            yield remedy, _talk(here, at, who, rank, [])
