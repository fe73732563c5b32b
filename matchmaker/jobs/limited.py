"""Runs a `matchmaker` command with a limit on its memory, and ends it when its parent is gone.

`python -m matchmaker.jobs.limited BYTES COMMAND …` – used for the solver, so that a problem too
large ends one search and not the service, and so that a killed worker leaves nothing behind.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading

ORPHANED = 3


def main(arguments: list[str]) -> None:
    limit_memory(int(arguments[0]))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = ["matchmaker", *arguments[1:]]
    runpy.run_module("matchmaker", run_name="__main__", alter_sys=True)


def limit_memory(size: int) -> None:
    """Limit the address space to `size` bytes (0: no limit) where the system can."""
    try:
        import resource  # noqa: PLC0415  # not on every system
    except ImportError:
        return
    if size:
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def limit_computing(seconds: int) -> None:
    """Let the system end this process after so many seconds of processor time, where it can.

    It leaves no files behind either: it may write none, and no picture of its memory.
    """
    try:
        import resource  # noqa: PLC0415  # not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _end_with_parent() -> None:
    """The parent holds the other end of standard input and never writes: its end is the end."""
    # Not through sys.stdin: its lock would still be held when the interpreter shuts down.
    while os.read(0, 1024):
        pass
    os._exit(ORPHANED)


if __name__ == "__main__":
    main(sys.argv[1:])
