"""`doctor`: what is missing or wrong, and the remedy."""

from __future__ import annotations

from functools import partial

import click
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from matchmaker.cli.house import HouseCommand, opened
from matchmaker.clock import Clock, system_clock
from matchmaker.config import Settings, strangers
from matchmaker.database import open_clock, open_engine, session_factory
from matchmaker.jobs.queue import pending
from matchmaker.services.health import chosen_once, report


@click.command(cls=HouseCommand)
@click.option(
    "--accept",
    is_flag=True,
    help="First take secret key, sender and time zone as they are now for the right ones.",
)
def doctor(accept: bool) -> None:
    """Look at everything that a running service needs.

    One line a check: ok or WRONG, and what to do. Ends with status 1 if something is wrong.
    Connects to the mail server but sends no mail; keeps one row, to see that it can, and no more.
    """
    settings = Settings.from_environment(make_key=False)
    if accept:
        with opened(settings) as house, house.factory.begin() as session:
            chosen_once.accept(session, settings)
    engine = open_engine(settings.database_url, make_folder=False)
    clock = _clock(settings, engine)
    wrong = 0
    queue_size = partial(pending, settings)
    for check in report.examine(settings, engine, clock(), queue_size, strangers()):
        wrong += not check.ok
        click.echo(f"{'ok   ' if check.ok else 'WRONG'}  {check.name}: {check.said}")
        if not check.ok:
            click.echo(f"       -> {check.remedy}")
    engine.dispose()
    if wrong:
        raise SystemExit(1)


def _clock(settings: Settings, engine: Engine) -> Clock:
    """The service's, or the system's where only the checks can say what is wrong."""
    if report.missing_file(settings.database_url):
        return system_clock
    try:
        with session_factory(engine)() as session:
            return open_clock(settings, session, keep=False)
    except SQLAlchemyError:
        return system_clock
