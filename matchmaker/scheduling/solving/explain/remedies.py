"""What would give a request a place: one change, or the few of one kind that go together.

A remedy is an object of JSON values. It names an evening (`start`) and what has to change for it;
`also` lists further changes of the same kind that it needs. The cheapest stand first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from matchmaker.scheduling.solving.arrays import Ints
from matchmaker.scheduling.solving.explain.cells import BIT, RULES, notice
from matchmaker.scheduling.solving.explain.changes import changes_of
from matchmaker.scheduling.solving.explain.options import Options
from matchmaker.scheduling.solving.explain.situation import Situation

MOST_REMEDIES = 3
MOST_LOOKED_AT = 80
NEVER = 1 << 40


def remedies(here: Situation, rule: str) -> list[dict[str, Any]]:
    """Up to three ways to get a place if the rule gives way; each is enough by itself."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for remedy in _languages(here) if rule == "language" else _ways(here, rule):
        found.setdefault(_kind(remedy), remedy)
        if len(found) == MOST_REMEDIES:
            break
    return list(found.values())


def _kind(remedy: dict[str, Any]) -> tuple[Any, ...]:
    """Remedies that differ in nothing but the hour or a number are one remedy."""
    loose = ("start", "days", "minutes", "also", "requests")
    parts = [(name, value) for name, value in remedy.items() if name not in loose]
    others = [_kind(row) for row in remedy.get("also", [])]
    return (*parts, *others)


def _ways(here: Situation, rule: str) -> Iterator[dict[str, Any]]:
    """All ways, those with the fewest changes first, then the smallest."""
    bit, options = BIT[rule], here.options
    spot, speaker = np.nonzero(options.open(bit) & here.to_come()[:, None])
    partner = _partner_changes(options, bit)[spot, speaker]
    own = (options.cells()[spot, speaker] & bit) != 0
    size = _sizes(here, rule)[spot, speaker]
    order = np.lexsort((speaker, spot, size, own + partner))
    for row in order[:MOST_LOOKED_AT].tolist():
        at, who = int(spot[row]), int(speaker[row])
        people = [who] if options.speaker_bits[at, who] & bit else []
        people += [
            len(options.speakers) + helper
            for helper in _helpers(options, bit, at, who)
            if options.helper_bits[at, helper] & bit
        ]
        parts = changes_of(here, rule, at, people)
        if parts:
            first, *rest = parts
            yield {**first, "start": here.start(at), **({"also": rest} if rest else {})}


def _partner_changes(options: Options, bit: int) -> Ints:
    """Spots * speakers: how many of the interpreters would have to change, at best."""
    free, able = options.partners(0), options.partners(bit)
    missing = np.where(able >= options.needed, np.maximum(options.needed - free, 0), NEVER)
    via = np.where(options.via(), 0, NEVER)
    best = np.full((len(options.at), len(options.speakers)), NEVER, dtype=np.int64)
    for rank in range(missing.shape[1]):
        best = np.minimum(best, missing[:, rank][:, None] + via[:, rank][None, :])
    best[:, options.speaks.any(axis=1)] = 0
    return best


def _helpers(options: Options, bit: int, at: int, who: int) -> list[int]:
    """Columns of the interpreters for a speaker at a spot, as few as can be with a change."""
    if options.speaks[who].any():
        return []
    able = options.able(bit)[at]
    changed = (options.helper_bits[at] & bit) != 0
    best: list[int] = []
    cost = NEVER
    for rank in np.flatnonzero(options.via()[who]).tolist():
        rows = np.flatnonzero(able & options.has[:, rank])
        rows = rows[np.argsort(changed[rows], kind="stable")][: options.needed]
        if len(rows) == options.needed and int(changed[rows].sum()) < cost:
            best, cost = rows.tolist(), int(changed[rows].sum())
    return best


def _sizes(here: Situation, rule: str) -> Ints:
    """Spots * speakers: how far from obeying the rule, in its own unit (people, days, limits)."""
    tables, at, speakers = here.case.tables, here.bare.at, here.bare.speakers
    sizes = np.zeros((len(at), len(speakers)), dtype=np.int64)
    if rule == "group_size":
        sizes += tables.people.min_people[speakers]
    if rule == "lead_time":
        short = tables.people.lead_days[speakers] - notice(tables, at)[:, None]
        sizes += np.maximum(short, 0)
    if rule == "host_load":
        sizes += here.rivals.host_reached(here.present)[:, None]
    if rule == "workload":
        sizes += here.rivals.reached(here.present, np.arange(len(speakers)))
    return sizes


def _languages(here: Situation) -> Iterator[dict[str, Any]]:
    """A further interpreter, or a speaker who has the language, whichever asks for less."""
    options, tables = here.options, here.case.tables
    languages = tables.problem.requests[here.request].languages
    spot, speaker = np.nonzero(options.open(BIT["language"]) & here.to_come()[:, None])
    partners = options.partners(0)
    for rank, language in enumerate(languages):
        rows = np.flatnonzero(options.via()[speaker, rank])
        if len(rows):
            missing = options.needed - partners[spot[rows], rank]
            row = rows[int(np.argmin(missing))]
            yield {
                "language": language,
                "kind": "interpreter",
                "needed": int(missing.min()),
                "speaker": tables.people.ids[options.speakers[speaker[row]]],
                "start": here.start(int(spot[row])),
            }
    for rank, language in enumerate(languages):
        rows = np.flatnonzero(~options.speaks[speaker, rank])
        if len(rows):
            yield {
                "language": language,
                "kind": "speaker",
                "person": tables.people.ids[options.speakers[speaker[rows[0]]]],
                "start": here.start(int(spot[rows[0]])),
            }


def nearest(here: Situation) -> list[dict[str, Any]]:
    """The place to come that breaks the fewest rules: they would have to give way together."""
    options = here.options
    bits = options.cells()
    cheapest = np.argsort(np.bitwise_count(bits), axis=None, kind="stable")
    spot, speaker = np.divmod(cheapest, max(1, len(options.speakers)))
    coming = np.flatnonzero(here.to_come()[spot])[:MOST_LOOKED_AT]
    cells = [(int(spot[row]), int(speaker[row])) for row in coming]
    if not cells:
        return []
    broken = [int(bits[spot, who]) | _partner_bits(options, spot, who) for spot, who in cells]
    best = min(range(len(cells)), key=lambda row: broken[row].bit_count())
    rules = [rule for rule in RULES if broken[best] & BIT[rule]]
    return [{"rules": rules, "start": here.start(cells[best][0])}]


def _partner_bits(options: Options, spot: int, who: int) -> int:
    """What the likeliest interpreters break; `language` if there are none for this speaker."""
    if options.speaks[who].any():
        return 0
    best = BIT["language"]
    for rank in np.flatnonzero(options.via()[who]).tolist():
        bits = options.helper_bits[spot][options.has[:, rank]]
        if len(bits) >= options.needed:
            chosen = bits[np.argsort(np.bitwise_count(bits), kind="stable")[: options.needed]]
            found = int(np.bitwise_or.reduce(chosen))
            if best == BIT["language"] or found.bit_count() < best.bit_count():
                best = found
    return best
