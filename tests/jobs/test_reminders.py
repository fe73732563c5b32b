"""The worker's part in reminding: several at once, and one that is stopped in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.jobs.lanes.reminders import remind
from matchmaker.jobs.workplace import Workplace
from matchmaker.models import OutboxMessage, Reminder, Talk
from matchmaker.models.states import InvitationState, OutboxState
from matchmaker.services.desk import Desk
from tests.services.reminding.days import utc
from tests.support.invited import Evening

TALKS = 6


@pytest.fixture
def place(settings: Settings, factory: sessionmaker[Session], desk: Desk) -> Workplace:
    """Some talks in three days, and it is nine o'clock."""
    with factory.begin() as session:
        for number in range(TALKS):
            start = utc(f"2027-01-19 {10 + number}:00", desk)
            evening = Evening(session, desk, starts_at=start)
            evening.answer(InvitationState.ACCEPTED)
        for mail in session.scalars(select(OutboxMessage)):
            mail.state, mail.sent_at = OutboxState.SENT, desk.now
    return Workplace(settings, factory, lambda: utc("2027-01-16 09:00", desk), "me")


def counted(place: Workplace) -> tuple[int, int]:
    with place.factory() as session:
        mails = select(func.count()).where(OutboxMessage.kind == "reminder")
        rows = session.scalar(select(func.count()).select_from(Reminder)) or 0
        return session.scalar(mails) or 0, rows


def test_workers_together_remind_everybody_once(place: Workplace) -> None:
    workers = [
        threading.Thread(target=remind, args=(replace(place, owner=f"{number}"),))
        for number in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert counted(place) == (TALKS, TALKS)
    assert remind(place) == 0


def test_worker_that_dies_between_leaves_no_half_and_goes_on(
    place: Workplace, engine: Engine
) -> None:
    with dying_at(engine, "INSERT INTO reminder", 3), pytest.raises(KeyboardInterrupt):
        remind(place)
    assert counted(place) == (2, 2)
    assert remind(place) == TALKS - 2
    assert counted(place) == (TALKS, TALKS)


@contextmanager
def dying_at(
    engine: Engine, statement: str, time: int, error: BaseException | None = None
) -> Iterator[None]:
    """As a kill, or another error: when the statement comes for the so-manieth time, it fails."""
    seen = []

    def look(_connection: object, _cursor: object, text: str, *_more: object) -> None:
        if text.startswith(statement):
            seen.append(text)
            if len(seen) == time:
                raise error or KeyboardInterrupt

    event.listen(engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", look)


def test_one_bad_record_keeps_nobody_else_from_being_reminded(place: Workplace) -> None:
    with place.factory.begin() as session:
        talk = session.scalars(select(Talk).order_by(Talk.id)).first()
        assert talk is not None
        talk.ends_local = "soon"
    assert remind(place) == TALKS - 1


@pytest.mark.parametrize("error", [AttributeError("no such part"), OverflowError("too far")])
def test_whatever_is_wrong_with_one_keeps_nobody_else_from_being_reminded(
    place: Workplace, engine: Engine, error: Exception
) -> None:
    with dying_at(engine, "INSERT INTO reminder", 3, error):
        assert remind(place) == TALKS - 1
    assert remind(place) == 1


def test_database_that_is_away_is_not_asked_for_the_others(
    place: Workplace, engine: Engine
) -> None:
    away = OperationalError("INSERT", {}, Exception("server closed the connection"))
    with dying_at(engine, "INSERT INTO reminder", 3, away), pytest.raises(OperationalError):
        remind(place)
    assert counted(place) == (2, 2)
