"""Whether people of the coordination must have a second factor; off until somebody turns it on."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import Session

from matchmaker.models import SecondFactor, Setting, UserSession
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit, settings_row

KEY = "second_factor_required"
"""The row is there while the rule holds: it can be asked for beside any other question."""


def is_required(session: Session) -> bool:
    return session.get(Setting, KEY) is not None


def is_missing() -> ColumnElement[bool]:
    """For a query of sessions: the rule holds and the session's person has no factor."""
    has_one = exists().where(
        SecondFactor.person_id == UserSession.person_id, SecondFactor.confirmed_at.is_not(None)
    )
    return and_(exists().where(Setting.key == KEY), ~has_one)


def turn(session: Session, desk: Desk, on: bool) -> None:
    """Let the rule hold or not; saying it twice changes nothing."""
    row = session.get(Setting, KEY)
    if on and row is None:
        row = settings_row.keep(session, KEY, True)
        audit.record(session, desk, "factor.required", row)
    elif not on and row is not None:
        audit.record(session, desk, "factor.optional", row)
        settings_row.remove(session, KEY)
