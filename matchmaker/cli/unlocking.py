"""`matchmaker unlock`: which single change would help most of the requests left out."""

from __future__ import annotations

import click

from matchmaker.cli.planning import seconds
from matchmaker.cli.problem_files import (
    StrictCommand,
    problem_at,
    proposal_for,
    require_one_stream,
    require_writable,
    write_answer,
)
from matchmaker.scheduling.formats import STREAM, unlocking_to_json
from matchmaker.scheduling.judge import judge


@click.command(cls=StrictCommand)
@click.argument("problem", metavar="PROBLEM.json")
@click.argument("proposal", metavar="PROPOSAL.json")
@click.option(
    "--most",
    type=click.IntRange(1, 1000),
    default=10,
    show_default=True,
    metavar="N",
    help="How many changes each list holds.",
)
@click.option(
    "--time-limit",
    type=float,
    default=60,
    callback=seconds,
    show_default=True,
    metavar="SECONDS",
    help="Stop looking after so many seconds.",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 1024),
    metavar="N",
    help="How many cores to use.  [default: all]",
)
@click.option(
    "--out",
    default=STREAM,
    metavar="UNLOCK.json",
    help="Where the answer goes.  [default: standard output]",
)
def unlock(
    *, problem: str, proposal: str, most: int, time_limit: float, threads: int | None, out: str
) -> None:
    """Find the single changes that would place most of the requests left out.

    One more evening of a person, one more speaker or interpreter, or one limit relaxed. `-` stands
    for standard input or output; `.json.gz` is read and written too. Exit status: 0 the answer was
    written, even if nothing helps, 2 a file is not what it should be, 1 anything else.
    """
    require_one_stream(problem, proposal)
    asked = problem_at(problem)
    plan = proposal_for(asked, proposal).assignments
    require_writable(out, problem, proposal)
    # Loaded when the files have been read: a fault in them is told without waiting for numpy.
    from matchmaker.scheduling.solving.unlock import unlock as unlocked  # noqa: PLC0415 (dear)

    allowed = judge(asked, plan).allowed
    found = unlocked(
        asked, plan, allowed=allowed, most=most, time_limit=time_limit, threads=threads
    )
    write_answer(out, unlocking_to_json(found))
