"""Links to one thing: made with 256 random bits, kept only as hashes, revocable."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matchmaker.models import AccessToken
from matchmaker.models.states import TokenPurpose
from matchmaker.services.desk import Desk


def new_token() -> str:
    """43 characters that are safe in an address."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue(
    session: Session,
    desk: Desk,
    purpose: TokenPurpose,
    subject_id: int,
    *,
    expires_at: datetime | None = None,
) -> str:
    """A new link token to the thing; earlier ones stay valid."""
    token = new_token()
    session.add(
        AccessToken(
            token_hash=token_hash(token),
            purpose=purpose,
            subject_id=subject_id,
            created_at=desk.now,
            expires_at=expires_at,
        )
    )
    return token


def subject_of(session: Session, desk: Desk, purpose: TokenPurpose, token: str) -> int | None:
    """The id of the thing behind a token, None if it is unknown, revoked or expired."""
    row = session.scalars(
        select(AccessToken).where(
            AccessToken.token_hash == token_hash(token), AccessToken.purpose == purpose
        )
    ).one_or_none()
    if row is None or row.revoked_at is not None:
        return None
    if row.expires_at is not None and row.expires_at <= desk.now:
        return None
    return row.subject_id


def revoke(session: Session, desk: Desk, purpose: TokenPurpose, subject_id: int) -> None:
    """End every token to the thing."""
    session.execute(
        update(AccessToken)
        .where(
            AccessToken.purpose == purpose,
            AccessToken.subject_id == subject_id,
            AccessToken.revoked_at.is_(None),
        )
        .values(revoked_at=desk.now)
    )
