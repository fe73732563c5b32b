"""Mail held by a person: it is written as always, and leaves once somebody releases it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import Session

from matchmaker.models import OutboxMessage, Setting
from matchmaker.models.states import MailPriority
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit, settings_row
from matchmaker.text import clean_line

KEY = "mail_held"
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Since when, by whom, and why if somebody has said so."""

    since: datetime
    by: str = ""
    reason: str = ""


def held(session: Session) -> Held | None:
    """None while mail may leave."""
    value = settings_row.values(session).get(KEY)
    if value is None:
        return None
    return Held(**{**value, "since": datetime.fromisoformat(value["since"])})


def hold(session: Session, desk: Desk, reason: str = "") -> bool:
    """Let no mail leave from now on, except those to sign in, without which nobody could get at
    the release. What is in hand is finished. False if mail was held already; then a reason takes
    the place of the one before.
    """
    reason = clean_line(reason)[:LONGEST_REASON]
    now = Held(since=desk.now, by=desk.actor.label, reason=reason)
    row = settings_row.add(session, KEY, {**asdict(now), "since": desk.now.isoformat()})
    if row is None and not now.reason:
        return False
    was_held = row is None
    if row is None:
        row = settings_row.keep(session, KEY, {**asdict(now), "since": desk.now.isoformat()})
    audit.record(session, desk, "mail.held", row, reason=now.reason)
    return not was_held


def release(session: Session, desk: Desk) -> bool:
    """Let mail leave again. False if none was held."""
    row = session.get(Setting, KEY)
    if row is None:
        return False
    before: dict[str, Any] = row.value
    audit.record(session, desk, "mail.released", row, before={"since": before["since"]})
    return settings_row.remove(session, KEY)


def may_leave() -> ColumnElement[bool]:
    """Whether a mail of the outbox is not held."""
    urgent = OutboxMessage.priority == int(MailPriority.AT_ONCE)
    return urgent | ~exists().where(Setting.key == KEY)
