"""What can go wrong in a use case, in terms that a page or a command can show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from matchmaker.i18n import N_

CHANGED_ELSEWHERE = N_("This entry was changed elsewhere in the meantime. Please look at it again.")


class ServiceError(Exception):
    """The text is meant for the person who asked: a message id and the facts that stand in it."""

    def __init__(self, message: str = "", **facts: object) -> None:
        plain = {name: _plain(fact) for name, fact in facts.items()}
        super().__init__(message % plain if plain else message)
        self.message, self.facts = message, facts


def _plain(fact: object) -> object:
    return f"{fact:%Y-%m-%d %H:%M}" if isinstance(fact, datetime) else fact


class NotFound(ServiceError):
    """There is no such thing, or not for this person."""


class NotPossible(ServiceError):
    """The thing's state does not allow it."""


class Conflict(ServiceError):
    """Somebody else was faster, or two things would be at the same time in the same place."""


class Invalid(ServiceError):
    """The input has faults; `fields` maps a field's name to what is wrong and the remedy."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {fault}" for name, fault in fields.items()))
        self.fields = dict(fields)
