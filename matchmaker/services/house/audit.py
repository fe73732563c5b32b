"""The audit log: every change with who, when, before and after, chained by hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, AuditHead, Base
from matchmaker.services.desk import Desk

GENESIS = "0" * 64


def record(
    session: Session,
    desk: Desk,
    action: str,
    subject: Base,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Add an entry about `subject` in the running transaction.

    `action` is a verb in the past with its noun ("request.submitted"); `before` and `after` hold
    JSON values of what changed, never a token.
    """
    session.flush()
    last = select(AuditHead).with_for_update().execution_options(populate_existing=True)
    head = session.scalars(last).one()
    entry = AuditEntry(
        at=desk.now.astimezone(UTC),  # as it will be read back, so that the hash stays true
        actor_id=desk.actor.id,
        actor=desk.actor.label,
        action=action,
        subject_kind=subject.__tablename__,
        subject_id=getattr(subject, "id", None),
        before=dict(before or {}),
        after=dict(after or {}),
        reason=reason,
        previous_hash=head.hash,
    )
    entry.hash = head.hash = content_hash(entry)
    session.add(entry)
    session.flush()
    return entry


def content_hash(entry: AuditEntry) -> str:
    """SHA-256 (hex) of the previous hash and the entry's content in canonical JSON."""
    content = [
        entry.previous_hash,
        entry.at.isoformat(),
        entry.actor_id,
        entry.actor,
        entry.action,
        entry.subject_kind,
        entry.subject_id,
        entry.before,
        entry.after,
        entry.reason,
    ]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def broken_links(session: Session) -> Iterator[int]:
    """The ids of entries that do not fit the chain; nothing if it is whole."""
    previous = GENESIS
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)).yield_per(1000):
        if entry.previous_hash != previous or content_hash(entry) != entry.hash:
            yield entry.id
        previous = entry.hash
