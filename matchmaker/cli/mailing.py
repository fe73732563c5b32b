"""`mail send`: delivery by hand or from cron."""

from __future__ import annotations

import click

from matchmaker.cli.house import Failure, HouseGroup, opened
from matchmaker.jobs.workplace import new_owner
from matchmaker.services.sending import outbox


@click.group(cls=HouseGroup)
def mail() -> None:
    """Mail in the outbox."""


@mail.command()
@click.option("--limit", type=click.IntRange(1), help="Send at most so many.  [default: all]")
def send(limit: int | None) -> None:
    """Deliver what is due, then exit.

    A running worker does the same all the time; both may run at once. Ends with status 1 if no
    mail could leave at all, for example because the server refuses the login.
    """
    with opened() as house:
        report = outbox.deliver_due(
            house.factory, house.settings, house.clock, owner=new_owner(), limit=limit
        )
    click.echo(
        f"{report.sent} sent, {report.retried} to be tried again, {report.dead} dead, "
        f"{report.uncertain} uncertain, {report.left} waiting"
    )
    if report.stopped:
        raise Failure(report.stopped)
