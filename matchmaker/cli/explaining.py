"""`matchmaker explain` and `matchmaker alternatives`: questions about a proposal in a file."""

from __future__ import annotations

import click

from matchmaker.cli.options import most_option, out_option
from matchmaker.cli.problem_files import (
    StrictCommand,
    asked_about,
    stop,
    write_answer,
)
from matchmaker.scheduling.formats import alternatives_to_json, explanations_to_json
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.solving.explain import alternatives as best_others
from matchmaker.scheduling.solving.explain import explanation, keep


@click.command(cls=StrictCommand)
@click.argument("problem", metavar="PROBLEM.json")
@click.argument("proposal", metavar="PROPOSAL.json")
@click.option("--request", metavar="ID", help="Only this request.  [default: all]")
@out_option("EXPLANATION.json", "Where the explanation goes.")
def explain(*, problem: str, proposal: str, request: str | None, out: str) -> None:
    """Say why requests have their talks or have none, and what would help.

    `-` stands for standard input or output; `.json.gz` is read and written too. Exit status: 0 the
    explanation was written, 2 a file is not what it should be, 1 anything else.
    """
    asked, plan = asked_about(problem, proposal, out)
    names = [row.id for row in asked.requests] if request is None else [_known(asked, request)]
    kept = keep(asked, plan)
    write_answer(out, explanations_to_json([explanation(kept, name) for name in names]))


@click.command(cls=StrictCommand)
@click.argument("problem", metavar="PROBLEM.json")
@click.argument("proposal", metavar="PROPOSAL.json")
@click.option("--request", required=True, metavar="ID", help="Whose talk could be another.")
@most_option(5, "How many to find.")
@out_option("ALTERNATIVES.json", "Where the alternatives go.")
def alternatives(*, problem: str, proposal: str, request: str, most: int, out: str) -> None:
    """Find the best other talks of a request while the rest of the plan stays.

    `-` stands for standard input or output; `.json.gz` is read and written too. Exit status: 0 the
    alternatives were written, even if there are none, 2 a file is not what it should be, 1 anything
    else.
    """
    asked, plan = asked_about(problem, proposal, out)
    name = _known(asked, request)
    kept = keep(asked, plan)
    talk = kept.talks.get(kept.row(name))
    write_answer(out, alternatives_to_json(name, talk, best_others(kept, name, most)))


def _known(problem: Problem, request: str) -> str:
    if request not in problem.request:
        stop(f"the problem has no request {request}")
    return request
