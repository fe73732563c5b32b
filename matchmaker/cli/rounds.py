"""`round plan` and `round approve`."""

from __future__ import annotations

import click
from sqlalchemy import select

from matchmaker.cli.house import OPERATOR, Failure, HouseGroup, opened
from matchmaker.jobs.queue import poke
from matchmaker.jobs.solving import run_now
from matchmaker.models import Proposal
from matchmaker.models.states import RunState
from matchmaker.services.talks import approval

NOBODYS = -1
"""A number that no round has, for those that the database could not even look for."""


def _row_id(_ctx: click.Context, _argument: click.Parameter, value: int) -> int:
    return value if 0 < value < 2**31 else NOBODYS


@click.group("round", cls=HouseGroup)
def planning_round() -> None:
    """Planning rounds; `matchmaker list rounds` shows their ids."""


@planning_round.command()
@click.argument("round_id", metavar="ID", type=int, callback=_row_id)
@click.option("--wait", is_flag=True, help="Wait for the plan; make it here if no worker does.")
@click.option("--anew", is_flag=True, help="Pay no regard to the plan that the round has.")
def plan(round_id: int, wait: bool, anew: bool) -> None:
    """Compute a proposal for planning round ID.

    Where the round has a plan, it is changed as little as possible, unless --anew is given.
    Without --wait the run is only queued for the worker.
    """
    with opened() as house:
        outcome = run_now(house.settings, round_id, wait=wait, keep=not anew, actor=OPERATOR)
        if outcome.state is RunState.FAILED:
            raise Failure(f"Run {outcome.run_id} failed: {outcome.error}")
        if outcome.state is not RunState.DONE:
            click.echo(f"Run {outcome.run_id} is {outcome.state}.")
            return
        with house.factory() as session:
            made = session.scalars(
                select(Proposal).where(
                    Proposal.round_id == round_id, Proposal.number == outcome.proposal
                )
            ).one()
            click.echo(
                f"Proposal {made.number}: {made.served} placed, {made.unserved} open, "
                f"{made.total} points, {made.status}"
            )


@planning_round.command()
@click.argument("round_id", metavar="ID", type=int, callback=_row_id)
def approve(round_id: int) -> None:
    """Approve the current proposal of planning round ID and queue its invitations."""
    with opened() as house:
        with house.factory.begin() as session:
            approved = approval.approve(session, house.desk(), round_id)
        poke(house.settings, "mail")
    talks = approved.talks
    click.echo(f"{len(talks)} talks are in the calendar, {approved.mails} mails are queued.")
    for code, objections in sorted(approved.left.items()):
        why = "; ".join(objection.template % objection.facts for objection in objections)
        click.echo(f"{code} was left out: {why}", err=True)
