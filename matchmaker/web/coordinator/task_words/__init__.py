"""The worklist in words: what it is about, since when, and where to go.

`WORDS` in a module of this package are taken up; the tasks come from `services.worklist`.
"""

from __future__ import annotations

from functools import cache

from matchmaker.parts import gathered
from matchmaker.services.worklist import Task
from matchmaker.web.coordinator.task_words.line import Line, Words

__all__ = ["Line", "line_of", "words"]


def line_of(task: Task) -> Line:
    return words()[task.kind](task)


@cache
def words() -> Words:
    """Those of all kinds. Raises ValueError if two modules speak of the same one."""
    found: Words = {}
    for part in gathered(__name__, "WORDS"):
        if doubled := found.keys() & part.keys():
            raise ValueError(f"two modules have words for {', '.join(sorted(doubled))}")
        found |= part
    return found
