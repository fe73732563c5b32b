"""The audit log: every change with who, when, before and after, chained by hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, AuditHead, Base
from matchmaker.services.desk import Desk

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry to be: `action` is a verb in the past with its noun ("request.submitted").

    `before` and `after` hold JSON values of what changed, never a token.
    """

    action: str
    subject: Base
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


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
    """Add an entry about `subject` in the running transaction; the arguments as in `Change`."""
    change = Change(
        action=action, subject=subject, before=before or {}, after=after or {}, reason=reason
    )
    (entry,) = record_all(session, desk, [change])
    return entry


def record_all(session: Session, desk: Desk, changes: Iterable[Change]) -> list[AuditEntry]:
    """Add entries in this order; as few statements for many of them as for one."""
    session.flush()
    last = select(AuditHead).with_for_update().execution_options(populate_existing=True)
    head = session.scalars(last).one()
    entries = []
    for change in changes:
        entry = _entry(desk, change, head.hash)
        entry.hash = head.hash = content_hash(entry)
        entries.append(entry)
    session.add_all(entries)
    session.flush()
    return entries


def _entry(desk: Desk, change: Change, previous_hash: str) -> AuditEntry:
    return AuditEntry(
        at=desk.now.astimezone(UTC),  # as it will be read back, so that the hash stays true
        actor_id=desk.actor.id,
        actor=desk.actor.label,
        action=change.action,
        subject_kind=change.subject.__tablename__,
        subject_id=getattr(change.subject, "id", None),
        before=dict(change.before),
        after=dict(change.after),
        reason=change.reason,
        previous_hash=previous_hash,
    )


def last_entry(session: Session) -> int:
    """The id of the last entry, 0 without any. Ids rise in the order of the commits."""
    return session.scalar(select(func.max(AuditEntry.id))) or 0


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
