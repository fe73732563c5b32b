"""What needs a person of the coordination, the most urgent first.

`FINDERS` in a module of this package are taken up; the words of each kind stand in
`web.coordinator.task_words`.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy.orm import Session

from matchmaker.parts import gathered
from matchmaker.services.desk import Desk
from matchmaker.services.worklist.figures import Figures, figures
from matchmaker.services.worklist.task import Finder, Task

__all__ = ["Figures", "Finder", "Task", "figures", "worklist"]


def worklist(session: Session, desk: Desk) -> list[Task]:
    """Everything that waits for a decision; empty when there is nothing to do."""
    return [task for finder in _finders() for task in finder.find(session, desk)]


@cache
def _finders() -> tuple[Finder, ...]:
    found = [finder for part in gathered(__name__, "FINDERS") for finder in part]
    return tuple(sorted(found, key=lambda finder: finder.rank))
