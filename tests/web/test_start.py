"""What a web process loads when it starts; every module costs time and memory twice over."""

from __future__ import annotations

import subprocess
import sys

SEEN = """
import sys
from importlib import import_module
from matchmaker.web.app import DEMO_ROOMS, ROOMS
for room in ROOMS + DEMO_ROOMS:
    import_module(f"matchmaker.web.{room}")
print(*sorted({"alembic", "huey", "numpy", "ortools", "redis"} & {*sys.modules}))
"""


def test_pages_start_without_what_they_hardly_ever_need() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SEEN], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split() == []
