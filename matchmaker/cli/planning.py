"""`matchmaker solve` and `matchmaker check`: planning problems in files, without a database."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import fields

import click

from matchmaker.cli.options import threads_option, time_limit_option
from matchmaker.cli.problem_files import (
    FAILED,
    StrictCommand,
    one_line,
    problem_at,
    proposal_at,
    require_one_stream,
    require_writable,
    stop,
    write_answer,
)
from matchmaker.cli.progress import shown_progress
from matchmaker.scheduling.formats import proposal_to_json
from matchmaker.scheduling.judge import Verdict
from matchmaker.scheduling.judge import check as judged
from matchmaker.scheduling.proposal import Score
from matchmaker.scheduling.run import BrokenProposalError, propose


@click.command(cls=StrictCommand)
@click.argument("problem", metavar="PROBLEM.json")
@click.option("--out", required=True, metavar="PROPOSAL.json", help="Where the proposal goes.")
@time_limit_option("Stop searching after so many seconds.")
@threads_option()
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=0,
    show_default=True,
    metavar="N",
    help="Equal seeds give equal proposals.",
)
@click.option(
    "--progress",
    is_flag=True,
    help="Report the search on standard error: JSON, or a bar on a terminal.",
)
def solve(
    *, problem: str, out: str, time_limit: float, threads: int | None, seed: int, progress: bool
) -> None:
    """Find the best plan for a planning problem.

    `-` stands for standard input or output; `.json.gz` is read and written too. Exit status: 0 a
    proposal was written, 2 the input is no valid problem, 1 anything else.
    """
    read = problem_at(problem)
    require_writable(out, problem)
    try:
        with shown_progress(len(read.requests)) if progress else nullcontext() as on_progress:
            proposal = propose(
                read,
                time_limit=time_limit,
                threads=threads,
                seed=seed,
                on_progress=on_progress,
            )
    except BrokenProposalError as error:
        stop("the solver's proposal is refused by the judge", *str(error).splitlines())
    write_answer(out, proposal_to_json(proposal))


@click.command()
@click.argument("problem", metavar="PROBLEM.json")
@click.argument("proposal", metavar="PROPOSAL.json")
def check(problem: str, proposal: str) -> None:
    """Judge a proposal: every broken rule, the score recomputed, what is stated wrongly.

    Exit status: 0 no rule is broken and the stated score and bound are right, 1 if not, 2 if a
    file cannot be read as what it should be.
    """
    require_one_stream(problem, proposal)
    verdict = judged(problem_at(problem), proposal_at(proposal))
    for line in _verdict_lines(verdict):
        click.echo(one_line(line))
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
