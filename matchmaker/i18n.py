"""Words, dates and languages in the reader's own language. Knows no request and no session."""

from __future__ import annotations

import csv
import gettext
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time

from matchmaker.translations.compile import ensure_compiled

SUPPORTED = ("de", "en")
DEFAULT = "de"

_HERE = Path(__file__).parent
_DAY = {"de": "EEE, dd.MM.yyyy", "en": "EEE d MMM yyyy"}
_CLOCK_SUFFIX = {"de": " Uhr"}


@dataclass(frozen=True, slots=True)
class Language:
    """A language that people speak at talks; `tag` is BCP 47, `direction` is `ltr` or `rtl`."""

    tag: str
    iso639_3: str
    german: str
    english: str
    autonym: str
    direction: str
    note: str


@cache
def languages() -> dict[str, Language]:
    """Every known language by its tag, in the order in which lists offer them."""
    with (_HERE / "data" / "languages.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.reader(table, delimiter=";"))[1:]
    return {row[0]: Language(*row) for row in rows}


def supported(locale: str) -> str:
    """The supported locale nearest to `locale`: itself, its language, or German."""
    for candidate in (locale, locale.replace("_", "-").partition("-")[0]):
        if candidate in SUPPORTED:
            return candidate
    return DEFAULT


def N_(message: str) -> str:  # noqa: N802  # the name that gettext's tools look for
    """Marks a text for translation that is translated later, where it is shown."""
    return message


@cache
def translations_for(locale: str) -> gettext.NullTranslations:
    """The message catalogue of a locale; message ids are English and stand where one is missing."""
    ensure_compiled()
    return gettext.translation(
        "messages", _HERE / "translations", languages=[supported(locale)], fallback=True
    )


def language_name(tag: str, locale: str) -> str:
    """What `locale` calls a language: `ar` is `Arabisch` in German."""
    language = languages().get(tag)
    if language is not None and locale == "de":
        return language.german
    if language is not None and locale == "en":
        return language.english
    name = Locale.parse(tag, sep="-").get_language_name(locale) if _known(tag) else None
    return name or (language.autonym if language else tag)


def direction(locale: str) -> str:
    """`rtl` or `ltr`, for the attribute `dir`."""
    language = languages().get(locale) or languages().get(locale.partition("-")[0])
    return language.direction if language else "ltr"


def format_day(day: date, locale: str) -> str:
    """`Di., 19.01.2027` in German, `Tue 19 Jan 2027` in English."""
    return format_date(day, _DAY.get(locale, "EEE d MMM yyyy"), locale=_formats(locale))


def format_time_range(start: time, end: time, locale: str) -> str:
    """`18:00–20:00 Uhr` in German, `18:00–20:00` elsewhere."""
    return f"{_clock(start, locale)}–{_clock(end, locale)}{_CLOCK_SUFFIX.get(locale, '')}"


def format_when(start: datetime, end: datetime, locale: str) -> str:
    """`Di., 19.01.2027, 18:00–20:00 Uhr` from wall-clock times; two days are both named."""
    if start.date() == end.date():
        return f"{format_day(start, locale)}, {format_time_range(start.time(), end.time(), locale)}"
    return f"{format_moment(start, locale)} – {format_moment(end, locale)}"


def format_moment(moment: datetime, locale: str) -> str:
    """`Di., 19.01.2027, 18:00 Uhr`."""
    clock = _clock(moment.time(), locale) + _CLOCK_SUFFIX.get(locale, "")
    return f"{format_day(moment, locale)}, {clock}"


def _clock(moment: time, locale: str) -> str:
    return format_time(moment, "HH:mm", locale=_formats(locale))


@cache
def _formats(locale: str) -> Locale:
    return Locale.parse(locale, sep="-") if _known(locale) else Locale(DEFAULT)


@cache
def _known(tag: str) -> bool:
    """Whether the Unicode locale data describe the language."""
    try:
        Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return True
