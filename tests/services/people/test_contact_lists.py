from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from matchmaker.models.states import AssignmentState, OrganisationKind, RequestState, Role
from matchmaker.services.desk import Desk
from matchmaker.services.people import contact_lists, contact_views, contacts
from matchmaker.services.people.contact_lists import OrganisationFilter, PeopleFilter
from tests import factories


def _codes(session: Session, desk: Desk, **wanted: object) -> list[str]:
    found = contact_lists.people(session, desk, PeopleFilter(**wanted))  # type: ignore[arg-type]
    return [row.person.code for row in found.rows]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"words": "kilic"}, ["H04"]),
        ({"words": "KILIÇ mehmet"}, ["H04"]),
        ({"words": "jobtreff"}, ["R23"]),
        ({"words": "R07"}, ["R07"]),
        ({"role": Role.AUDITOR}, ["L01"]),
        ({"old_times": True}, ["S8", "R21", "R17"]),
        ({"inactive": True}, []),
        ({"words": "nobody at all"}, []),
    ],
)
def test_people_are_filtered(
    demo_session: Session, demo_desk: Desk, wanted: dict[str, object], expected: list[str]
) -> None:
    assert _codes(demo_session, demo_desk, **wanted) == expected


def test_people_come_in_pages(demo_session: Session, demo_desk: Desk) -> None:
    first, second = (
        contact_lists.people(demo_session, demo_desk, PeopleFilter(), page) for page in (1, 2)
    )

    assert (len(first.rows), len(second.rows), first.total, first.pages) == (50, 6, 56, 2)
    assert first.rows[0].person.name < first.rows[-1].person.name < second.rows[0].person.name


def test_load_counts_talks_ahead_that_will_take_place(session: Session, desk: Desk) -> None:
    person = factories.speaker(session)
    for days, state in (
        (10, AssignmentState.ACCEPTED),
        (20, AssignmentState.INVITED),
        (30, AssignmentState.DECLINED),
        (-10, AssignmentState.DONE),
    ):
        factories.assignment(session, person, desk.now + timedelta(days=days), state=state)
    session.flush()

    (row,) = contact_lists.people(session, desk, PeopleFilter(role=Role.SPEAKER)).rows
    months = contact_views.person_view(session, desk, person).months

    assert row.coming == 2
    assert [month.talks for month in months] == [1, 2, 0, 0]
    assert [month.limit for month in months] == [None] * 4


def test_contacts_of_an_association_have_its_talks_ahead(session: Session, desk: Desk) -> None:
    host = factories.organisation(session)
    factories.person(session, Role.HOST, organisation=host, name="Agnieszka Wrona")
    factories.person(session, Role.AUDITOR, organisation=host, name="Bettina Vogt")
    for days in (10, -10):
        talk = factories.talk(session, desk.now + timedelta(days=days))
        talk.organisation = host
    session.flush()

    rows = contact_lists.people(session, desk, PeopleFilter()).rows

    assert [(row.person.name, row.coming) for row in rows] == [
        ("Agnieszka Wrona", 1),
        ("Bettina Vogt", 0),
    ]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"words": "ufer"}, ["MO01"]),
        ({"kind": OrganisationKind.MO, "district": "12"}, ["MO20"]),
        ({"words": "kammer", "kind": OrganisationKind.INSTITUTION}, ["IN10", "IN09"]),
        ({"kind": OrganisationKind.ADMINISTRATION}, []),
    ],
)
def test_organisations_are_filtered(
    demo_session: Session, demo_desk: Desk, wanted: dict[str, object], expected: list[str]
) -> None:
    filtered = OrganisationFilter(**wanted)  # type: ignore[arg-type]
    found = contact_lists.organisations(demo_session, filtered, demo_desk)

    assert [row.organisation.code for row in found.rows] == expected


def test_organisations_show_their_open_requests(demo_session: Session, demo_desk: Desk) -> None:
    (row,) = contact_lists.organisations(
        demo_session, OrganisationFilter(words="MO14"), demo_desk
    ).rows

    assert (row.people, row.requests, row.talks) == (1, 6, 0)


@pytest.mark.parametrize("show", ["people", "organisations"])
def test_lists_ask_few_questions_however_long_they_are(
    demo_session: Session, demo_desk: Desk, show: str
) -> None:
    asked: list[str] = []
    event.listen(
        demo_session.get_bind(), "before_cursor_execute", lambda *facts: asked.append(facts[2])
    )
    if show == "people":
        for row in contact_lists.people(demo_session, demo_desk, PeopleFilter()).rows:
            assert row.person.roles
            assert row.person.organisation is None or row.person.organisation.name
    else:
        contact_lists.organisations(demo_session, OrganisationFilter(), demo_desk)

    assert len([text for text in asked if text.startswith("SELECT")]) <= 6


def test_person_view_shows_the_requests_of_a_contact(
    demo_session: Session, demo_desk: Desk
) -> None:
    person = contacts.person_by_code(demo_session, "H02")

    view = contact_views.person_view(demo_session, demo_desk, person)

    assert [request.code for request in view.requests] == ["A002"]
    assert (list(view.coming), list(view.months)) == ([], [])


def test_organisation_view_hides_drafts(session: Session, desk: Desk) -> None:
    verein = factories.organisation(session)
    kept = factories.request(session, organisation=verein)
    factories.request(session, organisation=verein, state=RequestState.DRAFT)
    later = factories.talk(session, desk.now + timedelta(days=9), organisation=verein)
    before = factories.talk(session, desk.now - timedelta(days=9), organisation=verein)
    session.flush()

    view = contact_views.organisation_view(session, desk, verein.id)

    assert list(view.requests) == [kept]
    assert (list(view.coming), list(view.past)) == ([later], [before])
