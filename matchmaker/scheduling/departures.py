"""Where a plan departs from what has been published, and what that costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matchmaker.scheduling.problem import Assignment, Weights


@dataclass(frozen=True, slots=True, order=True)
class Swap:
    """A published person who is no longer assigned to the request, though it is served."""

    request: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Departures:
    """Published talks that are not served, that start at another time, or that lose people."""

    dropped: tuple[str, ...]
    moved: tuple[str, ...]
    speakers_swapped: tuple[Swap, ...]
    interpreters_swapped: tuple[Swap, ...]

    def points(self, weights: Weights) -> int:
        """The part `stability` of the score."""
        return -(
            weights.drop * len(self.dropped)
            + weights.move * len(self.moved)
            + weights.swap_speaker * len(self.speakers_swapped)
            + weights.swap_interpreter * len(self.interpreters_swapped)
        )


def departures(published: Iterable[Assignment], plan: Mapping[str, Assignment]) -> Departures:
    """Those of a plan, given by request; everything by request, then by person."""
    rows = sorted(published, key=lambda row: row.request)
    kept = [(row, plan[row.request]) for row in rows if row.request in plan]
    return Departures(
        dropped=tuple(row.request for row in rows if row.request not in plan),
        moved=tuple(row.request for row, now in kept if now.start != row.start),
        speakers_swapped=tuple(
            Swap(row.request, person)
            for row, now in kept
            for person in sorted({*row.speakers}.difference(now.people))
        ),
        interpreters_swapped=tuple(
            Swap(row.request, person)
            for row, now in kept
            for person in sorted({*row.interpreters}.difference(now.people))
        ),
    )
