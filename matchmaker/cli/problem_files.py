"""What the commands on planning problems in files share: reading, writing, and how they end."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Container, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from matchmaker.scheduling.formats import (
    STREAM,
    Fault,
    FormatError,
    is_replaceable,
    load_problem,
    load_proposal,
    report_lines,
    write_document,
)
from matchmaker.scheduling.formats.faults import quoted
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.proposal import Proposal

FAILED = 1
UNREADABLE = 2

T = TypeVar("T", Problem, Proposal)


class WrongOptions(click.UsageError):
    """A failure (1): the status 2 is kept for files that are not what they should be."""

    exit_code = FAILED


class StrictCommand(click.Command):
    """A command whose wrong options end in `WrongOptions`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise WrongOptions(error.format_message(), ctx) from error


def problem_at(path: str) -> Problem:
    """The problem in the file, or the end of the program (2) with its faults on standard error."""
    return _loaded(load_problem, path)


def proposal_at(path: str) -> Proposal:
    """The proposal in the file, or the end of the program (2), as for a problem."""
    return _loaded(load_proposal, path)


def proposal_for(problem: Problem, path: str) -> Proposal:
    """A proposal that names nobody and nothing but what stands in the problem, or the end (2).

    Its faults begin with the path: a command may read several proposals.
    """
    proposal = _loaded(load_proposal, path, prefix=f"{path}: ")
    faults = [
        Fault(f"$.assignments[{index}].{place}", f"{quoted(name)} is not known", expected)
        for index, row in enumerate(proposal.assignments)
        for place, name, known, expected in _names(problem, row)
        if name not in known
    ]
    if faults:
        stop(*(f"{path}: {line}" for line in report_lines(faults)), status=UNREADABLE)
    return proposal


def require_one_stream(*paths: str) -> None:
    """Standard input can be read once: the end of the program (2) if two files ask for it."""
    if paths.count(STREAM) > 1:
        stop("only one of the files can be standard input", status=UNREADABLE)


def require_writable(out: str, *inputs: str) -> None:
    """Say before the work, not after it, that its result has no place to go, or overwrites."""
    target = Path(out).resolve()
    folder = target.parent
    if target.is_dir():
        stop(f"{out} cannot be written: it is a folder")
    if out == STREAM or not is_replaceable(out):
        return
    if target in [Path(path).resolve() for path in inputs if path != STREAM]:
        stop(f"{out} cannot be written: it is what is to be read")
    if not folder.is_dir():
        stop(f"{out} cannot be written: there is no folder {folder}")
    if not os.access(folder, os.W_OK):
        stop(f"{out} cannot be written: the folder {folder} is read-only")


def asked_about(problem: str, proposal: str, *outs: str) -> tuple[Problem, tuple[Assignment, ...]]:
    """The problem and the plan that a question is about, or the end of the program.

    Also ends it (1) if an answer has no place to go, before anything is worked out.
    """
    require_one_stream(problem, proposal)
    case = problem_at(problem)
    plan = proposal_for(case, proposal).assignments
    for out in outs:
        require_writable(out, problem, proposal)
    return case, plan


def write_answer(out: str, document: Mapping[str, Any]) -> None:
    """A command's answer as JSON, or the end of the program (1) with the reason."""
    try:
        write_document(out, document)
    except OSError as error:
        stop(f"{out} cannot be written: {_reason(error)}")


def stop(*lines: str, status: int = FAILED) -> NoReturn:
    """End the program with these lines on standard error."""
    for line in lines:
        click.echo(one_line(line), err=True)
    sys.exit(status)


def one_line(text: str) -> str:
    """Ids may hold any character, but a line of output stays one line."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )


def _names(problem: Problem, row: Assignment) -> Iterator[tuple[str, str, Container[str], str]]:
    """Every id in an assignment: where it stands, the id, the known ones, what is expected."""
    yield "request", row.request, problem.request, "the id of a request of the problem"
    for index, name in enumerate(row.speakers):
        yield f"speakers[{index}]", name, problem.speaker, "the id of a speaker"
    for index, name in enumerate(row.interpreters):
        yield f"interpreters[{index}]", name, problem.interpreter, "the id of an interpreter"


def _loaded(load: Callable[[str], T], path: str, prefix: str = "") -> T:
    try:
        return load(path)
    except FormatError as error:
        stop(*(prefix + line for line in report_lines(error.faults)), status=UNREADABLE)
    except (OSError, ValueError) as error:  # ValueError: a path that holds a null character
        stop(f"{path} cannot be read: {_reason(error)}", status=UNREADABLE)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
