"""How many mails may leave now: all workers together keep to the setting `mail_rate`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import MailPace

CATCH_UP = timedelta(seconds=0.1)
"""Mails that could have left so long ago may leave together; more have to keep their distance."""


@dataclass(slots=True)
class Pace:
    """The turn of one worker: others wait for theirs until its transaction ends."""

    row: MailPace
    first: datetime
    gap: timedelta
    free: int

    def use(self, number: int) -> None:
        """Note that so many mails leave, at most `free`."""
        if number:
            self.row.next_at = self.first + number * self.gap

    def pause(self, place: int, now: datetime) -> float:
        """Seconds until it is worth asking again, for the `place`-th of those that wait."""
        following = max(self.row.next_at or now, now)
        return (following + place * self.gap - now).total_seconds()


def take_turn(session: Session, now: datetime, rate: float) -> Pace:
    """How many mails may leave now at `rate` mails a second; locks the row for it."""
    row = session.scalars(
        select(MailPace).with_for_update().execution_options(populate_existing=True)
    ).one()
    gap = timedelta(seconds=1 / rate)
    first = max(row.next_at or now, now - CATCH_UP)
    return Pace(row, first, gap, 0 if first > now else (now - first) // gap + 1)
