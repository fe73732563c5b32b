"""Short names that people read in lists: A061, MO21, R26."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from matchmaker.models import AuditHead


def next_code(session: Session, column: InstrumentedAttribute[str], prefix: str, width: int) -> str:
    """The code after the highest one in use; whoever asks next waits for the transaction's end."""
    one_after_the_other(session)
    digits = func.substr(column, len(prefix) + 1)
    last = session.scalars(
        select(column)
        .where(column.like(f"{prefix}%"), digits.regexp_match("^[0-9]+$"))
        .order_by(func.length(digits).desc(), digits.desc())
        .limit(1)
    ).one_or_none()
    highest = int(last[len(prefix) :]) if last else 0
    return f"{prefix}{highest + 1:0{width}d}"


def one_after_the_other(session: Session) -> None:
    """Wait until nobody else is writing: the lock that every entry of the audit log takes."""
    session.execute(select(AuditHead.id).with_for_update()).all()
