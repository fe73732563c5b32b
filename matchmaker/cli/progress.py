"""How a running search is shown on standard error: for programs, and for people at a terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click

from matchmaker.scheduling.progress import Progress

BAR_WIDTH = 10
USUAL_COLUMNS = 80


@contextmanager
def shown_progress(requests: int) -> Iterator[Callable[[Progress], None]]:
    """What takes the reports of a search among so many requests.

    Each becomes one line of JSON; on a terminal one line, drawn again and again, says the same.
    """
    if not sys.stderr.isatty():
        yield _report
        return
    line = _Line()
    try:
        yield lambda progress: line.draw(progress_text(progress, requests, _columns()))
    finally:
        line.end()


def progress_text(progress: Progress, requests: int, columns: int = USUAL_COLUMNS) -> str:
    """`[###-------] 21/60 served  0.3 s  gap 57.61 %  best 30,100  bound 71,000  …`.

    What a narrow terminal cuts off are words that follow from those before.
    """
    figures = (
        f"{progress.served}/{requests} served",
        f"{progress.seconds:.1f} s",
        f"gap {_gap(progress.best, progress.bound)}",
        f"best {_whole(progress.best)}",
        f"bound {_whole(progress.bound)}",
        progress.phase,
    )
    done = BAR_WIDTH * progress.served // max(requests, 1)
    bar = "#" * done + "-" * (BAR_WIDTH - done)
    # In the last column, some terminals begin a new line.
    return f"[{bar}] {'  '.join(figures)}"[: columns - 1]


class _Line:
    """A line of the terminal without escape codes: not every terminal knows the same ones."""

    def __init__(self) -> None:
        self._length = 0

    def draw(self, text: str) -> None:
        click.echo("\r" + text.ljust(self._length), nl=False, err=True)
        self._length = len(text)

    def end(self) -> None:
        """Leave the last state standing, and the next line to whatever comes."""
        if self._length:
            click.echo(err=True)


def _report(progress: Progress) -> None:
    click.echo(json.dumps(asdict(progress)), err=True)


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or USUAL_COLUMNS
    except OSError:
        return USUAL_COLUMNS


def _whole(points: int | None) -> str:
    return "-" if points is None else f"{points:,}"


def _gap(best: int | None, bound: int | None) -> str:
    """How far the best plan may lie below the best possible one, as a share of the bound."""
    if best is None or bound is None:
        return "-"
    return f"{100 * (bound - best) / max(abs(bound), 1):.2f} %"
