"""The reader's language: from the address, from who is signed in, from the browser."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Flask, g, has_request_context, request
from flask_babel import Babel

from matchmaker import i18n
from matchmaker.translations.compile import FOLDER, ensure_compiled
from matchmaker.web.context import current_person, settings

LOCALES = tuple((tag, i18n.languages()[tag].autonym, i18n.direction(tag)) for tag in i18n.SUPPORTED)


def locale() -> str:
    """`?lang=` wins and stays in every address of the page; nothing is kept in a cookie."""
    if not has_request_context():
        return i18n.DEFAULT
    known: str | None = g.get("locale")
    if known is None:
        known = g.locale = _chosen() or _preferred()
    return known


def speak(tag: str) -> None:
    """The language of whoever a link was made for, unless the address or a profile says another.

    Call it before the page's first word.
    """
    if _chosen() is None and current_person() is None:
        g.locale = i18n.supported(tag)


def _chosen() -> str | None:
    given = request.args.get("lang")
    return given if given in i18n.SUPPORTED else None


def _preferred() -> str:
    person = current_person()
    if person is not None:
        return i18n.supported(person.locale)
    return request.accept_languages.best_match(i18n.SUPPORTED) or i18n.DEFAULT


def install(app: Flask) -> None:
    """Give `app` its translations, its filters and the words that every template uses."""
    ensure_compiled()
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(FOLDER)
    app.config["BABEL_DEFAULT_LOCALE"] = i18n.DEFAULT
    Babel(app, locale_selector=locale, timezone_selector=lambda: settings().timezone)
    app.url_defaults(_keep_language)
    app.context_processor(_words)
    app.add_template_filter(day, "day")
    app.add_template_filter(when, "when")
    app.add_template_filter(time_range, "time_range")
    app.add_template_filter(moment, "moment")


def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
    if has_request_context() and endpoint != "static":
        chosen = _chosen()
        if chosen is not None:
            values.setdefault("lang", chosen)


def _words() -> dict[str, Any]:
    chosen = locale()
    return {
        "locale": chosen,
        "text_direction": i18n.direction(chosen),
        "locales": LOCALES,
        "language_name": lambda tag: i18n.language_name(tag, chosen),
    }


def day(value: date) -> str:
    """`Di., 19.01.2027`; an aware time is shown on the service's wall clock."""
    return i18n.format_day(local(value) if isinstance(value, datetime) else value, locale())


def when(start: datetime, end: datetime) -> str:
    """`Di., 19.01.2027, 18:00–20:00 Uhr`."""
    return i18n.format_when(local(start), local(end), locale())


def time_range(start: datetime, end: datetime) -> str:
    """`18:00–20:00 Uhr`."""
    return i18n.format_time_range(local(start).time(), local(end).time(), locale())


def moment(value: datetime) -> str:
    """`Di., 19.01.2027, 18:00 Uhr`."""
    return i18n.format_moment(local(value), locale())


def local(value: datetime) -> datetime:
    """The wall time (naive) in the service's zone; a naive time is one already."""
    if value.tzinfo is None:
        return value
    return value.astimezone(settings().zone).replace(tzinfo=None)
