"""`matchmaker repair`: what to do about an event, for a proposal in a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import click

from matchmaker.cli.options import out_option
from matchmaker.cli.problem_files import (
    StrictCommand,
    WrongOptions,
    asked_about,
    stop,
    write_answer,
)
from matchmaker.scheduling.events import (
    Absence,
    Cancellation,
    Decline,
    Event,
    LateRequest,
    VenueLoss,
)
from matchmaker.scheduling.formats import (
    problem_to_json,
    proposal_to_json,
    repair_to_json,
)
from matchmaker.scheduling.judge import judge
from matchmaker.scheduling.problem import Assignment, Days, Problem
from matchmaker.scheduling.proposal import Proposal, Status, Unassigned
from matchmaker.scheduling.repairing import Repair
from matchmaker.scheduling.solving.kept import keep
from matchmaker.scheduling.solving.repair import repair as find_repair

DAY = click.DateTime(["%Y-%m-%d"])


@click.command(cls=StrictCommand)
@click.argument("problem", metavar="PROBLEM.json")
@click.argument("proposal", metavar="PROPOSAL.json")
@click.option("--without", "person", metavar="PERSON", help="This person is away.")
@click.option("--talk", metavar="REQUEST", help="Away from this one talk only.")
@click.option("--from", "first", type=DAY, metavar="DAY", help="Away or closed from this day on.")
@click.option("--to", "last", type=DAY, metavar="DAY", help="Away or closed up to this day.")
@click.option("--cancel", metavar="REQUEST", help="This request is withdrawn.")
@click.option("--no-venue", "venue", metavar="VENUE", help="This venue is closed.")
@click.option("--late", metavar="REQUEST", help="This request is to get a place after all.")
@click.option(
    "--most",
    type=click.IntRange(1, 100),
    default=5,
    show_default=True,
    metavar="N",
    help="How many options to find.",
)
@out_option("REPAIR.json", "Where the options go.")
@click.option("--changed-problem", metavar="FILE", help="Write the problem after the event.")
@click.option("--repaired", metavar="FILE", help="Write the proposal of the first option.")
def repair(
    *,
    problem: str,
    proposal: str,
    most: int,
    out: str,
    changed_problem: str | None,
    repaired: str | None,
    **told: Any,
) -> None:
    """Find what can be done when somebody is away, a talk or a venue is lost, a request is late.

    Tell one of --without, --cancel, --no-venue, --late. `-` stands for standard input or output;
    `.json.gz` is read and written too. Exit status: 0 the options were written, 2 a file is not
    what it should be, 1 anything else.
    """
    _require_one(told)
    targets = [path for path in (out, changed_problem, repaired) if path is not None]
    if len({*targets}) < len(targets):
        stop("each result needs a place of its own")
    asked, plan = asked_about(problem, proposal, *targets)
    event = _event(asked, plan, **told)
    found = find_repair(keep(asked, plan), event, most)
    write_answer(out, repair_to_json(found))
    if changed_problem is not None:
        write_answer(changed_problem, problem_to_json(found.problem))
    if repaired is not None:
        write_answer(repaired, proposal_to_json(_first(found, plan)))


def _require_one(told: dict[str, Any]) -> None:
    """The options that say what has happened fit together."""
    kinds = [name for name in ("person", "cancel", "venue", "late") if told[name] is not None]
    if len(kinds) != 1:
        raise WrongOptions("tell one of --without, --cancel, --no-venue, --late")
    days = told["first"] is not None or told["last"] is not None
    if told["talk"] is not None and (kinds != ["person"] or days):
        raise WrongOptions("--talk goes with --without alone")
    if days and kinds not in (["person"], ["venue"]):
        raise WrongOptions("--from and --to go with --without or --no-venue")
    if None not in (told["first"], told["last"]) and told["first"] > told["last"]:
        raise WrongOptions("--from is after --to")


def _event(
    problem: Problem,
    plan: Sequence[Assignment],
    *,
    person: str | None,
    talk: str | None,
    first: datetime | None,
    last: datetime | None,
    cancel: str | None,
    venue: str | None,
    late: str | None,
) -> Event:
    days = _days(first, last)
    for name in (talk, cancel, late):
        if name is not None and name not in problem.request:
            stop(f"the problem has no request {name}")
    placed = {row.request: row for row in plan}
    if person is not None:
        if person not in problem.person:
            stop(f"the problem has no person {person}")
        if talk is None:
            return Absence(person, days)
        if talk not in placed or person not in placed[talk].people:
            stop(f"{person} takes no part in a talk of {talk}")
        return Decline(person, talk)
    if cancel is not None:
        return Cancellation(cancel)
    if venue is not None:
        if venue not in {row.venue for row in problem.requests}:
            stop(f"no request of the problem names the venue {venue}")
        return VenueLoss(venue, days)
    if late in placed:
        stop(f"{late} has its talk in the proposal")
    return LateRequest(str(late))


def _days(first: datetime | None, last: datetime | None) -> Days | None:
    if first is None and last is None:
        return None
    return (
        date.min if first is None else first.date(),
        date.max if last is None else last.date(),
    )


def _first(found: Repair, plan: Sequence[Assignment]) -> Proposal:
    """The first option as a proposal for the changed problem."""
    talks = found.options[0].plan(plan)
    verdict = judge(found.problem, talks)
    placed = {row.request for row in talks}
    left_out = [row.id for row in found.problem.requests if row.id not in placed]
    return Proposal(
        status=Status.FEASIBLE,
        assignments=tuple(sorted(talks, key=lambda row: row.request)),
        unassigned=tuple(Unassigned(request=name) for name in left_out),
        score=verdict.score,
        bound=None,
        seconds=0.0,
        seed=0,
        warnings=verdict.rule_warnings,
    )
