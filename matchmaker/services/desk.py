"""What a use case needs to know of its surroundings: the settings, the time, who acts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from matchmaker.config import Settings
from matchmaker.models import Person


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something; `id` None for the service itself and for people without an account."""

    id: int | None
    label: str

    @classmethod
    def of(cls, person: Person) -> Actor:
        return cls(person.id, person.code)


SYSTEM = Actor(None, "system")


@dataclass(frozen=True, slots=True)
class Desk:
    """`now` is aware and in UTC; it stays the same during one use case."""

    settings: Settings
    now: datetime
    actor: Actor = SYSTEM

    @property
    def now_local(self) -> datetime:
        """The wall clock at the carrier's place, without zone."""
        return self.now.astimezone(self.settings.zone).replace(tzinfo=None)

    @property
    def today(self) -> date:
        return self.now_local.date()

    def by(self, actor: Actor) -> Desk:
        return replace(self, actor=actor)
