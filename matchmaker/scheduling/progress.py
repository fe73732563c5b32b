"""What a running search reports about itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One moment of a search.

    `served` counts the requests placed by the best plan so far, `best` is its total, `bound` a
    proven upper bound on the total of any plan (None while there is none), `seconds` the time
    since the search began, `phase` a short English word for what goes on.
    """

    served: int
    best: int | None
    bound: int | None
    seconds: float
    phase: str
