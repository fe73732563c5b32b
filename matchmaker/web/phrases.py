"""The templates' translator. A list asks for hundreds of phrases, so each is looked up once.

Flask-Babel's own would search for its context at every phrase, and Jinja's would wrap it twice.
"""

from __future__ import annotations

from functools import lru_cache

from flask import Flask
from markupsafe import Markup

from matchmaker.i18n import translations_for
from matchmaker.web.i18n import locale

KEPT = 8192
"""More than there are phrases; a bound, because some messages come from rows."""


def install(app: Flask) -> None:
    """Let the templates of `app` translate by the functions below; after Flask-Babel."""
    app.jinja_env.globals.update(
        _=gettext, gettext=gettext, ngettext=ngettext, pgettext=pgettext, npgettext=npgettext
    )


def gettext(message: str, /, **facts: object) -> Markup:
    """The message in the reader's language, as HTML; the facts are escaped."""
    return _filled(_message(locale(), message), facts)


def pgettext(context: str, message: str, /, **facts: object) -> Markup:
    """The message as it is meant in `context`."""
    return _filled(_meant(locale(), context, message), {"context": context, **facts})


def ngettext(singular: str, plural: str, num: int, /, **facts: object) -> Markup:
    """The form that fits `num`."""
    words = translations_for(locale()).ngettext(singular, plural, num)
    return _filled(Markup(words), {"num": num, **facts})  # noqa: S704  # our own words


def npgettext(context: str, singular: str, plural: str, num: int, /, **facts: object) -> Markup:
    """The form that fits `num`, as it is meant in `context`."""
    words = translations_for(locale()).npgettext(context, singular, plural, num)
    return _filled(Markup(words), {"context": context, "num": num, **facts})  # noqa: S704  # our own words


def _filled(text: Markup, facts: dict[str, object]) -> Markup:
    """Always a format, as Jinja has it: `%%` stands for a per cent sign."""
    return text % facts if "%" in text else text


@lru_cache(KEPT)
def _message(locale: str, message: str) -> Markup:
    return Markup(translations_for(locale).gettext(message))  # noqa: S704  # our own words


@lru_cache(KEPT)
def _meant(locale: str, context: str, message: str) -> Markup:
    return Markup(translations_for(locale).pgettext(context, message))  # noqa: S704  # our own words
