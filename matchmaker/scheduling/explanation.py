"""What is said about one request beside a plan, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.scheduling.problem import Assignment
from matchmaker.scheduling.proposal import Score, Unassigned


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A talk, and its own parts of the score: the plan's total with it minus that without it."""

    talk: Assignment
    fixed: bool
    gain: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another talk for a request, and by how much the plan's score would change, by parts."""

    talk: Assignment
    change: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A request: why it has its talk, or has none, and the best other talks that fit the plan."""

    about: Why | Unassigned
    alternatives: tuple[Alternative, ...]
