"""`matchmaker solve` and `matchmaker check`: planning problems in files, without a database."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import NoReturn, TypeVar

import click

from matchmaker.scheduling.formats import (
    STREAM,
    FormatError,
    is_replaceable,
    load_problem,
    load_proposal,
    report_lines,
    write_proposal,
)
from matchmaker.scheduling.judge import Verdict
from matchmaker.scheduling.judge import check as judged
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.progress import Progress
from matchmaker.scheduling.proposal import Proposal, Score
from matchmaker.scheduling.run import BrokenProposalError, propose

FAILED = 1
UNREADABLE = 2

T = TypeVar("T", Problem, Proposal)


class WrongOptions(click.UsageError):
    """A failure (1): the status 2 is kept for input that is no valid problem."""

    exit_code = FAILED


class StrictCommand(click.Command):
    """A command whose wrong options end in `WrongOptions`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise WrongOptions(error.format_message(), ctx) from error


def _seconds(_ctx: click.Context, _option: click.Parameter, value: float) -> float:
    if not (math.isfinite(value) and value >= 0):
        raise click.BadParameter("expected a number of seconds from 0")
    return value


@click.command(cls=StrictCommand)
@click.argument("problem", metavar="PROBLEM.json")
@click.option("--out", required=True, metavar="PROPOSAL.json", help="Where the proposal goes.")
@click.option(
    "--time-limit",
    type=float,
    default=60,
    callback=_seconds,
    show_default=True,
    metavar="SECONDS",
    help="Stop searching after so many seconds.",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 1024),
    metavar="N",
    help="How many cores to use.  [default: all]",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=0,
    show_default=True,
    metavar="N",
    help="Equal seeds give equal proposals.",
)
@click.option("--progress", is_flag=True, help="Report the search on standard error, JSON a line.")
def solve(
    *, problem: str, out: str, time_limit: float, threads: int | None, seed: int, progress: bool
) -> None:
    """Find the best plan for a planning problem.

    `-` stands for standard input or output; `.json.gz` is read and written too. Exit status: 0 a
    proposal was written, 2 the input is no valid problem, 1 anything else.
    """
    read = _loaded(load_problem, problem)
    _require_writable(out, problem)
    try:
        proposal = propose(
            read,
            time_limit=time_limit,
            threads=threads,
            seed=seed,
            on_progress=_report if progress else None,
        )
    except BrokenProposalError as error:
        _stop("the solver's proposal is refused by the judge", *str(error).splitlines())
    try:
        write_proposal(out, proposal)
    except OSError as error:
        _stop(f"{out} cannot be written: {_reason(error)}")


@click.command()
@click.argument("problem", metavar="PROBLEM.json")
@click.argument("proposal", metavar="PROPOSAL.json")
def check(problem: str, proposal: str) -> None:
    """Judge a proposal: every broken rule, the score recomputed, what is stated wrongly.

    Exit status: 0 no rule is broken and the stated score and bound are right, 1 if not, 2 if a
    file cannot be read as what it should be.
    """
    if problem == proposal == STREAM:
        _stop("only one of the two files can be standard input", status=UNREADABLE)
    verdict = judged(_loaded(load_problem, problem), _loaded(load_proposal, proposal))
    for line in _verdict_lines(verdict):
        click.echo(_one_line(line))
    sys.exit(0 if verdict.right else FAILED)


def _verdict_lines(verdict: Verdict) -> list[str]:
    points = {row.name: getattr(verdict.score, row.name) for row in fields(Score)}
    return [
        *(f"violation {row.code}: {row.message}" for row in verdict.violations),
        *(f"warning {row.code}: {row.message}" for row in verdict.warnings),
        *(f"misstated: {line}" for line in verdict.misstatements),
        *(f"note: {line}" for line in verdict.notes),
        "score:",
        *(f"  {name:<10} {value:>10}" for name, value in points.items()),
        f"  {'total':<10} {verdict.score.total:>10}",
        _summary(verdict),
    ]


def _summary(verdict: Verdict) -> str:
    if verdict.right:
        return "right: no rule is broken, and the stated score and bound are true"
    count = len(verdict.violations)
    broken = {0: "no rule is broken", 1: "1 violation"}.get(count, f"{count} violations")
    stated = "the stated figures are true" if not verdict.misstatements else "figures are misstated"
    return f"wrong: {broken}, {stated}"


def _loaded(load: Callable[[str], T], path: str) -> T:
    """What the file holds, or the end of the program with its faults on standard error."""
    try:
        return load(path)
    except FormatError as error:
        _stop(*report_lines(error.faults), status=UNREADABLE)
    except (OSError, ValueError) as error:  # ValueError: a path that holds a null character
        _stop(f"{path} cannot be read: {_reason(error)}", status=UNREADABLE)


def _require_writable(out: str, problem: str) -> None:
    """Say before the search, not after it, that its result has no place to go."""
    target = Path(out).resolve()
    folder = target.parent
    if target.is_dir():
        _stop(f"{out} cannot be written: it is a folder")
    if out == STREAM or not is_replaceable(out):
        return
    if problem != STREAM and target == Path(problem).resolve():
        _stop(f"{out} cannot be written: it is the problem itself")
    if not folder.is_dir():
        _stop(f"{out} cannot be written: there is no folder {folder}")
    if not os.access(folder, os.W_OK):
        _stop(f"{out} cannot be written: the folder {folder} is read-only")


def _report(progress: Progress) -> None:
    click.echo(json.dumps(asdict(progress)), err=True)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _stop(*lines: str, status: int = FAILED) -> NoReturn:
    for line in lines:
        click.echo(_one_line(line), err=True)
    sys.exit(status)


def _one_line(text: str) -> str:
    """Ids may hold any character, but a line of output stays one line."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )
