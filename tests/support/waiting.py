"""Waiting for something that another process does: as short as possible, never for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 90.0
"""Far above what anything takes on an idle machine: how long a busy one is borne with."""


def until(what: str, look: Callable[[], T], seconds: float = PATIENCE, pause: float = 0.05) -> T:
    """What `look` gives as soon as it is true. Raises AssertionError naming what did not come."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"waited {seconds:g} s in vain for {what}: {found!r}"
        time.sleep(pause)
