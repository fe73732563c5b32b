"""The rules that can stand between a request and a place, as bits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matchmaker.scheduling.solving.arrays import Bools

Bits = npt.NDArray[np.uint16]

RULES = (
    "group_size",
    "group",
    "lead_time",
    "closed_day",
    "blocked",
    "language",
    "district",
    "mode",
    "venue",
    "host_load",
    "workload",
    "travel",
    "availability",
    "window",
    "topic",
)
CAUSES = RULES[: RULES.index("window")]
LAST_RESORTS = RULES[RULES.index("window") :]
BIT = {rule: 1 << number for number, rule in enumerate(RULES)}


def flag(rule: str, broken: Bools) -> Bits:
    """The bit of the rule where it is broken."""
    return broken.astype(np.uint16) << np.uint16(RULES.index(rule))


def how_many(bits: Bits) -> npt.NDArray[np.uint8]:
    return np.bitwise_count(bits)
