"""The plain data types as JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from matchmaker.scheduling.problem import Commitment, Window

_PLAIN = {str, int, bool, float, type(None)}
_RENAMED = {"start": "from", "end": "to"}


def shown(value: date) -> str:
    """A day as `YYYY-MM-DD`, a wall-clock time as `YYYY-MM-DDTHH:MM`."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return value.isoformat()


def encoded(value: object) -> Any:
    """Dataclasses as objects in the order of their fields, times and days as the formats have."""
    if type(value) in _PLAIN:
        return value
    match value:
        case date():
            return shown(value)
        case StrEnum():
            return value.value
        case tuple() | list() | frozenset():
            entries = [encoded(entry) for entry in value]
            return sorted(entries) if isinstance(value, frozenset) else entries
        case Mapping():
            return {str(encoded(key)): encoded(entry) for key, entry in value.items()}
    return _fields(value) if is_dataclass(value) else value


def _fields(value: Any) -> dict[str, Any]:
    names = _RENAMED if isinstance(value, Window | Commitment) else {}
    return {
        names.get(row.name, row.name): encoded(getattr(value, row.name)) for row in fields(value)
    }
