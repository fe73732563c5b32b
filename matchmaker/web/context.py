"""What a view needs to know of the request: who asks, at which desk, and how to finish."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import cast

from flask import Flask, current_app, g
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from matchmaker.clock import Clock, system_clock
from matchmaker.config import Settings
from matchmaker.database import at_most, only_reads, open_clock
from matchmaker.jobs.queue import poke
from matchmaker.models import CalendarSource, OutboxMessage, Person, PlanQuestion, SolveRun
from matchmaker.models.states import QuestionKind
from matchmaker.services.desk import Actor, Desk
from matchmaker.services.house.carrier import Carrier, carrier
from matchmaker.services.house.planning_rules import PlanningRules, planning_rules
from matchmaker.web.db import db

WAKE = "wake"
CLOCK, CARRIER = "matchmaker_clock", "matchmaker_carrier"
PUBLIC = Actor(None, "public")


def settings() -> Settings:
    return cast(Settings, current_app.config["MATCHMAKER"])


def now() -> datetime:
    """The service's time, aware, in UTC; the same during one request."""
    if "now" not in g:
        g.now = _clock()()
    return cast(datetime, g.now)


def _clock() -> Clock:
    clock = known_clock(current_app)
    if clock is None:
        # A session of its own: the clock's origin is kept whatever becomes of the request.
        with Session(db.engine) as session:
            clock = current_app.extensions[CLOCK] = open_clock(settings(), session)
    return clock


def known_clock(app: Flask) -> Clock | None:
    """The service's clock; None while a shifted one has not been opened by a request."""
    if app.config["MATCHMAKER"].clock_start is None:
        return system_clock
    return cast("Clock | None", app.extensions.get(CLOCK))


def whose() -> Carrier:
    """The carrier whose name and number stand on every page; read once a request."""
    if "carrier" not in g:
        g.carrier = current_app.extensions[CARRIER] = carrier(db.session())
    return cast(Carrier, g.carrier)


def rules() -> PlanningRules:
    """The rules of the planning; read once a request."""
    if "rules" not in g:
        g.rules = planning_rules(db.session())
    return cast(PlanningRules, g.rules)


def go_without_database() -> None:
    """What every page shows, as far as it is known without asking the database again."""
    g.carrier = current_app.extensions.get(CARRIER) or Carrier()
    g.person = None
    g.setdefault("now", system_clock())
    g.setdefault("rules", PlanningRules())  # the planning's templates ask for them at once


def current_person() -> Person | None:
    """Who is signed in."""
    return cast("Person | None", g.get("person"))


def needs_factor() -> bool:
    """Whether who is signed in must set up a second factor before anything else."""
    return bool(g.get("needs_factor"))


def signed_in() -> Person:
    """Who is signed in; for views that only signed-in people reach."""
    person = current_person()
    if person is None:
        raise RuntimeError("this view must be reserved for signed-in people")
    return person


def desk() -> Desk:
    person = current_person()
    return Desk(settings(), now(), Actor.of(person) if person else PUBLIC)


def begin_write() -> None:
    """For the few GET pages that record something: take the writers' lock from here on."""
    db.session.rollback()
    only_reads.set(False)


@contextmanager
def writing(seconds: float) -> Iterator[None]:
    """The same for a moment: what the block has done is kept, and then the page only reads.

    OperationalError if others keep the lock for longer than so many seconds.
    """
    begin_write()
    patience = at_most.set(seconds)
    try:
        yield
        commit()
    except OperationalError:
        db.session.rollback()
        raise
    finally:
        at_most.reset(patience)
        only_reads.set(True)


def commit() -> None:
    """Keep what the request has done, then wake the worker if there is something for it."""
    db.session.commit()
    for job in sorted(db.session.info.pop(WAKE, set())):
        poke(settings(), job)


@event.listens_for(Session, "after_flush")
def _note_work(session: Session, _context: object) -> None:
    for row in session.new:
        if isinstance(row, OutboxMessage):
            session.info.setdefault(WAKE, set()).add("mail")
        elif isinstance(row, CalendarSource):
            session.info.setdefault(WAKE, set()).add("calendars")
        elif isinstance(row, SolveRun):
            session.info.setdefault(WAKE, set()).add("plan")
        elif isinstance(row, PlanQuestion):
            lane = "unlock" if row.kind is QuestionKind.UNLOCK else "answer"
            session.info.setdefault(WAKE, set()).add(lane)
