"""What a search knows: the best plan so far and the lowest bound."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from matchmaker.scheduling.progress import Progress
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.plan import Plan
from matchmaker.scheduling.solving.points import grain_of
from matchmaker.scheduling.solving.prices import SCALE, Prices


@dataclass(slots=True)
class State:
    """The best plan so far and the lowest proven bound, both in points beyond what stands.

    `base` are the points of what stands; `prices` prove the bound. All points are multiples of
    `grain`.
    """

    case: Case
    clock: Clock
    base: int
    seed: int
    threads: int
    on_progress: Callable[[Progress], object] | None
    plan: Plan
    bound: int
    prices: Prices | None = None
    phase: str = "listing"
    counts: dict[str, int] = field(default_factory=dict)
    reporting: Lock = field(default_factory=Lock)
    grain: int = field(init=False)

    def __post_init__(self) -> None:
        self.grain = grain_of(self.case.tables)

    @property
    def requests(self) -> int:
        return len(self.case.tables.requests.ids)

    @property
    def closed(self) -> bool:
        return self.plan.points >= self.bound

    @property
    def slack(self) -> int:
        """How much better a plan could be, in points."""
        return self.bound - self.plan.points

    def report(self, phase: str) -> None:
        """Tell the caller how far the search has come; one report at a time."""
        self.phase = phase
        if self.on_progress is None:
            return
        with self.reporting:
            progress = Progress(
                served=len(self.case.load.talks) + len(self.plan.columns),
                best=self.base + self.plan.points,
                bound=self.base + self.bound,
                seconds=self.clock.seconds,
                phase=phase,
            )
            self.on_progress(progress)

    def count(self, **numbers: int) -> None:
        for name, number in numbers.items():
            before = self.counts.get(name, 0)
            self.counts[name] = before + number if name == "rounds" else number

    def improve(self, plan: Plan) -> None:
        if (plan.points, len(plan.columns)) > (self.plan.points, len(self.plan.columns)):
            self.plan = plan
            self.report(self.phase)

    def lower(self, bound: int, prices: Prices | None) -> None:
        """Take a bound in parts of a point and the prices that prove it."""
        points = self.floor(bound // SCALE)
        if points < self.bound:
            self.bound, self.prices = points, prices

    def floor(self, points: float) -> int:
        """The most that a plan can be worth if none is worth more points than that."""
        return math.floor(points // self.grain) * self.grain
