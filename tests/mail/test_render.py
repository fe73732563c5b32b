"""Mails in words: both languages, both forms, the same facts, nothing from the network."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker import i18n
from matchmaker.i18n import SUPPORTED, translations_for
from matchmaker.mail.details import TalkWords
from matchmaker.mail.facts import Role, TalkFacts
from matchmaker.mail.render import MailText, render
from matchmaker.text import clean_line
from tests.mail import pages
from tests.mail.samples import CARRIER, INVITATION, MAILS, TALK

EVERY_MAIL = pytest.mark.parametrize("name", MAILS)
EVERY_LANGUAGE = pytest.mark.parametrize("locale", SUPPORTED)


def rendered(name: str, locale: str = "de") -> MailText:
    return render(MAILS[name], locale, CARRIER)


SUBJECTS = {
    "request_received": "Ihre Anfrage ist angekommen: "
    "Ist mein Beruf in Deutschland gültig? · Wer bezahlt meinen Kurs?",
    "invitation_speaker": "Einladung: Passt Ihnen Di., 19.01.2027, 18:00–20:00 Uhr? "
    "Arbeitsmarktgespräch bei Frauenverein Neukölln",
    "invitation_interpreter": "Einladung: Sprachmittlung am Di., 19.01.2027, 18:00–20:00 Uhr? "
    "Arbeitsmarktgespräch bei Frauenverein Neukölln",
    "invitation_host": "Einladung: Passt Ihnen Di., 19.01.2027, 18:00–20:00 Uhr?",
    "invitation_guest": "Einladung: Arbeitsmarktgespräch bei Frauenverein Neukölln, "
    "Di., 19.01.2027, 18:00–20:00 Uhr",
    "invitation_accepted": "Einladung: Arbeitsmarktgespräch bei Frauenverein Neukölln, "
    "Di., 19.01.2027, 18:00–20:00 Uhr",
    "invitation_host_accepted": "Einladung: Arbeitsmarktgespräch bei Frauenverein Neukölln, "
    "Di., 19.01.2027, 18:00–20:00 Uhr",
    "invitation_online": "Einladung: Passt Ihnen Di., 19.01.2027, 18:00–20:00 Uhr? "
    "Arbeitsmarktgespräch bei Frauenverein Neukölln",
    "changed": "Geändert: Neuer Termin Di., 19.01.2027, 18:00–20:00 Uhr "
    "statt Di., 12.01.2027, 17:00–19:00 Uhr",
    "changed_little": "Geändert: Arbeitsmarktgespräch am Di., 19.01.2027 bei Frauenverein Neukölln",
    "cancelled": "Abgesagt: Arbeitsmarktgespräch am Di., 19.01.2027 bei Frauenverein Neukölln",
    "replaced": "Abgesagt: Arbeitsmarktgespräch am Di., 19.01.2027 bei Frauenverein Neukölln",
    "login": "Ihr Link zum Anmelden",
    "no_slot_found": "Ihre Anfrage Anerkennung: noch kein passender Termin",
    "no_remedy": "Ihre Anfrage Anerkennung: noch kein passender Termin",
    "request_question": "Frage zu Ihrer Anfrage: Anerkennung",
    "request_withdrawn": "Ihre Anfrage ist zurückgenommen: Anerkennung",
    "request_restored": "Ihre Anfrage gilt wieder: Anerkennung",
    "account_changed": "Für Sie gilt eine andere E-Mail-Adresse",
    "request_status_link": "Die Links zu Ihren Anfragen",
    "reminder": "Am Di., 19.01.2027: Arbeitsmarktgespräch bei Frauenverein Neukölln",
    "date_confirmed": "Ihr Termin steht fest: Di., 19.01.2027, 18:00–20:00 Uhr",
    "date_confirmed_interpreter": "Ihr Termin steht fest: Di., 19.01.2027, 18:00–20:00 Uhr",
    "reminder_that_asks": "Am Di., 19.01.2027: Arbeitsmarktgespräch bei Frauenverein Neukölln",
    "answer_reminder": (
        "Bitte antworten Sie: Arbeitsmarktgespräch bei Frauenverein Neukölln,"
        " Di., 19.01.2027, 18:00–20:00 Uhr"
    ),
    "feedback_request": "Wie war es? Arbeitsmarktgespräch am Di., 19.01.2027",
}


def test_subjects_say_what_it_is_about() -> None:
    assert {name: rendered(name).subject for name in MAILS} == SUBJECTS


def test_speaker_who_comes_alone_is_not_told_who_comes() -> None:
    words = TalkWords(translations_for("de"), "de")
    alone = replace(TALK, speakers=TALK.speakers[:1])
    assert "Wer kommt" not in {row.label for row in words.rows(alone, Role.SPEAKER)}
    assert "Wer kommt" in {row.label for row in words.rows(alone, Role.INTERPRETER)}


def test_arabic_name_of_a_contact_leaves_the_number_in_its_place() -> None:
    words = TalkWords(translations_for("de"), "de")
    talk = replace(TALK, contact_on_site="أمينة Amina, 0176 1234567")
    found = {row.label: row.value for row in words.rows(talk, Role.SPEAKER)}
    assert found["Kontakt vor Ort"] == "\u2068أمينة Amina\u2069, 0176 1234567"


@pytest.mark.parametrize("name", ["invitation_accepted", "invitation_host_accepted"])
def test_whoever_has_accepted_is_not_asked_once_more(name: str) -> None:
    text = rendered(name).text
    assert "Sie haben schon zugesagt. Ihre Antwort gilt weiter." in text
    assert "Termin ansehen oder Antwort ändern" in text
    for asking in ("Bitte antworten", "Passt", "Ich sage zu", "Bitte prüfen"):
        assert asking not in text


def test_invitation_of_a_speaker_in_full() -> None:
    assert rendered("invitation_speaker").text.split("\n") == [
        "Guten Tag Amina Koch,",
        "",
        "Frauenverein Neukölln lädt Sie als Fachperson ein. "
        "Bitte prüfen Sie, ob Sie den Termin übernehmen können.",
        "",
        "Wann: Di., 19.01.2027, 18:00–20:00 Uhr, Berliner Zeit",
        "Wo: Karl-Marx-Straße 100, 12043 Berlin, Neukölln",
        "Anfahrt: U7 Rathaus Neukölln",
        "",
        "Thema: Anerkennung von Berufsabschlüssen",
        "Verein: Frauenverein Neukölln",
        "Wer kommt: Amina Koch (Jobcenter Neukölln); Jan Weiß (IQ Netzwerk)",
        "Sprache: Dari",
        "Sprachmittlung: ja, wir organisieren sie: Zahra Ahmadi",
        "Gruppe: etwa 18 Personen, nur Frauen",
        "Ablauf: 45 Minuten Impuls, 45 Minuten Fragen, 30 Minuten Einzelfragen",
        "Kontakt vor Ort: Maryam Karimi, 0170 0000000",
        "",
        "Bitte antworten Sie bis So., 20.12.2026.",
        "",
        "Ich sage zu:",
        "https://arbeitsmarkt.example/antwort/abc?a=ja&b=1",
        "",
        "Ich kann nicht:",
        "https://arbeitsmarkt.example/antwort/abc?a=nein",
        "",
        "Ich schlage eine Vertretung vor:",
        "https://arbeitsmarkt.example/antwort/abc?a=vertretung",
        "",
        "Die Kalendereinladung hängt an. Bitte antworten Sie hier in der Mail, nicht im Kalender.",
        "",
        "Die Fragen der Teilnehmenden finden Sie spätestens eine Woche vorher "
        "auf der Seite zum Termin.",
        "",
        "Freundliche Grüße",
        "Verein für Arbeit e. V.",
        "",
        "--",
        "Arbeitsmarktgespräche · Verein für Arbeit e. V.",
        "Kontakt: 030 1234567 · kontakt@traeger.example",
        "Impressum: https://arbeitsmarkt.example/impressum",
        "Datenschutz: https://arbeitsmarkt.example/datenschutz",
        "",
    ]


def test_change_names_before_and_now_of_what_differs() -> None:
    text = rendered("changed").text
    assert text[text.index("Ihr Termin") : text.index("Grund")].split("\n\n") == [
        "Ihr Termin ändert sich.",
        "Wann\nBisher: Di., 12.01.2027, 17:00–19:00 Uhr, Berliner Zeit\n"
        "Neu: Di., 19.01.2027, 18:00–20:00 Uhr, Berliner Zeit",
        "Wo\nBisher: Sonnenallee 1, 12047 Berlin, Neukölln\n"
        "Neu: Karl-Marx-Straße 100, 12043 Berlin, Neukölln",
        "Alles andere bleibt gleich.",
        "",
    ]


@EVERY_LANGUAGE
@EVERY_MAIL
def test_text_and_html_say_the_same(name: str, locale: str) -> None:
    mail = rendered(name, locale)
    page = pages.read(mail.html)
    written = [link for link in page.links if not link.startswith("mailto:")]
    assert written == pages.links(mail.text)
    assert sorted(page.words) == sorted(_without_footer_name(pages.words(mail.text)))


def _without_footer_name(found: list[str]) -> list[str]:
    """The HTML footer has the carrier's name alone; the service's stands at the top there."""
    last = len(found) - 1 - found[::-1].index("·")
    dot = len(found[:last]) - 1 - found[:last][::-1].index("·")
    return found[:dot] + found[dot + 1 :] + ["·"]


@EVERY_LANGUAGE
@EVERY_MAIL
def test_html_asks_nothing_from_the_network(name: str, locale: str) -> None:
    page = pages.read(rendered(name, locale).html)
    assert set(page.tags) & {"img", "link", "script", "iframe", "object", "form", "base"} == set()
    assert page.attributes & {"src", "srcset", "background", "action", "onclick"} == set()
    assert re.findall(r"url\(|@import|expression", page.styles) == []


@EVERY_LANGUAGE
@EVERY_MAIL
def test_html_names_language_and_direction_and_carries_its_styles(name: str, locale: str) -> None:
    html = rendered(name, locale).html
    assert html.startswith(f'<!DOCTYPE html><html lang="{locale}" dir="ltr"><head>')
    assert re.findall(r'<td class="card" style="([^"]*)"', html)[0].split(";")[0] == (
        "padding: 28px 24px"
    )
    assert "@media (prefers-color-scheme: dark)" in html


@EVERY_MAIL
def test_english_mail_has_no_german_left(name: str) -> None:
    german = {"Guten", "Uhr", "Sie", "Termin", "Wann", "Wo", "und", "nicht", "Ihre"}
    facts = set(pages.words(" ".join(_texts(MAILS[name]))))
    assert (set(pages.words(rendered(name, "en").text)) - facts) & german == set()


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for item in value for text in _texts(item)]
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return [text for field in fields for text in _texts(getattr(value, field.name))]
    return []


def test_right_to_left_mail_is_mirrored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "SUPPORTED", ("de", "en", "ar"))
    html = rendered("invitation_online", "ar").html
    assert html.startswith('<!DOCTYPE html><html lang="ar" dir="rtl"><head>')
    assert re.findall(r'<body class="([^"]*)" dir="([^"]*)"', html) == [("mail rtl", "rtl")]
    assert re.findall(r'<a href="https://video[^>]*dir="([^"]*)"', html) == ["ltr"]
    assert "Noto Sans Arabic" in html


HOSTILE = st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7 * 7 }} {% raw %}",
        "%(name)s %s 100 %",
        "a\r\nBcc: x@evil.example\r\n\r\n<b>",
        "\u202eأهلاً & <b>",
        "\x00\x1b[31m\u2028\x85",
        "\ud800",
        "",
    ]
)


def _replaced(value: Any, text: str) -> Any:
    """The same facts with `text` in place of every text that a person could have typed."""
    if type(value) is str:
        return value if value.startswith("https://") else text
    if isinstance(value, tuple):
        return tuple(_replaced(item, text) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        kept = {"timezone", "format", "language", "spoken"}
        changed = {
            name: _replaced(getattr(value, name), text) for name in names if name not in kept
        }
        return replace(value, **changed)
    return value


@EVERY_MAIL
@given(text=HOSTILE)
def test_hostile_facts_stay_text(name: str, text: str) -> None:
    harmless, hostile = (
        render(_replaced(MAILS[name], word), "de", _replaced(CARRIER, word))
        for word in ("x" if clean_line(text) else "", text)
    )
    before, after = pages.read(harmless.html), pages.read(hostile.html)
    assert (after.tags, after.attributes) == (before.tags, before.attributes)
    assert [link for link in after.links if "mailto" not in link] == [
        link for link in before.links if "mailto" not in link
    ]
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", hostile.text) == []
    assert hostile.subject.splitlines() == [hostile.subject]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "http://", "raum 7"]
)
def test_typed_address_that_is_no_web_address_is_shown_but_not_linked(url: str) -> None:
    talk = replace(TALK, join_url=url)
    mail = render(replace(INVITATION, talk=talk), "de", CARRIER)
    assert (f"Link zum Online-Raum: {url}\n" in mail.text, f'href="{url}"' in mail.html) == (
        True,
        False,
    )


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"interpreting": False}, "Sprachmittlung: nicht nötig"),
        ({"interpreter": ""}, "Sprachmittlung: ja, wir organisieren sie"),
        ({"participants": 1, "womens_group": False}, "Gruppe: etwa 1 Person"),
        ({"participants": None}, "Gruppe: nur Frauen"),
        ({"address": "Rathaus, 12043 Berlin-Neukölln"}, "Wo: Rathaus, 12043 Berlin-Neukölln"),
        ({"address": ""}, "Wo: Neukölln"),
        (
            {"timezone": "Europe/Lisbon"},
            "Wann: Di., 19.01.2027, 18:00–20:00 Uhr, Europe/Lisbon",
        ),
    ],
)
def test_facts_become_lines(changes: dict[str, Any], line: str) -> None:
    talk: TalkFacts = replace(TALK, **changes)
    text = render(replace(INVITATION, talk=talk), "de", CARRIER).text
    assert line in text.split("\n")


def test_unknown_facts_leave_no_empty_lines() -> None:
    bare = TalkFacts(topic="Minijob", host="Verein", start=TALK.start, end=TALK.end)
    text = render(replace(INVITATION, talk=bare), "de", CARRIER).text
    assert text[text.index("Wann") : text.index("Bitte antworten")].split("\n") == [
        "Wann: Di., 19.01.2027, 18:00–20:00 Uhr, Berliner Zeit",
        "",
        "Thema: Minijob",
        "Verein: Verein",
        "Sprache: Deutsch",
        "Sprachmittlung: nicht nötig",
        "",
        "",
    ]


def test_locale_falls_back_to_its_language_and_to_german() -> None:
    mail = MAILS["login"]
    assert render(mail, "de-AT", CARRIER) == render(mail, "xx", CARRIER) == rendered("login")
    assert render(mail, "en_GB", CARRIER) == rendered("login", "en")


PROGRAM = """
import hashlib
from tests.mail.samples import CARRIER, MAILS
from matchmaker.mail.render import render
mails = [render(mail, "de", CARRIER) for mail in MAILS.values()]
print(hashlib.sha256(repr(mails).encode()).hexdigest())
"""


def test_every_process_renders_the_same_bytes() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            check=True,
            capture_output=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("reaches_us", "words"),
    [
        (True, "Sie können hier in der Mail antworten oder in Ihrem Kalender."),
        (False, "Bitte antworten Sie hier in der Mail, nicht im Kalender."),
    ],
)
def test_invitation_says_whether_an_answer_in_the_calendar_arrives(
    reaches_us: bool, words: str
) -> None:
    mail = render(replace(INVITATION, calendar_answers=reaches_us), "de", CARRIER)
    assert words in " ".join(mail.text.split())
