from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import LimitCount
from matchmaker.services.desk import Desk
from matchmaker.services.house import tries

HOUR = timedelta(hours=1)


def test_tries_are_counted_from_the_first_until_its_time_is_over(
    session: Session, desk: Desk
) -> None:
    def count(key: str, after: timedelta) -> int:
        return tries.count(session, desk.settings, desk.now + after, key, within=HOUR)

    assert [count("a", timedelta(minutes=number * 29)) for number in range(3)] == [1, 2, 3]
    assert count("b", timedelta()) == 1
    assert [count("a", HOUR), count("a", 2 * HOUR - timedelta(minutes=1))] == [1, 2]
    assert count("a", 2 * HOUR) == 1


def test_what_is_over_is_no_longer_counted_and_is_forgotten(session: Session, desk: Desk) -> None:
    tries.count(session, desk.settings, desk.now, "a", within=HOUR)
    known = tries.counted(session, desk.settings, desk.now, "a")
    assert known is not None
    assert known.tries == 1
    assert tries.counted(session, desk.settings, desk.now + HOUR, "a") is None

    tries.count(session, desk.settings, desk.now + HOUR, "b", within=HOUR)
    assert session.scalar(select(func.count()).select_from(LimitCount)) == 1


def test_keys_are_hidden_and_can_be_forgotten(session: Session, desk: Desk) -> None:
    tries.count(session, desk.settings, desk.now, "name@verein.example", within=HOUR)
    assert [key for key in session.scalars(select(LimitCount.key)) if len(key) != 64] == []

    tries.forget(session, desk.settings, "name@verein.example")
    assert tries.counted(session, desk.settings, desk.now, "name@verein.example") is None
