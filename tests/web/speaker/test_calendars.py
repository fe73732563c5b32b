"""One's own calendar: hand it in, see what was found, let it count, take it back."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from matchmaker.clock import system_clock
from matchmaker.config import Settings
from matchmaker.jobs.refreshing import read_calendars
from matchmaker.jobs.workplace import Workplace, new_owner
from matchmaker.models import BusyInterval, CalendarSource, Person
from matchmaker.models.states import CalendarSourceState
from matchmaker.remote.fetching import Policy
from matchmaker.services.desk import Desk
from tests.remote.servers import file, serving
from tests.support.invited import Evening
from tests.support.pages import Browser, Page

ADDRESS = "/mein/zeiten/kalender"
Work = Callable[[], int]


def event(uid: str, *lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT", ""])


def calendar(*events: str) -> bytes:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(events)}END:VCALENDAR\r\n".encode()


CALENDAR = calendar(
    event("1", "SUMMARY:Zahnarzt", "DTSTART:20270112T160000Z", "DTEND:20270112T180000Z"),
    event("2", "DTSTART;VALUE=DATE:20270201", "DTEND;VALUE=DATE:20270206"),
    event("3", "DTSTART:20270113T160000", "DTEND:20270113T180000", "STATUS:TENTATIVE"),
    event("4", "DTSTART:20270114T160000Z", "DTEND:20270114T180000Z", "TRANSP:TRANSPARENT"),
)


@pytest.fixture
def work(settings: Settings, factory: sessionmaker[Session]) -> Work:
    """Let a worker read what is due."""

    def work(policy: Policy | None = None) -> int:
        return read_calendars(Workplace(settings, factory, system_clock, new_owner()), policy)

    return work


def hand_in(own: Browser, content: bytes, name: str = "meins.ics") -> Page:
    answer = send_file(own, content, name)
    assert answer.status_code == 303, answer.text
    return own.open(answer.headers["Location"])


def test_the_page_says_what_is_kept_before_anything_is_there(own: Browser) -> None:
    page = own.open(ADDRESS)
    assert "Titel, Orte und Namen speichern wir nicht" in page.words
    assert "Noch kein Kalender" in page.words
    assert ADDRESS in [link for link, _ in own.open("/mein/zeiten").links]


@pytest.mark.parametrize(
    ("starts", "is_told"),
    [("20270119T163000Z", True), ("20270119T170000Z", False), ("20270120T170000Z", False)],
)
def test_what_stands_against_a_talk_is_told(
    own: Browser,
    work: Work,
    speaker: Person,
    factory: sessionmaker[Session],
    desk: Desk,
    *,
    starts: str,
    is_told: bool,
) -> None:
    """What has exactly its hours is the talk itself."""
    with factory.begin() as session:
        Evening(session, desk, session.get_one(Person, speaker.id))
    page = hand_in(own, calendar(event("1", f"DTSTART:{starts}", "DURATION:PT2H")))
    work()
    page = own.open(page.address)
    said = "Zur Zeit dieses Gesprächs steht etwas anderes in Ihrem Kalender"
    assert (said in page.words) == is_told
    assert any("/absagen" in link for link, _ in page.links) == is_told


def test_from_the_file_to_the_planning_and_back(
    own: Browser, work: Work, factory: sessionmaker[Session]
) -> None:
    page = hand_in(own, CALENDAR)
    assert "wird gelesen" in page.words
    work()
    page = own.open(page.address)
    for words in (
        "zählen noch nicht",
        "3 Einträge mit belegten Zeiten, einer ausgelassen",
        "12.01.2027, 17:00–19:00",
        "01.02.2027 – Fr., 05.02.2027, ganztägig",
        "Lieber nicht",
        "Ein Eintrag: als frei markiert",
        "Ein Eintrag: ohne Zeitzone",
    ):
        assert words in page.words, words
    assert "Zahnarzt" not in page.text
    with factory() as session:
        assert session.scalar(select(func.count(BusyInterval.id))) == 0

    page = own.send(page.form("/gilt"))
    assert "Übernommen" in page.words
    with factory() as session:
        assert session.scalar(select(func.count(BusyInterval.id))) == 3
    page = own.send(page.form("/gilt-nicht"))
    assert "zählen noch nicht" in page.words
    page = own.send(page.form("/entfernen"))
    assert "meins.ics ist entfernt" in page.words
    with factory() as session:
        assert session.scalar(select(func.count(CalendarSource.id))) == 0


def test_a_subscription_shows_its_server_and_never_its_key(own: Browser, work: Work) -> None:
    form = own.open(ADDRESS).form("/adresse")
    page = own.send(form, url="webcal://localhost/private-4711/basic.ics")
    with serving(file(CALENDAR)) as server:
        work(Policy(allowed={"127.0.0.1", "::1"}.__contains__, port=server.port))
    page = own.open(page.address)
    assert "Unter dieser Adresse bekommen wir keine Antwort" in page.words  # no encryption there
    assert "https://localhost/…" in page.words
    assert "4711" not in page.text + own.open(ADDRESS).text
    assert "keine Antwort" in own.open("/mein/zeiten").words
    page = own.send(page.form("/neu"))
    assert "wird noch einmal gelesen" in page.words


def test_half_a_reading_is_told_and_what_counted_before_stays(
    own: Browser, work: Work, factory: sessionmaker[Session]
) -> None:
    page = own.send(own.open(ADDRESS).form("/adresse"), url="webcal://localhost/basic.ics")
    with factory.begin() as session:
        session.scalars(select(CalendarSource)).one().url = "http://localhost/basic.ics"
    dentist = event("1", "DTSTART:20270112T160000Z", "DTEND:20270112T180000Z")
    swimming = event("2", "DTSTART:20270113T160000Z", "DTEND:20270113T180000Z")
    with serving(file(calendar(dentist))) as server:
        policy = Policy(http=True, allowed={"127.0.0.1", "::1"}.__contains__, port=server.port)
        work(policy)
        page = own.send(own.open(page.address).form("/gilt"))
        server.answer = file(calendar(swimming).replace(b"END:VCALENDAR", b""))
        own.send(page.form("/neu"))
        work(policy)
        halved = own.open(page.address)
        taken_back = own.send(halved.form("/gilt-nicht"))
        own.send(taken_back.form("/neu"))
        work(policy)
        as_it_is = own.open(page.address)
    for words in (
        "zählt, ist aber nicht aktuell",
        "Zuletzt ließ sich nicht alles in diesem Kalender lesen",
        "Was vorher gezählt hat, zählt weiter",
        "Die Datei bricht mittendrin ab",
        "12.01.2027, 17:00–19:00",
        "13.01.2027, 17:00–19:00",
    ):
        assert words in halved.words, words
    for shown in (halved, taken_back, as_it_is):
        assert "Wenn sich die Adresse geändert hat" not in shown.words
    assert "Zuletzt ließ sich" not in as_it_is.words
    assert "13.01.2027" in as_it_is.words
    assert "12.01.2027" not in as_it_is.words


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "Sie beginnt mit https://"),
        ("http://kalender.example/", "die mit https:// oder webcal:// beginnt"),
        ("https://ich:geheim@kalender.example/", "ohne Benutzernamen und Passwort"),
    ],
)
def test_addresses_that_are_not_asked(own: Browser, url: str, words: str) -> None:
    page = own.send(own.open(ADDRESS).form("/adresse"), url=url)
    assert (page.status, words in page.words) == (422, True)


def test_a_file_is_asked_for(own: Browser) -> None:
    page = own.send(own.open(ADDRESS).form("/datei"))
    assert (page.status, "Bitte wählen Sie eine Kalenderdatei" in page.words) == (422, True)


def send_file(own: Browser, content: bytes, name: str = "meins.ics") -> TestResponse:
    form = own.open(ADDRESS).form("/datei")
    fields = {**form.fields, "file": FileStorage(io.BytesIO(content), name)}
    boundary, body = encode_multipart(fields)
    kind = f"multipart/form-data; boundary={boundary}"
    return own.client.post(form.action, data=body, content_type=kind)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Diese Datei ist leer"),
        (b"%PDF-1.7", "Das ist ein PDF"),
        (b"\x89PNG\r\n", "Das ist ein Bild"),
        (b"PK\x03\x04", "entpacken Sie sie"),
        (b"\n<!DOCTYPE HTML><html>", "Das ist eine Webseite"),
    ],
)
def test_files_of_other_kinds_are_refused_by_what_they_are(
    own: Browser, content: bytes, words: str
) -> None:
    answer = send_file(own, content)
    assert (answer.status_code, words in answer.text) == (422, True), answer.text
    assert "Noch kein Kalender" in own.open(ADDRESS).words


def test_a_file_of_just_the_allowed_size_is_taken(own: Browser) -> None:
    padded = CALENDAR.replace(b"VERSION:2.0\r\n", b"VERSION:2.0\r\nX-A:")
    content = padded + b" " * (1024 * 1024 - len(padded))
    assert send_file(own, content).status_code == 303


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 3 * 1024 * 1024])
def test_larger_files_lead_back_to_the_form(own: Browser, size: int) -> None:
    answer = send_file(own, b"BEGIN:VCALENDAR\r\n" + b" " * size)
    assert answer.status_code in {413, 422}
    assert "nur die nächsten Monate" in answer.text
    assert 'name="file"' in answer.text


def test_other_forms_take_no_more_than_before(own: Browser) -> None:
    form = own.open(ADDRESS).form("/adresse")
    fields = {**form.fields, "url": "x" * (1024 * 1024 + 1)}
    answer = own.client.post(form.action, data=fields)
    assert (answer.status_code, "nächsten Monate" in answer.text) == (413, False)


def test_names_of_files_turn_nothing_around(own: Browser) -> None:
    page = hand_in(own, CALENDAR, "rechnung\u202esci.ics")
    assert "rechnungsci.ics" in page.words
    assert "\u202e" not in page.text


def test_other_files_are_named_as_such(own: Browser, work: Work) -> None:
    page = hand_in(own, b"Mein Kalender", "meins.ics")
    work()
    page = own.open(page.address)
    assert "Das ist keine Kalenderdatei" in page.words
    assert "/gilt" not in str([form.action for form in page.forms])


def test_what_was_found_since_is_shown_before_it_counts(
    own: Browser, work: Work, factory: sessionmaker[Session]
) -> None:
    page = hand_in(own, CALENDAR)
    work()
    page = own.open(page.address)
    with factory.begin() as session:
        session.scalars(select(CalendarSource)).one().found = []
    assert own.send(page.form("/gilt")).status == 409


@pytest.mark.parametrize("action", ["/entfernen", "/gilt-nicht"])
def test_a_page_that_has_stood_open_reaches_no_other_calendar(
    own: Browser, work: Work, factory: sessionmaker[Session], action: str
) -> None:
    """A database may give the number of a calendar that is gone to the next one."""
    page = hand_in(own, CALENDAR)
    work()
    page = own.send(own.open(page.address).form("/gilt"))
    with factory.begin() as session:
        row = session.scalars(select(CalendarSource)).one()
        row.created_at += timedelta(seconds=1)
    assert own.send(page.form(action)).status == 409
    with factory() as session:
        row = session.scalars(select(CalendarSource)).one()
        assert row.state is CalendarSourceState.COUNTS


def test_a_file_without_busy_times_has_nothing_to_take_over(own: Browser, work: Work) -> None:
    page = hand_in(own, calendar(event("4", "DTSTART:20270114T160000Z", "TRANSP:TRANSPARENT")))
    work()
    page = own.open(page.address)
    assert "Hier ist nichts zu übernehmen" in page.words
    assert not [form for form in page.forms if form.action.endswith("/gilt")]
    assert "Noch kein Kalender zählt." in own.open("/mein/zeiten").words


def test_others_do_not_see_it(
    own: Browser, sign_in: Callable[[Person], Browser], interpreter: Person
) -> None:
    page = hand_in(own, CALENDAR)
    other = sign_in(interpreter)
    for path, method in (
        ("", "GET"),
        ("/stand", "GET"),
        ("/gilt", "POST"),
        ("/gilt-nicht", "POST"),
        ("/neu", "POST"),
        ("/entfernen", "POST"),
    ):
        form = other.open(ADDRESS).form("/adresse")
        answer = other.client.open(page.address + path, method=method, data=form.fields)
        assert answer.status_code == 404, path


def test_the_page_asks_again_until_it_is_read(own: Browser, work: Work) -> None:
    page = hand_in(own, CALENDAR)
    assert "data-refresh-url" in own.open(f"{page.address}/stand").text
    work()
    assert "data-refresh-done" in own.open(f"{page.address}/stand").text
