from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import CalendarSource, IncomingMail, OutboxMessage, Reminder
from matchmaker.models.states import (
    CalendarSourceKind,
    IncomingKind,
    IncomingState,
    ReminderKind,
    ReminderState,
    TokenPurpose,
)
from matchmaker.services.desk import Desk
from matchmaker.services.house import listing, tokens
from matchmaker.services.people import login
from tests import factories
from tests.support.invited import Evening

KINDS = (
    "organisations",
    "people",
    "requests",
    "rounds",
    "proposals",
    "talks",
    "assignments",
    "invitations",
    "outbox",
    "audit",
    "incoming",
    "reminders",
    "sources",
)


def test_kinds_are_those_of_the_contract() -> None:
    assert tuple(listing.KINDS) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_list_of_json_values(
    demo_session: Session, demo_desk: Desk, kind: str
) -> None:
    rows = listing.rows(demo_session, demo_desk, kind)

    assert json.loads(json.dumps(rows)) == rows


def test_requests_show_codes_states_and_times_with_offset(
    demo_session: Session, demo_desk: Desk
) -> None:
    row = listing.rows(demo_session, demo_desk, "requests")[1]

    assert {name: row[name] for name in ("code", "state", "organisation", "contact")} == {
        "code": "A002",
        "state": "ready",
        "organisation": "MO02",
        "contact": "H02",
    }
    assert (row["topics"], row["languages"]) == (["ANE-03"], ["fr"])
    assert (row["date_from"], row["submitted_at"]) == ("2027-01-18", "2026-11-20T18:30:00+01:00")


def test_people_show_roles_and_organisation(demo_session: Session, demo_desk: Desk) -> None:
    rows = {row["code"]: row for row in listing.rows(demo_session, demo_desk, "people")}

    assert (rows["R07"]["roles"], rows["R07"]["organisation"]) == (["speaker"], "IN07")
    assert rows["K01"]["organisation"] is None


def test_talks_and_assignments_refer_by_code(session: Session, desk: Desk) -> None:
    person = factories.speaker(session)
    made = factories.assignment(session, person, desk.now + timedelta(days=30))
    session.flush()

    (talk,) = listing.rows(session, desk, "talks")
    (assignment,) = listing.rows(session, desk, "assignments")

    assert (assignment["talk"], assignment["person"]) == (talk["code"], person.code)
    assert talk["starts_at"] == made.starts_at.astimezone(desk.settings.zone).isoformat()
    assert talk["starts_at"].endswith("+01:00")


def test_outbox_shows_delivery_and_no_token(demo_session: Session, demo_desk: Desk) -> None:
    login.ask(demo_session, demo_desk, "koordination@traeger-demo.example", "de")
    tokens.issue(demo_session, demo_desk, TokenPurpose.ANSWER, 1)
    demo_session.flush()

    (row,) = listing.rows(demo_session, demo_desk, "outbox")

    assert row["recipient"] == "koordination@traeger-demo.example"
    assert (row["state"], row["attempts"], row["last_error"]) == ("queued", 0, "")
    assert {"key", "message_id"} <= set(row)
    assert re.search(r"[\w-]{43}", json.dumps({**row, "message_id": ""})) is None


def test_what_came_in_and_who_was_reminded_is_listed(session: Session, desk: Desk) -> None:
    evening = Evening(session, desk)
    mail = session.scalars(select(OutboxMessage)).one()
    came = IncomingMail(
        digest="d" * 64,
        folder="INBOX",
        uidvalidity=2**32 - 1,
        uid=2**32 - 1,
        received_at=desk.now,
        fetched_at=desk.now,
        kind=IncomingKind.BOUNCE,
        state=IncomingState.REVIEW,
        reason="unknown_address",
        invitation=evening.invitation,
        outbox=mail,
        body=b"Hello, my secret",
    )
    reminder = Reminder(
        invitation=evening.invitation,
        kind=ReminderKind.TALK,
        occasion="2027-01-19T17:00Z",
        state=ReminderState.SKIPPED,
        reason="too_late",
        due_at=desk.now,
        created_at=desk.now,
    )
    session.add_all([came, reminder])
    session.flush()

    (incoming,) = listing.rows(session, desk, "incoming")
    (reminded,) = listing.rows(session, desk, "reminders")

    facts = (incoming["kind"], incoming["invitation"], incoming["about"])
    assert facts == ("bounce", evening.invitation.uid, mail.message_id)
    assert "secret" not in json.dumps(incoming)
    assert (reminded["talk"], reminded["state"]) == (evening.talk.code, "skipped")


def test_other_calendars_are_listed_without_their_addresses(session: Session, desk: Desk) -> None:
    person = factories.speaker(session)
    source = CalendarSource(
        person_id=person.id,
        kind=CalendarSourceKind.SUBSCRIPTION,
        name="Arbeit",
        url="https://kalender.example/geheim.ics",
        created_at=desk.now,
    )
    session.add(source)
    session.flush()

    (row,) = listing.rows(session, desk, "sources")

    assert (row["person"], row["name"], row["state"]) == (person.code, "Arbeit", "waiting")
    assert "geheim" not in json.dumps(row)


def test_rounds_show_what_they_last_did(demo_session: Session, demo_desk: Desk) -> None:
    (row,) = listing.rows(demo_session, demo_desk, "rounds")

    assert (row["state"], row["proposal"], row["last_run"]) == ("open", None, None)
    assert (row["first_day"], row["last_day"]) == ("2027-01-11", "2027-03-31")


def test_unknown_kind_is_an_error(session: Session, desk: Desk) -> None:
    with pytest.raises(KeyError):
        listing.rows(session, desk, "tokens")
