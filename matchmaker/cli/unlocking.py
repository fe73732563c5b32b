"""`matchmaker unlock`: which single change would help most of the requests left out."""

from __future__ import annotations

import click

from matchmaker.cli.options import most_option, out_option, threads_option, time_limit_option
from matchmaker.cli.problem_files import (
    StrictCommand,
    asked_about,
    write_answer,
)
from matchmaker.scheduling.formats import unlocking_to_json
from matchmaker.scheduling.judge import judge
from matchmaker.scheduling.solving.unlock import unlock as find_changes


@click.command(cls=StrictCommand)
@click.argument("problem", metavar="PROBLEM.json")
@click.argument("proposal", metavar="PROPOSAL.json")
@most_option(10, "How many changes each list holds.")
@time_limit_option("Stop looking after so many seconds.")
@threads_option()
@out_option("UNLOCK.json", "Where the answer goes.")
def unlock(
    *, problem: str, proposal: str, most: int, time_limit: float, threads: int | None, out: str
) -> None:
    """Find the single changes that would place most of the requests left out.

    One more evening of a person, one more speaker or interpreter, or one limit relaxed. `-` stands
    for standard input or output; `.json.gz` is read and written too. Exit status: 0 the answer was
    written, even if nothing helps, 2 a file is not what it should be, 1 anything else.
    """
    asked, plan = asked_about(problem, proposal, out)
    allowed = judge(asked, plan).allowed
    found = find_changes(
        asked, plan, allowed=allowed, most=most, time_limit=time_limit, threads=threads
    )
    write_answer(out, unlocking_to_json(found))
