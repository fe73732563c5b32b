"""Our solver and its peers on the same problems: `python benchmarks/planning.py --sizes S M`.

Every program runs in a process of its own, one after the other on each problem, and is measured
from outside; every proposal is judged by the same `check`. The table shows the gap to the best
bound that any of them proved. With `--out` the rows are kept with machine, versions and date, with
`--progress-plot` the gap over time is drawn. See docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from drawing.variants import SIZES, VARIANTS
from machine import machine, today, versions
from peers import PEERS
from running import draw, judged, progress, solve

OURS = "matchmaker"
RESULTS = Path(__file__).parent / "results"
PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "planning-gap.svg"
LARGEST = {"greedy": "XL", "local_search": "L", "cpsat": "M", "highs": "L", "timefold": "M"}
"""Up to which size a peer is asked if no peers are named: beyond, it only fills the memory."""
SKIPPED = 3
HEAD = (
    f"{'problem':22} {'who':13} {'seconds':>8} {'× ours':>7} {'whole':>7} {'cores':>7} {'MB':>6} "
    f"{'served':>6} {'total':>10} {'gap %':>9}  judged"
)
Row = dict[str, Any]


def asked(size: str, peers: list[str] | None) -> list[str]:
    """Who is asked about problems of that size; ours comes first."""
    order = list(SIZES)
    fitting = [name for name in PEERS if order.index(size) <= order.index(LARGEST[name])]
    return [OURS, *(fitting if peers is None else peers)]


def measure(name: str, problem: Path, limit: float, threads: int) -> Row:
    """One program on one problem: what it took, what it gave, what the judge says."""
    with tempfile.TemporaryDirectory() as folder:
        proposal = Path(folder) / "proposal.json"
        ran = solve(name, problem, proposal, limit=limit, threads=threads)
        row: Row = {
            "who": name,
            "exit": ran.status,
            "whole": round(ran.wall, 3),
            "cores": round(ran.cpu, 3),
            "memory_mb": round(ran.memory),
        }
        if ran.status == 0:
            row |= judged(problem, proposal)
        else:
            row["error"] = (ran.errors.strip().splitlines() or ["no message"])[-1][:300]
        if name == OURS:
            row["progress"] = progress(ran.errors)
        return row


def compared(rows: list[Row]) -> None:
    """Add to every judged row its gap to the best proven bound, and its seconds as times ours."""
    right = [row for row in rows if row.get("right")]
    bounds = [row["bound"] for row in right if row["bound"] is not None]
    ours = next((row["seconds"] for row in right if row["who"] == OURS), None)
    for row in right:
        row["best_bound"] = min(bounds, default=None)
        row["gap"] = gap(row["total"], row["best_bound"])
        row["ratio"] = round(row["seconds"] / ours, 2) if ours else None


def gap(total: int, bound: int | None) -> float | None:
    """Percent of the bound that the total stays below; None if there is no bound."""
    return None if bound is None else 100 * (bound - total) / max(1, abs(bound))


def line(row: Row) -> str:
    start = f"{row['problem']:22} {row['who']:13} "
    if row["exit"] == SKIPPED:
        return f"{start}skipped: {row['error']}"
    if row["exit"]:
        return f"{start}no answer after {row['whole']:.1f} s (exit {row['exit']}): {row['error']}"
    shown_gap = f"{row['gap']:.4f}" if row.get("gap") is not None else "–"
    shown_ratio = f"{row['ratio']:.2f}" if row.get("ratio") is not None else "–"
    verdict = row["status"] if row["right"] else "WRONG " + "; ".join(row["faults"])
    if "stopped" in row["info"]:
        verdict += f", gave up: {row['info']['stopped']}"
    return (
        f"{start}{row['seconds']:8.2f} {shown_ratio:>7} {row['whole']:7.2f} {row['cores']:7.2f} "
        f"{row['memory_mb']:6} {row['served']:6} {row['total']:10} {shown_gap:>9}  {verdict}"
    )


def run_all(options: argparse.Namespace) -> list[Row]:
    rows: list[Row] = []
    print(HEAD)
    for size in options.sizes:
        for variant in options.variants:
            for seed in range(1, options.seeds + 1):
                rows += _problem(options, size, variant, seed)
    return rows


def _problem(options: argparse.Namespace, size: str, variant: str, seed: int) -> list[Row]:
    name = f"{size} {variant} {seed}"
    with tempfile.TemporaryDirectory() as folder:
        problem = Path(folder) / "problem.json"
        draw(size, variant, seed, problem)
        rows = []
        for who in asked(size, options.peers):
            row = measure(who, problem, options.time_limit, options.threads)
            rows.append({"problem": name, "size": size, "variant": variant, "seed": seed} | row)
    compared(rows)
    for row in rows:
        print(line(row), flush=True)
    return rows


def keep(path: Path, options: argparse.Namespace, about: dict[str, Any], rows: list[Row]) -> None:
    asked_for = {"time_limit": options.time_limit, "threads": options.threads}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(about | asked_for | {"rows": rows}, indent=1) + "\n", "utf-8")
    print(f"kept in {path}")


def options_from(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["S"])
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--seeds", type=int, default=2, help="how many of each")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds of solving")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--peers",
        nargs="*",
        choices=PEERS,
        help="who else is asked (none if empty); left out: all that suit the size",
    )
    parser.add_argument(
        "--out", type=Path, help=f"where the rows are kept, e.g. {RESULTS.name}/2027-01-11.json"
    )
    parser.add_argument(
        "--progress-plot",
        type=Path,
        nargs="?",
        const=PICTURE,
        help="draw the gap over time of the first problem of every size (needs matplotlib)",
    )
    return parser.parse_args(words)


def main() -> None:
    options = options_from()
    about = {"date": today(), "machine": machine(), "versions": versions()}
    rows = run_all(options)
    if options.out:
        keep(options.out, options, about, rows)
    if options.progress_plot:
        from plot import draw_gaps  # noqa: PLC0415  matplotlib only where it is asked for

        draw_gaps(rows, options.progress_plot)


if __name__ == "__main__":
    main()
