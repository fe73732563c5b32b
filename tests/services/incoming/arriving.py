"""Mails about an evening, as they arrive in our mailbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.models import IncomingMail
from matchmaker.services.desk import Desk
from matchmaker.services.incoming import taking
from tests.incoming.calendars import Said
from tests.incoming.programs import PROGRAMS
from tests.support.invited import Evening


def said(evening: Evening, **facts: Any) -> Said:
    """What the invited person answers, an hour after the invitation."""
    assert evening.person is not None
    usual = Said(
        uid=evening.invitation.uid,
        attendee=evening.person.email or "",
        name=evening.person.name,
        sequence=evening.invitation.sequence,
        stamp=evening.invitation.stamp.astimezone(UTC) + timedelta(hours=1),
        start=evening.talk.starts_at,
    )
    return replace(usual, **facts)


def mail(evening: Evening, program: str = "google", **facts: Any) -> bytes:
    return PROGRAMS[program](said(evening, **facts))


def arrive(session: Session, desk: Desk, raw: bytes, uid: int = 1) -> IncomingMail:
    """Kept and worked off, two hours after the desk's time."""
    later = replace(desk, now=desk.now + timedelta(hours=2))
    found = taking.Found(
        folder="INBOX", uidvalidity=7, uid=uid, raw=raw, whole=True, received_at=later.now
    )
    row = taking.keep(session, later, found)
    taking.take(session, later, row)
    session.flush()
    return row
