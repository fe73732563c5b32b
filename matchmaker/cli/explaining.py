"""`matchmaker explain` and `matchmaker alternatives`: questions about a proposal in a file."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import click

from matchmaker.cli.problem_files import (
    StrictCommand,
    problem_at,
    proposal_for,
    require_one_stream,
    require_writable,
    stop,
    write_answer,
)
from matchmaker.scheduling.formats import STREAM, alternatives_to_json, explanations_to_json
from matchmaker.scheduling.problem import Problem


@click.command(cls=StrictCommand)
@click.argument("problem", metavar="PROBLEM.json")
@click.argument("proposal", metavar="PROPOSAL.json")
@click.option("--request", metavar="ID", help="Only this request.  [default: all]")
@click.option(
    "--out",
    default=STREAM,
    metavar="EXPLANATION.json",
    help="Where the explanation goes.  [default: standard output]",
)
def explain(*, problem: str, proposal: str, request: str | None, out: str) -> None:
    """Say why requests have their talks or have none, and what would help.

    `-` stands for standard input or output; `.json.gz` is read and written too. Exit status: 0 the
    explanation was written, 2 a file is not what it should be, 1 anything else.
    """
    require_one_stream(problem, proposal)
    asked = problem_at(problem)
    plan = proposal_for(asked, proposal).assignments
    require_writable(out, problem, proposal)
    names = [row.id for row in asked.requests] if request is None else [_known(asked, request)]
    answers = _answers()
    kept = answers.keep(asked, plan)
    write_answer(out, explanations_to_json([answers.explanation(kept, name) for name in names]))


@click.command(cls=StrictCommand)
@click.argument("problem", metavar="PROBLEM.json")
@click.argument("proposal", metavar="PROPOSAL.json")
@click.option("--request", required=True, metavar="ID", help="Whose talk could be another.")
@click.option(
    "--most",
    type=click.IntRange(1, 1000),
    default=5,
    show_default=True,
    metavar="N",
    help="How many to find.",
)
@click.option(
    "--out",
    default=STREAM,
    metavar="ALTERNATIVES.json",
    help="Where the alternatives go.  [default: standard output]",
)
def alternatives(*, problem: str, proposal: str, request: str, most: int, out: str) -> None:
    """Find the best other talks of a request while the rest of the plan stays.

    `-` stands for standard input or output; `.json.gz` is read and written too. Exit status: 0 the
    alternatives were written, even if there are none, 2 a file is not what it should be, 1 anything
    else.
    """
    require_one_stream(problem, proposal)
    asked = problem_at(problem)
    plan = proposal_for(asked, proposal).assignments
    require_writable(out, problem, proposal)
    name = _known(asked, request)
    answers = _answers()
    kept = answers.keep(asked, plan)
    talk = kept.talks.get(kept.row(name))
    write_answer(out, alternatives_to_json(name, talk, answers.alternatives(kept, name, most)))


def _answers() -> ModuleType:
    """Loaded when the files have been read: a fault in them is told without waiting for numpy."""
    return import_module("matchmaker.scheduling.solving.explain")


def _known(problem: Problem, request: str) -> str:
    if request not in problem.request:
        stop(f"the problem has no request {request}")
    return request
