"""One thing to do, and whoever finds things to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.services.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do. `kind` says what, `facts` about whom; `since` is when it came up."""

    kind: str
    since: datetime | None = None
    count: int = 1
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks for tasks of one sort. The lower the `rank`, the more urgent they are."""

    rank: int
    find: Callable[[Session, Desk], Iterable[Task]]
