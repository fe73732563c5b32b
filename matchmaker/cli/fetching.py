"""`mail fetch`: read the mailbox with the answers by hand or from cron."""

from __future__ import annotations

import click

from matchmaker.cli.house import Failure, HouseCommand, opened
from matchmaker.jobs.workplace import new_owner
from matchmaker.mail.settings import MailUrlError
from matchmaker.services.incoming import fetching


@click.command(cls=HouseCommand)
def fetch() -> None:
    """Read what is new in the mailbox, then exit.

    A running worker does the same about once a minute; both may run at once. Ends with status 1 if
    the mailbox cannot be read.
    """
    with opened() as house:
        try:
            report = fetching.fetch(
                house.factory, house.settings, house.clock, owner=new_owner(), at_once=True
            )
        except MailUrlError as error:
            raise Failure(f"MATCHMAKER_IMAP_URL: {error}") from error
    if report.skipped:
        raise Failure(f"Nothing was read: {report.skipped}.")
    click.echo(
        f"{report.fetched} fetched: {report.applied} taken in, {report.review} for a person, "
        f"{report.listed} only listed"
    )
    if report.failure:
        raise Failure(f"The mailbox cannot be read: {report.failure}")
