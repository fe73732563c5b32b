"""Links in mails that lead to the answer page: what they lead to, and whether they still do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AccessToken, AuditEntry, Invitation
from matchmaker.models.states import TokenPurpose
from matchmaker.services.desk import Desk
from matchmaker.services.house.tokens import token_hash
from matchmaker.services.inviting.responses import is_cancelled, is_over

LIVES_ON = timedelta(days=14)
"""How long after the talk the page still shows it."""


class LinkState(StrEnum):
    OPEN = "open"
    OVER = "over"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class AnswerLink:
    """The invitation behind a link, when the link was sent, and whether it can be answered."""

    invitation: Invitation
    issued_at: datetime
    state: LinkState


@dataclass(frozen=True, slots=True)
class Said:
    """What an older mail said; times on the wall clock."""

    start: datetime
    end: datetime
    location: str


def answer_link(session: Session, desk: Desk, token: str) -> AnswerLink | None:
    """What a link leads to, None if nobody knows it any more. Changes nothing.

    A link lives as long as its invitation, not until a day fixed when it was sent: the links in
    older mails go on showing the current date.
    """
    row = session.scalars(
        select(AccessToken).where(
            AccessToken.token_hash == token_hash(token),
            AccessToken.purpose == TokenPurpose.ANSWER,
        )
    ).one_or_none()
    invitation = session.get(Invitation, row.subject_id) if row else None
    if row is None or invitation is None:
        return None
    if row.revoked_at is not None and not is_cancelled(invitation):
        return None  # mailed to an address that is no longer the person's
    return AnswerLink(invitation, row.created_at, _state(desk, invitation))


def _state(desk: Desk, invitation: Invitation) -> LinkState:
    if is_cancelled(invitation):
        return LinkState.CANCELLED
    if invitation.talk.ends_at + LIVES_ON <= desk.now:
        return LinkState.EXPIRED
    return LinkState.OVER if is_over(invitation, desk.now) else LinkState.OPEN


def said_before(session: Session, link: AnswerLink) -> Said | None:
    """What the mail with this link said, if date or place have changed since."""
    entry = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.subject_kind == Invitation.__tablename__,
            AuditEntry.subject_id == link.invitation.id,
            AuditEntry.action == "invitation.updated",
            AuditEntry.at > link.issued_at,
        )
        .order_by(AuditEntry.id)
        .limit(1)
    ).one_or_none()
    if entry is None or not entry.before.get("start"):
        return None
    before, now = entry.before, link.invitation.snapshot
    if all(before[name] == now.get(name) for name in ("start", "end", "location")):
        return None
    return Said(
        datetime.fromisoformat(before["start"]),
        datetime.fromisoformat(before["end"]),
        before["location"],
    )
