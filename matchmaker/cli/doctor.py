"""`doctor`: what is missing or wrong, and the remedy."""

from __future__ import annotations

from functools import partial

import click
from sqlalchemy.exc import SQLAlchemyError

from matchmaker.cli.house import HouseCommand
from matchmaker.clock import system_clock
from matchmaker.config import Settings
from matchmaker.database import open_clock, open_engine, session_factory
from matchmaker.jobs.queue import pending
from matchmaker.services.house import health


@click.command(cls=HouseCommand)
def doctor() -> None:
    """Look at everything that a running service needs.

    One line a check: ok or WRONG, and what to do. Ends with status 1 if something is wrong.
    Connects to the mail server but sends no mail; changes nothing.
    """
    settings = Settings.from_environment()
    engine = open_engine(settings.database_url)
    try:
        with session_factory(engine)() as session:
            clock = open_clock(settings, session)
    except SQLAlchemyError:
        clock = system_clock  # the check of the database says what is wrong with it
    wrong = 0
    for check in health.examine(settings, engine, clock(), partial(pending, settings)):
        wrong += not check.ok
        click.echo(f"{'ok   ' if check.ok else 'WRONG'}  {check.name}: {check.said}")
        if not check.ok:
            click.echo(f"       -> {check.remedy}")
    engine.dispose()
    if wrong:
        raise SystemExit(1)
