"""How large a drawn problem is, and what is special about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    requests: int
    speakers: int
    interpreters: int
    weeks: int
    cities: int
    regions: int


SIZES = {
    "S": Size(60, 40, 8, 12, 1, 1),
    "M": Size(600, 250, 40, 12, 1, 1),
    "L": Size(6_000, 2_000, 300, 13, 10, 3),
    "XL": Size(60_000, 15_000, 2_500, 13, 84, 12),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What differs from an ordinary quarter; shares are between 0 and 1.

    `institutions` is the share of requests whose topics belong to different institutions, so that
    only a team covers them, and `topics` the weight of covering them; `published` the share of an
    earlier plan that people already know of, `declined` the share of that from which somebody
    withdraws.
    """

    teams: float = 0.2
    institutions: float = 0.3
    topics: int = 1
    pairs_of_interpreters: float = 0.06
    foreign_only: float = 0.35
    interpreters: float = 1.0
    online: float = 0.02
    either: float = 0.06
    venues: float = 0.15
    per_day: tuple[int, ...] = (1,)
    commitments: bool = False
    long_days: bool = False
    tight: bool = False
    plain: bool = False
    published: float = 0.0
    declined: float = 0.0


VARIANTS = {
    "fresh": Variant(),
    "published": Variant(published=0.85),
    "declined": Variant(published=0.95, declined=0.12),
    "ties": Variant(plain=True),
    "scarce": Variant(interpreters=0.4, foreign_only=0.7, pairs_of_interpreters=0.2),
    "teams": Variant(teams=0.85, institutions=0.9, topics=2),
    "tight": Variant(tight=True),
    "days": Variant(
        per_day=(2, 2, 3), commitments=True, long_days=True, either=0.2, online=0.08, venues=0.4
    ),
}
