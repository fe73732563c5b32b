"""Short names that people read in lists: A061, MO21, R26."""

from __future__ import annotations

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session


def next_code(session: Session, column: InstrumentedAttribute[str], prefix: str, width: int) -> str:
    """The code after the highest one in use; a clash with a parallel insert fails on UNIQUE."""
    digits = func.substr(column, len(prefix) + 1)
    used = session.scalars(
        select(column)
        .where(column.like(f"{prefix}%"), func.length(cast(column, String)) > len(prefix))
        .order_by(func.length(digits).desc(), digits.desc())
    )
    highest = next((int(code[len(prefix) :]) for code in used if code[len(prefix) :].isdigit()), 0)
    return f"{prefix}{highest + 1:0{width}d}"
