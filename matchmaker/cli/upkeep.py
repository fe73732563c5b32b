"""`migrate`, `load-demo`: bringing a database into shape."""

from __future__ import annotations

import click

from matchmaker.cli.house import HouseCommand, opened
from matchmaker.config import Settings
from matchmaker.database import open_engine, session_factory
from matchmaker.models import migrations
from matchmaker.services.house.reference import load_reference


@click.command(cls=HouseCommand)
def migrate() -> None:
    """Bring the database to the newest state.

    Applies the migrations that are missing and adds new reference data (districts, languages,
    topics); what coordinators have edited stays. Safe to run again at any time.
    """
    settings = Settings.from_environment()
    engine = open_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            before = migrations.current(connection)
        migrations.upgrade(engine)
        with session_factory(engine).begin() as session:
            load_reference(session)
    finally:
        engine.dispose()
    newest = migrations.newest()
    click.echo(
        f"The database is up to date ({newest})."
        if before == newest
        else f"The database is now at {newest}; it was {before or 'empty'}."
    )


@click.command("load-demo", cls=HouseCommand)
def load_demo() -> None:
    """Load the fictional demo quarter into an empty database.

    20 associations, 25 speakers, 8 interpreters, 60 requests that are ready and one open planning
    round from 11 January to 31 March 2027. Refuses if there is data already.
    """
    from matchmaker.demo.load import load_demo as load  # noqa: PLC0415  # only this command needs it

    with opened() as house, house.factory.begin() as session:
        load(session, house.desk())
    click.echo("The demo quarter is loaded; `matchmaker list rounds` shows its planning round.")
