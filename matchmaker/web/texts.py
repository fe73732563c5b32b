"""The page's translator, with types. `_` is the name that the tools look for."""

from __future__ import annotations

import flask_babel


def _(message: str, **facts: object) -> str:
    """The message in the reader's language, with the facts put in."""
    return str(flask_babel.gettext(message, **facts))


def ngettext(singular: str, plural: str, num: int, **facts: object) -> str:
    """The form that fits `num`, which stands in both as `%(num)s`."""
    return str(flask_babel.ngettext(singular, plural, num, **facts))


def pgettext(context: str, message: str) -> str:
    """The message as it is meant in `context`."""
    return str(flask_babel.pgettext(context, message))


def number(value: float) -> str:
    """`0,6` in German, `0.6` in English."""
    return str(flask_babel.format_decimal(value))
