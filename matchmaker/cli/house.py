"""What the commands share: the service opened from its settings, and errors in one clear line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click
from sqlalchemy import Engine
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
)
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.clock import Clock
from matchmaker.config import Settings, SettingsError
from matchmaker.database import open_clock, open_engine, session_factory
from matchmaker.models import migrations
from matchmaker.services.desk import Actor, Desk
from matchmaker.services.errors import ServiceError

CANNOT_WRITE = ("is full", "no space left", "could not extend file", "readonly", "disk i/o error")
"""What SQLite and PostgreSQL say where a disk takes no more."""

OPERATOR = Actor(None, "operator")


class Failure(click.ClickException):
    """Ends a command with one line on standard error and status 1."""


class HouseCommand(click.Command):
    """A command whose expected errors end in one line; anything else is a bug and shows itself."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ServiceError, SettingsError) as error:
            raise Failure(str(error)) from error
        except (DBAPIError, ArgumentError, NoSuchModuleError) as error:
            raise Failure(database_trouble(error)) from error
        except ModuleNotFoundError as error:
            raise Failure(missing_extra(error)) from error


class HouseGroup(click.Group):
    command_class = HouseCommand


@dataclass(frozen=True, slots=True)
class House:
    """The service as a command sees it."""

    settings: Settings
    engine: Engine
    factory: sessionmaker[Session]
    clock: Clock

    def desk(self) -> Desk:
        return Desk(self.settings, self.clock(), OPERATOR)


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[House]:
    """The service over a migrated database. Raises Failure if migrations are missing."""
    settings = settings or Settings.from_environment()
    engine = open_engine(settings.database_url)
    try:
        require_migrated(engine)
        factory = session_factory(engine)
        with factory() as session:
            clock = open_clock(settings, session)
        yield House(settings, engine, factory, clock)
    finally:
        engine.dispose()


def require_migrated(engine: Engine) -> None:
    with engine.connect() as connection:
        current = migrations.current(connection)
    if current != migrations.newest():
        state = "is empty" if current is None else f"is at {current}"
        raise Failure(f"The database {state}. Run `matchmaker migrate` first.")


def database_trouble(error: Exception) -> str:
    """Why the database did not do it, without its password, and what to do."""
    reason = getattr(error, "orig", None) or error
    first_line = str(reason).strip().partition("\n")[0] or type(reason).__name__
    if isinstance(error, IntegrityError | DataError):
        return f"The database refuses this, nothing was changed: {first_line}"
    if any(sign in first_line.lower() for sign in CANNOT_WRITE):
        return (
            f"The database cannot write, nothing was changed: {first_line}. "
            "Make room on its disk; `matchmaker doctor` says more."
        )
    return (
        f"The database does not answer: {first_line}. "
        "Check MATCHMAKER_DATABASE_URL; `matchmaker doctor` says more."
    )


def missing_extra(error: ModuleNotFoundError) -> str:
    extras = {"psycopg": "postgres", "redis": "redis"}
    extra = extras.get(str(error.name).partition(".")[0])
    if extra is None:
        raise error
    # Never the bare name: the package index has a stranger's program called matchmaker.
    return (
        f"{error.name} is not installed. Install matchmaker again with the extra it needs: "
        f"pip install '/path/to/checkout[{extra}]'"
    )
