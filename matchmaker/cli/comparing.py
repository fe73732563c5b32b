"""`matchmaker compare`: two proposals for one problem, without a database."""

from __future__ import annotations

import click

from matchmaker.cli.options import out_option
from matchmaker.cli.problem_files import (
    StrictCommand,
    problem_at,
    proposal_for,
    require_one_stream,
    require_writable,
    write_answer,
)
from matchmaker.scheduling.compare import compare as compared
from matchmaker.scheduling.formats import comparison_to_json


@click.command(cls=StrictCommand)
@click.argument("before", metavar="A.json")
@click.argument("after", metavar="B.json")
@click.option("--problem", required=True, metavar="PROBLEM.json", help="What both answer.")
@out_option("COMPARISON.json", "Where the comparison goes.")
def compare(*, before: str, after: str, problem: str, out: str) -> None:
    """Say what proposal B does differently from A, what that is worth, and why.

    `-` stands for standard input or output; `.json.gz` is read and written too. Exit status: 0 the
    comparison was written, 2 a file is not what it should be, 1 anything else.
    """
    require_one_stream(before, after, problem)
    asked = problem_at(problem)
    one, other = (proposal_for(asked, path) for path in (before, after))
    require_writable(out, before, after, problem)
    write_answer(out, comparison_to_json(compared(asked, one.assignments, other.assignments)))
