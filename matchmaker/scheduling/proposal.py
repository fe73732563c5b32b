"""The answer to a planning problem as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from matchmaker.scheduling.problem import Assignment


class Status(StrEnum):
    """`optimal`: the total equals the proven bound."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The parts of the score in points, each with its sign; `total` is their sum."""

    serve: int = 0
    fairness: int = 0
    topics: int = 0
    language: int = 0
    preference: int = 0
    day: int = 0
    avoid: int = 0
    travel: int = 0
    team: int = 0
    preferred: int = 0
    balance: int = 0
    stability: int = 0

    @property
    def total(self) -> int:
        return sum(getattr(self, row.name) for row in fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """A request without a place; `reasons` are rule codes in the order of the definition.

    `detail` maps a reason to what is behind it and what would help (JSON values).
    """

    request: str
    reasons: tuple[str, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWarning:
    """A rule that fixed assignments alone break."""

    code: str
    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A plan with its score, a proven upper bound (None if none is proven) and its origin.

    `stated_total` is the total that a file states; None means the sum of the parts.
    """

    status: Status
    assignments: tuple[Assignment, ...]
    unassigned: tuple[Unassigned, ...]
    score: Score
    bound: int | None
    seconds: float
    seed: int
    stated_total: int | None = None
    warnings: tuple[RuleWarning, ...] = ()
    info: Mapping[str, Any] = field(default_factory=dict)
