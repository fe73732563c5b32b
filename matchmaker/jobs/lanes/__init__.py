"""What the worker does, a module for each room; `LANES` and `SWEEPS` in a module are taken up."""

from __future__ import annotations

from functools import cache
from typing import TypeVar

from matchmaker.jobs.lanes.kinds import Lane, Sweep
from matchmaker.parts import gathered

Kind = TypeVar("Kind", Lane, Sweep)


@cache
def lanes() -> tuple[Lane, ...]:
    """Everything with a thread of its own."""
    return _distinct([lane for part in gathered(__name__, "LANES") for lane in part])


@cache
def sweeps() -> tuple[Sweep, ...]:
    """Everything that is done by and by, one after the other."""
    return _distinct([sweep for part in gathered(__name__, "SWEEPS") for sweep in part])


def _distinct(found: list[Kind]) -> tuple[Kind, ...]:
    names = [row.name for row in found]
    doubled = {name for name in names if names.count(name) > 1}
    if doubled:
        raise ValueError(f"two jobs of the worker have the same name: {', '.join(doubled)}")
    return tuple(found)
