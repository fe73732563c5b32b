"""The place that breaks the fewest rules, for a request that no single change would help."""

from __future__ import annotations

from typing import Any

import numpy as np

from matchmaker.scheduling.solving.explain.options import Options
from matchmaker.scheduling.solving.explain.rules import BIT, RULES, how_many
from matchmaker.scheduling.solving.explain.scene import Scene

MOST_LOOKED_AT = 80


def nearest(here: Scene) -> list[dict[str, Any]]:
    """The place to come that breaks the fewest rules: they would have to give way together."""
    options = here.options
    bits = options.cells
    ahead = np.flatnonzero(here.to_come())
    cheapest = np.argsort(how_many(bits[ahead]), axis=None, kind="stable")[:MOST_LOOKED_AT]
    row, speaker = np.divmod(cheapest, max(1, len(options.speakers)))
    cells = list(zip(ahead[row].tolist(), speaker.tolist(), strict=True))
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
    for rank in np.flatnonzero(options.via[who]).tolist():
        bits = options.helper_bits[spot][options.has[:, rank]]
        if len(bits) >= options.needed:
            chosen = bits[np.argsort(how_many(bits), kind="stable")[: options.needed]]
            found = int(np.bitwise_or.reduce(chosen))
            if best == BIT["language"] or found.bit_count() < best.bit_count():
                best = found
    return best
