"""`matchmaker calendar read`: what would be taken over from a calendar file, and why not more."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click

from matchmaker.cli.problem_files import UNREADABLE, StrictCommand, WrongOptions, stop
from matchmaker.config import Settings, SettingsError
from matchmaker.jobs.reading import Question, UnreadableCalendarError, read_file

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def calendar() -> None:
    """Calendars of other people."""


@calendar.command(cls=StrictCommand)
@click.argument("path", metavar="FILE")
@click.option("--from", "first", type=DAY, required=True, metavar="DAY", help="First day.")
@click.option("--to", "last", type=DAY, required=True, metavar="DAY", help="Last day (included).")
@click.option("--json", "as_json", is_flag=True, help="Print busy times and the report as JSON.")
def read(path: str, first: datetime, last: datetime, as_json: bool) -> None:
    """Read when the owner of a calendar (.ics, .ifb) is busy.

    `-` stands for standard input. Exit status: 0 it is a calendar, whatever could be read of it;
    2 it is none or cannot be opened, 1 wrong options. Takes less than 10 seconds and 512 MiB. At
    most 400 days are read.
    """
    if last < first:
        raise WrongOptions("--to: the last day comes before the first")
    try:
        settings = Settings.from_environment(heeded={"mail_from", "timezone"}, make_key=False)
    except SettingsError as error:
        stop(str(error))
    question = Question(
        first=first.date(),
        last=last.date(),
        timezone=settings.timezone,
        own_hosts=(settings.uid_host,),
    )
    try:
        found = read_file(path, question)
    except UnreadableCalendarError as error:
        stop(f"{path}: {error}", status=UNREADABLE)
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        _show(found)


def _show(found: dict[str, Any]) -> None:
    for row in found["busy"]:
        click.echo(f"{row['from']}  {row['to']}  {row['kind']}")
    report = found["report"]
    click.echo(f"{report['taken']} taken over, {report['skipped']} skipped")
    for reason, number in report["reasons"].items():
        click.echo(f"  {reason}: {number}")
    for reason in report["warnings"]:
        click.echo(f"  {reason}")
    if not report["complete"]:
        click.echo("Not all could be understood: there may be more busy times.")
