"""Numbers in hidden fields: versions, sequences and ids, whatever somebody has made of them."""

from __future__ import annotations

from typing import TypeVar

from flask import request

NOBODYS = -1
"""A number that no row and no version has."""

NO_NUMBER = -1
"""Stands for what is no number: out of every range, so that the service names the field."""

_LONGEST = 9  # digits that every database takes for the number of a row
Absent = TypeVar("Absent", int, None)


def sent_number(name: str, absent: Absent) -> int | Absent:
    """The number in the form's field `name`, `absent` if the form does not have the field.

    Anything else than a short whole number is nobody's: it matches nothing and passes no check.
    """
    text = request.form.get(name)
    if text is None:
        return absent
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST else NOBODYS


def typed_number(text: str) -> int:
    """What somebody typed into a field for a whole number; NO_NUMBER for anything else."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST else NO_NUMBER
