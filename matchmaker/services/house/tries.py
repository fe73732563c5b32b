"""How often something was tried of late: whole numbers under keyed hashes, for all processes.

A key names an address or an account, which is nobody's business once it is counted.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.models import LimitCount


def count(
    session: Session,
    settings: Settings,
    now: datetime,
    key: str,
    *,
    within: timedelta,
    amount: int = 1,
) -> int:
    """One more try within `within` of the first; returns how many that makes.

    Others who count the same wait until the transaction ends. The first try of any key is the
    moment to forget what is over.
    """
    over = LimitCount.ends_at <= now
    is_postgres = session.get_bind().dialect.name == "postgresql"
    insert = (postgresql if is_postgres else sqlite).insert(LimitCount)
    fresh = insert.values(key=_hidden(settings, key), tries=amount, ends_at=now + within)
    statement = fresh.on_conflict_do_update(
        index_elements=[LimitCount.key],
        set_={
            "tries": case((over, amount), else_=LimitCount.tries + amount),
            "ends_at": case((over, fresh.excluded.ends_at), else_=LimitCount.ends_at),
        },
    )
    tries: int = session.scalars(statement.returning(LimitCount.tries)).one()
    if tries == amount:
        session.execute(delete(LimitCount).where(LimitCount.ends_at <= now))
    return tries


def counted(session: Session, settings: Settings, now: datetime, key: str) -> LimitCount | None:
    """What has been counted so far; None if nothing, or if that is over."""
    row = session.get(LimitCount, _hidden(settings, key), populate_existing=True)
    return row if row is not None and row.ends_at > now else None


def forget(session: Session, settings: Settings, key: str) -> None:
    session.execute(delete(LimitCount).where(LimitCount.key == _hidden(settings, key)))


def _hidden(settings: Settings, key: str) -> str:
    return hmac.new(settings.secret_key.encode(), key.encode(), hashlib.sha256).hexdigest()
