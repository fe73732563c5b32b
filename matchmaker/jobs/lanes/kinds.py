"""The two kinds of work: a lane has a thread of its own, a sweep takes its turn."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from matchmaker.jobs.workplace import Workplace

Work = Callable[[Workplace], str]
"""Does what there is to do and returns a note for the lane's sign of life, mostly empty."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Woken by `queue.poke(settings, name)`, and by the clock.

    `open` gives the work for as long as the worker runs; what it holds (processes, connections)
    ends with the block. An error is told and the lane goes on.
    """

    name: str
    open: Callable[[Workplace], AbstractContextManager[Work]]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Short work that is done again and again, about once a minute; `name` stands in the log."""

    name: str
    job: Callable[[Workplace], object]


def lane(name: str, work: Work) -> Lane:
    """A lane whose work holds nothing from one time to the next."""
    return Lane(name, lambda _place: nullcontext(work))
