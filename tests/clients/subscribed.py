"""A speaker with two talks, whose feed a really running service serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import feeds
from tests.conftest import NOW
from tests.support.invited import TUESDAY, TUESDAY_UTC, Evening
from tests.support.service import Service

WEEK = timedelta(days=7)
WEDNESDAY = TUESDAY + timedelta(days=1)


@dataclass
class Subscribed:
    """`first` is on 19 January 2027 at 18:00, `second` a week later; `address` is the feed's."""

    service: Service
    first: Evening
    second: Evening
    address: str

    def change(self, act: Callable[[Evening, Desk], None], hours: int) -> None:
        """Something happens to the first talk, so many hours after the invitation."""
        act(self.first, self.first.later(hours=hours))
        self.first.session.commit()

    def move(self, start: datetime = WEDNESDAY) -> None:
        self.change(lambda evening, desk: evening.move(desk, start), 1)

    def call_off(self) -> None:
        self.change(lambda evening, desk: evening.call_off(desk), 2)


@contextmanager
def subscribed(folder: Path, database_url: str, session: Session) -> Iterator[Subscribed]:
    service = Service(folder / "service", {"DATABASE_URL": database_url})
    desk = Desk(Settings.from_environment(service.environment), NOW)
    first = Evening(session, desk)
    second = Evening(session, desk, first.person, starts_at=TUESDAY_UTC + WEEK)
    assert first.person is not None
    address = feeds.open_feed(session, desk, first.person)
    session.commit()
    service.serve()
    try:
        yield Subscribed(service, first, second, address)
    finally:
        service.close()
