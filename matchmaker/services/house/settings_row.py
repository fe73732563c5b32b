"""What the administration has set, a row a key: read over the usual values, written with a log."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.orm import Session

from matchmaker.models import Setting
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Kind = TypeVar("Kind", bound="DataclassInstance")


def load(session: Session, key: str, kind: type[Kind]) -> Kind:
    """The values set under `key`; those that are not set are the ones of the class."""
    row = session.get(Setting, key)
    known = {field.name for field in fields(kind)}
    given = row.value if row is not None else {}
    return kind(**{name: value for name, value in given.items() if name in known})


def keep(session: Session, key: str, value: Any) -> Setting:
    """Set or replace the JSON `value`."""
    row = session.get(Setting, key)
    if row is None:
        row = Setting(key=key, value=value)
        session.add(row)
    else:
        row.value = value
    return row


def change(
    session: Session, desk: Desk, key: str, action: str, *, before: Kind, after: Kind
) -> None:
    """Set `after` in place of `before`, and log it as `action`."""
    row = keep(session, key, asdict(after))
    audit.record(session, desk, action, row, before=asdict(before), after=asdict(after))
