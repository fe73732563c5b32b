"""What the administration has set, a row a key: read over the usual values, written with a log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.models import Setting
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Kind = TypeVar("Kind", bound="DataclassInstance")


def load(session: Session, key: str, kind: type[Kind]) -> Kind:
    """The values set under `key`; those that are not set are the ones of the class."""
    known = {field.name for field in fields(kind)}
    given = values(session).get(key, {})
    return kind(**{name: value for name, value in given.items() if name in known})


def values(session: Session) -> Mapping[str, Any]:
    """All that is set, by key: they are few, and a page that needs two of them asks once.

    They are asked for again after every flush and in every transaction.
    """
    kept: Mapping[str, Any] | None = session.info.get(values)
    if kept is None:
        rows = session.execute(select(Setting.key, Setting.value))
        kept = session.info[values] = {row.key: row.value for row in rows}
    return kept


@event.listens_for(Session, "after_flush")
@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
@event.listens_for(Session, "after_begin")
def _forget(session: Session, *_: object) -> None:
    session.info.pop(values, None)


def keep(session: Session, key: str, value: Any) -> Setting:
    """Set or replace the JSON `value`."""
    row = session.get(Setting, key) or add(session, key, value) or session.get_one(Setting, key)
    row.value = value
    _forget(session)
    return row


def add(session: Session, key: str, value: Any) -> Setting | None:
    """Set it for the first time; None if it has been set, also by somebody at the same moment."""
    row = Setting(key=key, value=value)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return None
    _forget(session)
    return row


def remove(session: Session, key: str) -> bool:
    """Set it no longer; whether it was."""
    row = session.get(Setting, key)
    if row is not None:
        session.delete(row)
        _forget(session)
    return row is not None


def change(
    session: Session, desk: Desk, key: str, action: str, *, before: Kind, after: Kind
) -> None:
    """Set `after` in place of `before`, and log it as `action`."""
    row = keep(session, key, asdict(after))
    audit.record(session, desk, action, row, before=asdict(before), after=asdict(after))
