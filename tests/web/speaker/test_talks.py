"""One's own talks: the next one, answers without leaving the page, nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Person, Response
from matchmaker.models.states import AvailabilityKind, InvitationRole
from matchmaker.services.desk import Desk
from matchmaker.services.inviting.own_talks import at_odds, own_talks
from matchmaker.services.times.availability_facts import DayTime
from tests.support.invited import TUESDAY, TUESDAY_UTC, Evening
from tests.support.pages import Browser
from tests.support.statements import count_statements

SignIn = Callable[[Person], Browser]
ADDRESS = "/mein/termine"


@pytest.fixture
def evening(factory: sessionmaker[Session], desk: Desk, speaker: Person) -> Evening:
    with factory.begin() as session:
        evening = Evening(session, desk, person=session.merge(speaker))
        assert evening.talk.request is not None
        evening.talk.request.questions = "Wie lange dauert die Anerkennung?"
        return evening


def answers(factory: sessionmaker[Session]) -> list[tuple[str, str, str]]:
    with factory() as session:
        rows = session.scalars(select(Response).order_by(Response.id))
        return [(row.answer.value, row.outcome, row.comment) for row in rows]


def test_start_page_asks_for_the_answer_first(own: Browser, evening: Evening) -> None:
    page = own.open("/mein/")
    assert "Eine Einladung wartet auf Ihre Antwort" in page.words
    assert "Di., 19.01.2027, 18:00–20:00 Uhr" in page.words


def test_start_page_without_talks_says_what_will_stand_there(own: Browser) -> None:
    assert "Noch kein Termin" in own.open("/mein/").words


def test_answer_is_given_on_the_page(
    own: Browser, factory: sessionmaker[Session], evening: Evening
) -> None:
    page = own.open(ADDRESS)
    page = own.send(page.form("/antwort"), "accepted")
    assert "Danke. Ihre Antwort ist gespeichert." in page.words
    assert answers(factory) == [("accepted", "applied", "")]
    assert "Ihr nächster Termin" in own.open("/mein/").words


def test_start_page_takes_every_answer_and_marks_what_was_moved(
    own: Browser, factory: sessionmaker[Session], desk: Desk, speaker: Person, evening: Evening
) -> None:
    with factory.begin() as session:
        later = Evening(
            session,
            desk,
            person=session.merge(speaker),
            starts_at=TUESDAY_UTC + timedelta(days=7),
        )
        later.move(later.later(hours=1), TUESDAY + timedelta(days=8))
    page = own.open("/mein/")
    assert len([form for form in page.forms if form.action.endswith("/antwort")]) == 2
    assert page.words.count("Der Termin hat sich geändert. Bitte antworten Sie noch einmal.") == 1


def test_called_off_talk_is_not_counted_on_the_start_page(
    own: Browser, factory: sessionmaker[Session], desk: Desk, speaker: Person, evening: Evening
) -> None:
    own.send(own.open(ADDRESS).form("/antwort"), "accepted")
    with factory.begin() as session:
        off = Evening(
            session,
            desk,
            person=session.merge(speaker),
            starts_at=TUESDAY_UTC + timedelta(days=7),
        )
        off.call_off(off.later(hours=1))
    page = own.open("/mein/")
    assert "Di., 19.01.2027" in page.words
    assert "Danach noch" not in page.words


def test_day_off_over_a_talk_offers_to_decline_it(own: Browser, evening: Evening) -> None:
    page = own.open("/mein/zeiten?lang=de")
    assert "Absagen: " not in page.words
    form = next(form for form in page.forms if form.action.partition("?")[0].endswith("/zeiten"))
    page = own.send(form, "Diesen Tag hinzufügen", first_day="19.01.2027", day_kind="off")
    decline = f"/mein/termine/{evening.invitation.id}/absagen"
    assert any(link.startswith(decline) for link, _text in page.links)
    assert "Zu dieser Zeit ist ein Gespräch geplant" in page.words


@pytest.mark.parametrize(
    ("starts", "ends", "hindered"),
    [(time(8), time(18), False), (time(8), time(18, 1), True), (time(19), time(0), True)],
)
def test_only_time_off_that_overlaps_stands_against_a_talk(
    *,
    factory: sessionmaker[Session],
    desk: Desk,
    speaker: Person,
    evening: Evening,
    starts: time,
    ends: time,
    hindered: bool,
) -> None:
    day = TUESDAY.date()
    off = DayTime(kind=AvailabilityKind.OFF, first_day=day, last_day=day, starts=starts, ends=ends)
    with factory() as session:
        found = at_odds(own_talks(session, desk, speaker), [off])
        assert bool(found) is hindered


def test_no_asks_for_a_reason_and_keeps_it(
    own: Browser, factory: sessionmaker[Session], evening: Evening
) -> None:
    links = [link for link, text in own.open(ADDRESS).links if text == "Nein, ich kann nicht"]
    page = own.open(links[0])
    assert answers(factory) == []
    page = own.send(page.form("/antwort"), comment="Urlaub", other_day="2027-02-30")
    assert page.status == 422
    assert page.form("/antwort").fields["comment"] == "Urlaub"
    own.send(page.form("/antwort"), other_day="")
    assert answers(factory) == [("declined", "applied", "Urlaub")]


def test_members_questions_are_shown_to_speakers(own: Browser, evening: Evening) -> None:
    assert "Wie lange dauert die Anerkennung?" in own.open(ADDRESS).words


def test_past_talks_stand_below_and_cannot_be_answered(
    own: Browser, factory: sessionmaker[Session], desk: Desk, speaker: Person
) -> None:
    with factory.begin() as session:
        Evening(
            session,
            desk,
            person=session.merge(speaker),
            starts_at=TUESDAY_UTC - timedelta(weeks=8),
        )
    page = own.open(ADDRESS)
    assert "Vergangen" in page.words
    assert not [form for form in page.forms if "antwort" in form.action]


def test_talk_can_be_saved_as_a_file(own: Browser, evening: Evening) -> None:
    answer = own.client.get(f"{ADDRESS}/{evening.invitation.id}.ics")
    name = f"arbeitsmarktgespraech-{evening.talk.code}.ics"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert evening.invitation.uid.encode() in answer.data.replace(b"\r\n ", b"")


def test_nobody_reaches_the_talks_of_others(
    sign_in: SignIn,
    factory: sessionmaker[Session],
    evening: Evening,
    interpreter: Person,
) -> None:
    stranger = sign_in(interpreter)
    number = evening.invitation.id
    assert stranger.open(f"{ADDRESS}/{number}.ics").status == 404
    assert stranger.open(f"{ADDRESS}/{number}/absagen").status == 404
    form = stranger.open("/mein/kontakt").form("/kontakt")
    data = {"csrf_token": form.fields["csrf_token"], "antwort": "accepted", "sequence": "0"}
    assert stranger.client.post(f"{ADDRESS}/{number}/antwort", data=data).status_code == 404
    assert answers(factory) == []


def test_hosts_see_the_talks_they_receive(
    sign_in: SignIn, factory: sessionmaker[Session], desk: Desk, host: Person
) -> None:
    with factory.begin() as session:
        evening = Evening(session, desk, person=session.merge(host), role=InvitationRole.HOST)
        assert evening.talk.request is not None
        evening.talk.request.questions = "Was Mitglieder fragen"
    browse = sign_in(host)
    page = browse.open(ADDRESS)
    assert "Was Mitglieder fragen" not in page.words  # they know them, and phones are shared
    assert "Di., 19.01.2027, 18:00–20:00 Uhr" in page.words
    browse.send(page.form("/antwort"), "tentative")
    assert answers(factory) == [("tentative", "applied", "")]
    assert browse.open("/mein/").status == 403


def test_list_needs_few_statements_however_long_it_is(
    own: Browser, factory: sessionmaker[Session], desk: Desk, speaker: Person
) -> None:
    def statements() -> int:
        with own.client.application.app_context():
            from matchmaker.web.db import db  # noqa: PLC0415  # bound to the application

            with count_statements(db.session()) as seen:
                own.open(ADDRESS)
        return len(seen)

    for week in range(12):
        if week == 2:
            few = statements()
        with factory.begin() as session:
            Evening(
                session,
                desk,
                person=session.merge(speaker),
                starts_at=TUESDAY_UTC + timedelta(weeks=week),
            )
    assert statements() == few
