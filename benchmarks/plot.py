"""Draw the gap over time from kept rows: `python benchmarks/plot.py RESULTS.json PICTURE.svg`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

INK, GRID = "#7d7d7d", "#9a9a9a"
"""Legible on white and on black."""
COLOURS = {
    "matchmaker": "#1f8fe0",
    "greedy": "#d98200",
    "local_search": "#c2557f",
    "cpsat": "#8f6fd6",
    "highs": "#2fa36b",
    "timefold": "#d0503f",
}
NAMES = {
    "greedy": "greedy",
    "local_search": "greedy + local search",
    "cpsat": "textbook CP-SAT",
    "highs": "HiGHS, all columns",
    "timefold": "Timefold",
}
MARKS = {"greedy": "o", "local_search": "s", "cpsat": "^", "highs": "D", "timefold": "v"}
LEAST, MOST = 0.0005, 100.0
"""Percent: what is smaller is drawn at the bottom, which stands for zero."""
Row = dict[str, Any]


def draw_gaps(rows: list[Row], path: Path) -> None:
    """One panel a size, for its first problem: our best plan over time, the peers as points."""
    panels = _panels(rows)
    settings: dict[Any, Any] = {
        "svg.hashsalt": "matchmaker",
        "font.size": 9,
        "font.family": "DejaVu Sans",
    }
    with mpl.rc_context(settings):
        width = max(6.4, 3.1 * len(panels) + 0.9)
        figure = Figure(figsize=(width, 4.0), layout="constrained")
        axes = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
        for at, (axis, group) in enumerate(zip(axes, panels, strict=True)):
            _panel(axis, group)
            if at == 0:
                axis.set_ylabel("below the best proven bound, %", color=INK)
        _legend(figure, axes)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, transparent=True, metadata={"Date": None})
    print(f"drawn in {path}")


def _panels(rows: list[Row]) -> list[list[Row]]:
    first: dict[str, str] = {}
    for row in rows:
        first.setdefault(row["size"], row["problem"])
    return [[row for row in rows if row["problem"] == name] for name in first.values()]


def _panel(axis: Axes, rows: list[Row]) -> None:
    for row in rows:
        if row.get("gap") is None:
            continue
        if row["who"] == "matchmaker":
            _line(axis, row)
        else:
            _point(axis, row)
    axis.set(xscale="log", yscale="log", ylim=(LEAST / 1.5, MOST * 1.5))
    axis.set_title(rows[0]["problem"].rsplit(" ", 1)[0], color=INK)
    axis.set_xlabel("seconds of solving", color=INK)
    axis.set_yticks(
        [LEAST, 0.001, 0.01, 0.1, 1, 10, 100], ["0", ".001", ".01", ".1", "1", "10", "100"]
    )
    axis.minorticks_off()
    axis.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
    axis.xaxis.set_major_formatter("{x:g}")
    axis.grid(color=GRID, alpha=0.35, linewidth=0.6)
    axis.tick_params(colors=INK)
    for spine in axis.spines.values():
        spine.set_color(GRID)


def _line(axis: Axes, row: Row) -> None:
    bound = row["best_bound"]
    steps = [(at["seconds"], at["best"]) for at in row["progress"] if at["best"] is not None]
    steps.append((row["seconds"], row["total"]))
    seconds = [max(at, 0.01) for at, _ in steps]
    gaps = [_shown(100 * (bound - best) / max(1, abs(bound))) for _, best in steps]
    colour = COLOURS["matchmaker"]
    axis.step(seconds, gaps, where="post", color=colour, linewidth=2, label="matchmaker")
    axis.plot(seconds[-1:], gaps[-1:], "*", color=colour, markersize=11)


def _point(axis: Axes, row: Row) -> None:
    who = row["who"]
    axis.plot(
        [max(row["seconds"], 0.01)],
        [_shown(row["gap"])],
        MARKS[who],
        color=COLOURS[who],
        markersize=7,
        label=NAMES[who],
    )


def _shown(gap: float) -> float:
    return min(max(gap, LEAST), MOST)


def _legend(figure: Figure, axes: list[Axes]) -> None:
    known: dict[str, Artist] = {}
    for axis in axes:
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            known.setdefault(label, handle)
    figure.legend(
        list(known.values()),
        list(known),
        loc="outside lower center",
        ncols=3,
        frameon=False,
        labelcolor=INK,
    )


def main() -> None:
    kept = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    draw_gaps(kept["rows"], Path(sys.argv[2]))


if __name__ == "__main__":
    main()
