"""Anfragen: find, read, clear, refuse, merge and enter requests; stale tabs change nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, Organisation, Person, Request
from matchmaker.models.states import RequestState, Role
from matchmaker.services.desk import Actor, Desk
from matchmaker.services.house import audit
from matchmaker.services.house.reference import load_reference
from tests import factories
from tests.support.pages import Browser, Page
from tests.support.statements import count_statements

SignIn = Callable[[Person], Browser]
LIST = "/koordination/anfragen"


@pytest.fixture
def office(session: Session, sign_in: SignIn) -> Browser:
    load_reference(session)
    person = factories.person(session, Role.COORDINATOR)
    session.commit()
    return sign_in(person)


@pytest.fixture
def asked(session: Session, office: Browser) -> Request:
    request = factories.request(session, state=RequestState.SUBMITTED)
    session.commit()
    return request


def _state(session: Session, request: Request) -> RequestState:
    session.refresh(request)
    session.commit()
    return request.state


def _open(office: Browser, request: Request) -> Page:
    return office.open(f"{LIST}/{request.code}")


def test_list_says_what_will_stand_there_while_it_is_empty(office: Browser) -> None:
    page = office.open(LIST + "?lang=en")
    assert (page.status, "No requests yet" in page.words) == (200, True)


def test_list_finds_and_filters(office: Browser, session: Session, asked: Request) -> None:
    other = factories.request(session)
    session.commit()
    page = office.open(f"{LIST}?state=submitted")
    assert (asked.code in page.words, other.code in page.words) == (True, False)
    page = office.open(f"{LIST}?q=nirgends&lang=en")
    assert "Nothing fits these filters" in page.words


@pytest.mark.parametrize(
    "query",
    ["?page=-1", "?page=99999999999", "?page=x", "?state=nope&area=%07&district='", "?q=%F0"],
)
def test_strange_filters_show_a_list(office: Browser, asked: Request, query: str) -> None:
    assert office.open(LIST + query).status == 200


def test_list_needs_few_statements_however_long_it_is(
    office: Browser, session: Session, app: Flask
) -> None:
    for _ in range(60):
        factories.request(session)
    session.commit()
    counts = []
    from matchmaker.web.db import db  # noqa: PLC0415  # only bound within an application

    for address in (LIST, f"{LIST}?page=2", f"{LIST}?q=verein"):
        with app.app_context(), count_statements(db.session()) as seen:
            office.open(address)
        counts.append(len([one for one in seen if one.lstrip().startswith("SELECT")]))
    assert 0 < min(counts) <= max(counts) <= 6, counts


def test_complete_request_is_set_ready_and_back(
    office: Browser, session: Session, asked: Request
) -> None:
    page = office.send(_open(office, asked).form("bereit"))
    assert _state(session, asked) is RequestState.READY
    office.send(page.form("rueckgaengig"))
    assert _state(session, asked) is RequestState.SUBMITTED


def test_gap_is_named_instead_of_the_button(office: Browser, session: Session) -> None:
    request = factories.request(session, state=RequestState.SUBMITTED, languages=(), people=0)
    session.commit()
    page = office.open(f"{LIST}/{request.code}?lang=en")
    assert "the language of the talk how many people come" in page.words
    assert [form for form in page.forms if "bereit" in form.action] == []


def test_refusal_keeps_the_reason_and_asks_for_one(
    office: Browser, session: Session, asked: Request
) -> None:
    form = _open(office, asked).form("unmoeglich")
    page = office.send(form, reason="")
    assert (page.status, [url for url, _words in page.links if url == "#reason"]) == (
        422,
        ["#reason"],
    )
    page = office.send(form, reason="x" * 2000)
    assert (page.status, page.form("unmoeglich").fields["reason"]) == (422, "x" * 2000)
    office.send(form, reason="Zurzeit niemand.")
    assert _state(session, asked) is RequestState.NOT_POSSIBLE
    office.send(_open(office, asked).form("wieder-oeffnen"))
    assert _state(session, asked) is RequestState.IN_CLARIFICATION


def test_question_is_shown_and_withdrawing_works(
    office: Browser, session: Session, asked: Request
) -> None:
    shown = _open(office, asked)
    assert asked.contact is not None
    assert f"1 Mail mit dieser Frage geht an {asked.contact.name}" in shown.words
    page = office.send(shown.form("klaeren"), question="Welcher Raum?")
    assert "Welcher Raum?" in page.words
    assert "1 Mail mit der Frage geht hinaus." in page.words
    office.send(_open(office, asked).form("zuruecknehmen"))
    assert _state(session, asked) is RequestState.WITHDRAWN


def test_question_can_follow_later_and_be_stopped(office: Browser, asked: Request) -> None:
    page = office.open(f"/koordination/anfragen/{asked.code}?lang=de")
    page = office.send(page.form("klaeren"))
    assert "Es geht keine Mail hinaus." in page.words
    refused = office.send(page.form("klaeren"))
    assert (refused.status, "Bitte schreiben Sie, was Sie wissen möchten" in refused.words) == (
        422,
        True,
    )
    page = office.send(page.form("klaeren"), question="Welcher Raum?")
    assert "1 Mail mit der Frage geht" in page.words
    page = office.send(page.form("bereit"))
    assert "Die Frage wird nicht mehr gesendet." in page.words


def test_whoever_no_mail_reaches_is_to_be_called(
    office: Browser, session: Session, asked: Request
) -> None:
    assert asked.contact is not None
    asked.contact.active = False
    session.commit()
    shown = _open(office, asked)
    assert "keine Mail erreicht ihn: Bitte anrufen." in shown.words
    page = office.send(shown.form("klaeren"), question="Welcher Raum?")
    assert "Es geht keine Mail hinaus." in page.words


def test_stale_tab_changes_nothing_and_shows_the_page_anew(
    office: Browser, session: Session, asked: Request
) -> None:
    form = _open(office, asked).form("bereit")
    asked.people = 77
    session.commit()
    page = office.send(form)
    assert (page.status, "77" in page.words) == (409, True)
    assert _state(session, asked) is RequestState.SUBMITTED


def test_form_changes_a_request(office: Browser, session: Session, asked: Request) -> None:
    page = office.open(f"{LIST}/{asked.code}/aendern")
    page = office.send(page.form("aendern"), people="21", priority="3", minutes="90")
    assert page.address == f"{LIST}/{asked.code}"
    session.refresh(asked)
    assert (asked.people, asked.priority, asked.minutes) == (21, 3, 90)


def test_stale_form_shows_both_versions(office: Browser, session: Session, asked: Request) -> None:
    form = office.open(f"{LIST}/{asked.code}/aendern").form("aendern")
    asked.people = 77
    session.commit()
    page = office.send(form, people="21")
    assert (page.status, "77" in page.words, page.form("aendern").fields["people"]) == (
        409,
        True,
        "21",
    )
    session.refresh(asked)
    session.commit()
    assert asked.people == 77
    office.send(page.form("aendern"))
    session.refresh(asked)
    assert asked.people == 21


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("people", "NaN"),
        ("minutes", "5"),
        ("period_to", "2027-02-30"),
        ("email", "amal"),
        ("organisation", ""),
        ("questions", "x" * 10_000),
    ],
)
def test_faulty_form_keeps_what_was_typed(
    office: Browser, session: Session, asked: Request, field: str, typed: str
) -> None:
    before = session.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc()))
    session.commit()
    page = office.send(
        office.open(f"{LIST}/{asked.code}/aendern").form("aendern"), **{field: typed}
    )
    assert (page.status, page.form("aendern").fields[field]) == (422, typed)
    assert f"#{field}" in [url for url, _words in page.links]
    assert session.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc())) == before


def _by_phone(office: Browser, button: str, **typed: Any) -> Page:
    page = office.open(LIST + "/neu")
    known = {"organisation": "Neuer Verein", "name": "Mina", "email": "mina@verein.example"}
    return office.send(page.form("/neu"), button, **(known | typed))


def test_request_is_entered_by_phone_with_gaps(office: Browser, session: Session) -> None:
    page = _by_phone(office, "waiting")
    assert page.status == 200
    request = session.scalars(select(Request)).one()
    assert (request.code, request.state) == ("A001", RequestState.IN_CLARIFICATION)


def test_request_by_phone_is_not_ready_with_gaps(office: Browser, session: Session) -> None:
    page = _by_phone(office, "ready", people="20")
    assert page.status == 422
    assert page.form("/neu").fields["people"] == "20"
    assert session.scalars(select(Request)).all() == []


def test_known_association_is_filled_in(office: Browser, session: Session) -> None:
    host = factories.organisation(session, name="Sonnenhof")
    factories.person(session, Role.HOST, organisation=host, name="Mina", email="m@s.example")
    session.commit()
    form = office.open(f"{LIST}/neu?organisation={host.code}").form("/neu")
    assert [form.fields[name] for name in ("organisation", "name", "email")] == [
        "Sonnenhof",
        "Mina",
        "m@s.example",
    ]
    assert office.open(LIST + "/neu?organisation=%07").status == 200


def test_rows_are_added_without_saving(office: Browser, session: Session) -> None:
    page = _by_phone(office, "add_time:", people="20")
    page = office.send(page.form("/neu"), "add_day:")
    form = page.form("/neu")
    assert (form.fields["people"], form.fields["exact_from"]) == ("20", "18:00")
    assert len(form.fields.getlist("off_from")) == 2
    assert session.scalars(select(Request)).all() == []


@pytest.fixture
def pair(office: Browser, session: Session) -> list[Request]:
    host = factories.organisation(session)
    rows = [factories.request(session, organisation=host) for _ in range(2)]
    session.commit()
    page = office.open(f"{LIST}/{rows[0].code}/aendern")
    office.send(page.form("aendern"), people="16")
    return rows


def _compare(office: Browser, pair: list[Request]) -> Page:
    page = _open(office, pair[1])
    return office.open(next(url for url, _words in page.links if "/doppelt/" in url))


def test_duplicates_stand_side_by_side_and_are_merged(
    office: Browser, session: Session, pair: list[Request]
) -> None:
    page = _compare(office, pair)
    assert (pair[0].code in page.words, pair[1].code in page.words) == (True, True)
    forms = [form for form in page.forms if form.fields.get("keep") == pair[0].code]
    page = office.send(forms[0])
    assert page.address == f"{LIST}/{pair[0].code}"
    assert _state(session, pair[1]) is RequestState.DUPLICATE
    assert office.send(forms[0]).status == 409


def test_comparison_says_when_nothing_differs(office: Browser, session: Session) -> None:
    host = factories.organisation(session)
    contact = factories.person(session, Role.HOST)
    pair = [factories.request(session, organisation=host, contact=contact) for _ in range(2)]
    session.commit()
    page = office.open(f"{LIST}/{pair[0].code}/aendern")
    office.send(page.form("aendern"), people="16")
    assert "Nichts weicht ab" not in _compare(office, pair).words
    page = office.open(f"{LIST}/{pair[1].code}/aendern")
    office.send(page.form("aendern"), people="16")
    assert "Nichts weicht ab" in _compare(office, pair).words


def test_both_requests_can_be_kept(office: Browser, session: Session, pair: list[Request]) -> None:
    office.send(_compare(office, pair).form("beide-behalten"))
    assert [url for url, _words in _open(office, pair[1]).links if "/doppelt/" in url] == []
    assert _state(session, pair[1]) is RequestState.READY


def test_contact_of_a_request_joins_the_association(office: Browser, session: Session) -> None:
    person = factories.person(session, Role.HOST)
    request = factories.request(session, contact=person)
    session.commit()
    office.send(_open(office, request).form("mitglied"))
    session.refresh(person)
    assert person.organisation_id == session.scalar(select(Organisation.id))


def test_history_names_whose_link_was_used(
    session: Session, office: Browser, asked: Request, desk: Desk
) -> None:
    assert asked.contact is not None
    by_link = desk.by(Actor(None, f"{asked.contact.code} (link)"))
    audit.record(session, by_link, "request.withdrawn", asked, after={"state": "withdrawn"})
    session.commit()
    assert f"über den Link von {asked.contact.name}" in _open(office, asked).words


def test_unknown_requests_and_pairs_are_not_found(office: Browser) -> None:
    for path in ("/A999", "/A%00", "/A999/aendern", "/doppelt/99"):
        assert office.open(LIST + path).status == 404


def test_auditor_reads_and_changes_nothing(
    session: Session, sign_in: SignIn, asked: Request
) -> None:
    person = factories.person(session, Role.AUDITOR)
    session.commit()
    browser = sign_in(person)
    page = browser.open(f"{LIST}/{asked.code}")
    assert page.status == 200
    assert [
        form.action
        for form in page.forms
        if "abmelden" not in form.action and form.method == "post"
    ] == []
    assert browser.open(LIST + "/neu").status == 403
