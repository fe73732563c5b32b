"""Dates, times and languages as each reader expects them."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from matchmaker.i18n import (
    SUPPORTED,
    direction,
    format_day,
    format_moment,
    format_time_range,
    format_when,
    language_name,
    languages,
    supported,
    translations_for,
)

START = datetime(2027, 1, 19, 18, 0)  # noqa: DTZ001  # a wall-clock time
END = datetime(2027, 1, 19, 20, 0)  # noqa: DTZ001  # a wall-clock time
MORNING = datetime(2027, 1, 20, 1, 30)  # noqa: DTZ001  # a wall-clock time


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        (
            "de",
            [
                "Di., 19.01.2027",
                "18:00–20:00 Uhr",
                "Di., 19.01.2027, 18:00 Uhr",
                "Di., 19.01.2027, 18:00–20:00 Uhr",
                "Di., 19.01.2027, 18:00 Uhr – Mi., 20.01.2027, 01:30 Uhr",
            ],
        ),
        (
            "en",
            [
                "Tue 19 Jan 2027",
                "18:00–20:00",
                "Tue 19 Jan 2027, 18:00",
                "Tue 19 Jan 2027, 18:00–20:00",
                "Tue 19 Jan 2027, 18:00 – Wed 20 Jan 2027, 01:30",
            ],
        ),
    ],
)
def test_dates_read_as_people_write_them(locale: str, expected: list[str]) -> None:
    assert [
        format_day(date(2027, 1, 19), locale),
        format_time_range(time(18, 0), time(20, 0), locale),
        format_moment(START, locale),
        format_when(START, END, locale),
        format_when(START, MORNING, locale),
    ] == expected


@pytest.mark.parametrize(
    ("tag", "german", "english"),
    [
        ("ar", "Arabisch", "Arabic"),
        ("fa-AF", "Dari", "Dari"),
        ("kmr", "Kurdisch (Kurmandschi)", "Kurdish (Kurmanji)"),
        ("gsg", "Deutsche Gebärdensprache (DGS)", "German Sign Language (DGS)"),
        ("sv", "Schwedisch", "Swedish"),
        ("xx-nowhere", "xx-nowhere", "xx-nowhere"),
    ],
)
def test_languages_have_names(tag: str, german: str, english: str) -> None:
    assert (language_name(tag, "de"), language_name(tag, "en")) == (german, english)


def test_every_language_is_complete() -> None:
    incomplete = [
        language.tag
        for language in languages().values()
        if not (language.german and language.english and language.autonym)
        or language.direction not in {"ltr", "rtl"}
        or len(language.iso639_3) != 3
    ]
    assert (len(languages()), incomplete) == (46, [])


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("de", "ltr"), ("ar", "rtl"), ("fa", "rtl"), ("fa-AF", "rtl"), ("ar-SY", "rtl"), ("x", "ltr")],
)
def test_direction_follows_the_script(locale: str, expected: str) -> None:
    assert direction(locale) == expected


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("de", "de"), ("en", "en"), ("de-AT", "de"), ("en_GB", "en"), ("tlh", "de"), ("", "de")],
)
def test_unknown_locale_is_answered_in_the_nearest(locale: str, expected: str) -> None:
    assert supported(locale) == expected


def test_catalogue_translates_and_english_is_the_source() -> None:
    words = [translations_for(locale).gettext("Kind regards") for locale in SUPPORTED]
    assert dict(zip(SUPPORTED, words, strict=True))["de"] == "Freundliche Grüße"
    assert dict(zip(SUPPORTED, words, strict=True))["en"] == "Kind regards"
