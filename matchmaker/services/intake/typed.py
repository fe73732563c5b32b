"""What was typed, exactly as typed: text by field name, lists for fields with several values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from matchmaker.text import clean_text

Typed = dict[str, str | list[str]]

LONGEST_VALUE = 20_000
"""Far above every field's own limit: up to here even a text that is too long is kept."""
MOST_VALUES = 200


def text(typed: Mapping[str, Any], name: str) -> str:
    """The field's value without blank edges; empty if nothing was typed."""
    value = typed.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def many(typed: Mapping[str, Any], name: str) -> list[str]:
    """The field's values in their order."""
    value = typed.get(name, [])
    return [str(one) for one in value] if isinstance(value, list) else [value] if value else []


def collect(
    singles: Iterable[str], lists: Iterable[str], values_of: Callable[[str], list[str]]
) -> Typed:
    """The named fields out of a form; control characters are gone, nothing else is touched."""
    typed: Typed = {}
    for name in singles:
        values = values_of(name)
        typed[name] = _kept(values[0]) if values else ""
    for name in lists:
        typed[name] = [_kept(value) for value in values_of(name)[:MOST_VALUES]]
    return typed


def _kept(value: str) -> str:
    return clean_text(value[:LONGEST_VALUE])
