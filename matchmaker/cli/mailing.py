"""`mail send`, `hold`, `release`, `retry` and `fetch`: what the worker does, by hand."""

from __future__ import annotations

from datetime import datetime

import click

from matchmaker.cli.fetching import fetch
from matchmaker.cli.house import Failure, HouseGroup, opened
from matchmaker.jobs.queue import poke
from matchmaker.jobs.workplace import new_owner
from matchmaker.services.sending import arrivals, holding, outbox, second_tries

ALREADY_HELD = "Mail was held already."


@click.group(cls=HouseGroup)
def mail() -> None:
    """Mail in the outbox and in the mailbox."""


mail.add_command(fetch)


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


@mail.command()
@click.option("--reason", metavar="TEXT", default="", help="Why, for the others.")
def hold(reason: str) -> None:
    """Let no mail leave until `mail release`, except those with which people sign in.

    Mails are written as always and wait. What is just being sent is finished.
    """
    with opened() as house, house.factory.begin() as session:
        fresh = holding.hold(session, house.desk(), reason)
    again = "Mail was held already; the reason is the new one." if reason else ALREADY_HELD
    click.echo("Mail is held." if fresh else again)


@mail.command()
@click.option("--uncertain", is_flag=True, help="All of which nobody knows whether they arrived.")
@click.option(
    "--written-before",
    type=click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%d"]),
    help="All that wait and are older: after a restore, the time of the backup.",
)
def arrived(uncertain: bool, written_before: datetime | None) -> None:
    """Count mails as sent that the people have, as the provider's log or they themselves say.

    They stay here, and those people hear of changes and cancellations like everybody else.
    """
    if not uncertain and written_before is None:
        raise click.UsageError("Choose --uncertain, --written-before TIME, or both.")
    with opened() as house, house.factory.begin() as session:
        found = set(arrivals.uncertain(session)) if uncertain else set()
        if written_before is not None:
            moment = written_before.replace(tzinfo=house.settings.zone)
            found.update(arrivals.written_before(session, moment))
        noted = arrivals.note_all(session, house.desk(), sorted(found))
    click.echo(f"{noted} noted as arrived.")


@mail.command()
def release() -> None:
    """Let the mails leave that have been held."""
    with opened() as house:
        with house.factory.begin() as session:
            was_held = holding.release(session, house.desk())
        poke(house.settings, "mail")
    click.echo("Mail leaves again." if was_held else "No mail was held.")


@mail.command()
@click.option("--all", "every", is_flag=True, help="Send every dead mail again.")
@click.option("--reason", metavar="TEXT", help="Only those whose reason contains TEXT.")
def retry(every: bool, reason: str | None) -> None:
    """Let dead mails go again, for example after the provider has mended a mistake.

    Without an option it only counts them, reason by reason. Mails to an address that is no longer
    the person's and invitations that a later mail has replaced stay dead.
    """
    with opened() as house:
        with house.factory.begin() as session:
            found = [
                failure
                for failure in second_tries.failures(session)
                if reason is None or reason in failure.reason
            ]
            if not found or not (every or reason):
                _count(found)
                return
            ids = [row_id for failure in found for row_id in failure.ids]
            done = second_tries.send_again(session, house.desk(), sorted(ids))
        poke(house.settings, "mail")
    click.echo(f"{done.sent} wait to be sent again.")
    for why, number in done.left.items():
        click.echo(f"{number} stay dead: {why}", err=True)


def _count(found: list[second_tries.Failure]) -> None:
    if not found:
        click.echo("No such mail is dead.")
        return
    for failure in found:
        click.echo(f"{len(failure.ids)} dead: {failure.reason or 'no reason is known'}")
    click.echo("Nothing was changed. Choose --all, or --reason TEXT for some of them.")
