"""Mending a plan: free the requests around its losses, and place them anew as well as can be.

At good prices a plan falls short of the bound only where a request did not get its best column or
where something dear stays idle. Around each such request those are freed that hold what its best
columns need, others that lack the same, and theirs in turn; the rest of the plan stays, and the
search among them is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints
from matchmaker.scheduling.solving.carve import carve
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.exact import relax
from matchmaker.scheduling.solving.fill import fill
from matchmaker.scheduling.solving.ground import Ground, Groups
from matchmaker.scheduling.solving.prices import SCALE

AT_ONCE = 15  # neighbourhoods are looked at together until they hold one request in so many
IDLE = 8  # neighbourhoods in a row that may bring next to nothing,
MORE = 1_200  # or one for so many requests where that is more
NOTABLE = 200_000  # next to nothing is less than a part in so many of the plan,
OPEN = 30  # or than a part in so many of what it may lack;
FEWER = 400  # in one for so many requests where that is more: each neighbourhood is less of them
ALSO = 3  # a ring takes one request that lacks something for so many that hold it


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done: `size` requests freed together, `most` neighbourhoods, `threads` at once.

    Mending ends once the plan is worth `enough` points; it is expected to come near `hope`, and
    ends as well when it comes little nearer, unless it is `patient`.
    """

    size: int
    enough: int
    hope: int
    most: int
    threads: int = 1
    seed: int = 0
    patient: bool = False


def mend(
    clock: Clock, ground: Ground, taken: Bools, effort: Effort, tell: Callable[[Bools], object]
) -> Bools:
    """The plan with the neighbourhoods of its losses placed anew, each request looked at once.

    `tell` hears of every better plan.
    """
    rows, columns = ground.program.rows, ground.program.columns
    points, left = rows.points(columns, taken), effort.most
    rest = max(OPEN, len(ground.top) // FEWER)
    idle = max(IDLE, len(ground.top) // MORE)
    together = max(effort.threads, len(ground.top) // (AT_ONCE * effort.size))
    done = np.zeros(len(ground.top), dtype=np.bool_)
    lately: list[int] = []
    with ThreadPoolExecutor(effort.threads) as pool:
        while left > 0 and points < effort.enough and not clock.over:
            scene = Scene.of(clock, ground, taken, effort.seed)
            wave = scene.wave(done, min(together, left), effort.size)
            if not wave:
                break
            left -= len(wave)
            changes = [found for found in pool.map(scene.around, wave) if found is not None]
            lately += [points] * len(wave)
            taken, gained = _joined(scene, changes)
            if gained:
                points += gained
                tell(taken)
            little = max(points // NOTABLE, (effort.hope - points) // rest)
            idly = len(lately) >= idle and points - lately[-idle] < little
            if idly and not effort.patient:
                break
    return taken


def _joined(scene: Scene, changes: list[Ints]) -> tuple[Bools, int]:
    """The plan with as many of the changes as go together, and the points gained.

    A change names the columns that come or go.
    """
    rows, columns = scene.ground.program.rows, scene.ground.program.columns
    taken, used, gained = scene.taken.copy(), scene.used.copy(), 0
    for change in changes:
        sign = np.where(taken[change], -1, 1)
        row, number = rows.entries(change)
        touched, spot = np.unique(row, return_inverse=True)
        before = used[touched]
        after = before.copy()
        np.add.at(after, spot, sign[number])
        if (after <= scene.ground.room[touched]).all():
            more = rows.cost(touched, before) - rows.cost(touched, after)
            gain = int(sign @ columns.value[change]) + more
            if gain > 0:
                taken[change] ^= True
                used[touched] = after
                gained += gain
    return taken, gained


@dataclass(frozen=True, slots=True)
class Scene:
    """A plan on its ground: which requests it places, who holds what, and where room is dear."""

    clock: Clock
    ground: Ground
    taken: Bools
    column: Ints
    used: Ints
    by_row: Groups
    dear: Bools
    seed: int

    @classmethod
    def of(cls, clock: Clock, ground: Ground, taken: Bools, seed: int) -> Scene:
        program = ground.program
        plan = np.flatnonzero(taken)
        column = np.full(len(ground.top), -1)
        column[program.columns.request[plan]] = plan
        row, holder = program.rows.entries(plan)
        by_row = Groups.of(row, program.columns.request[plan[holder]], len(ground.room))
        used = np.diff(by_row.begins)
        dear = (used >= ground.room) | (ground.steep & (used > 0))
        return cls(clock, ground, taken, column, used, by_row, dear, seed)

    def wave(self, done: Bools, most: int, size: int) -> list[Ints]:
        """Neighbourhoods of the greatest losses, none with a request of another or one `done`.

        Their requests are done then.
        """
        losses = self.ground.losses(self.taken)
        losses[done] = 0
        busy = np.zeros(len(done), dtype=np.bool_)
        found: list[Ints] = []
        for request in np.argsort(-losses, kind="stable").tolist():
            if len(found) == most or losses[request] <= SCALE:
                break
            if not busy[request]:
                freed = self.neighbourhood(request, (losses > SCALE) & ~busy, busy, size)
                busy[freed] = done[freed] = True
                found.append(freed)
        return found

    def neighbourhood(self, request: int, lacking: Bools, busy: Bools, size: int) -> Ints:
        """The request and those that hold or lack what it needs, and so on; `size` at most."""
        freed = busy.copy()
        freed[request] = True
        members = ring = np.array([request])
        while len(ring) and len(members) < size:
            needed = self.ground.wants.members(ring)
            needed = needed[self.dear[needed]]
            holding = self.by_row.members(needed)
            holding = holding[~freed[holding]]
            also = self.ground.wanted.members(needed)
            also = also[lacking[also] & ~freed[also]][: 1 + len(holding) // ALSO]
            ring = np.concatenate([also, np.setdiff1d(holding, also)])[: size - len(members)]
            freed[ring] = True
            members = np.concatenate([members, ring])
        return np.sort(members)

    def around(self, freed: Ints) -> Ints | None:
        """What changes if these requests are placed anew; None if that would not be better.

        Where the relaxation takes columns in part, only their requests are searched exactly.
        """
        program = self.ground.program
        held = self.column[freed]
        held = np.sort(held[held >= 0])
        chosen = np.union1d(self.ground.columns.members(freed), held)
        part = carve(program, chosen, self.used, held, held[:0])
        relaxed = relax(self.clock, part)
        if relaxed is None or relaxed.bound <= part.rows.points(part.columns, self.taken[chosen]):
            return None
        now = fill(self.clock, program, chosen, relaxed, used=self.used, gone=held, seed=self.seed)
        return np.setxor1d(held, now)
