from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matchmaker.models.states import TokenPurpose
from matchmaker.services.desk import Desk
from matchmaker.services.house import listing, tokens
from matchmaker.services.people import login
from tests import factories

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


def test_rounds_show_what_they_last_did(demo_session: Session, demo_desk: Desk) -> None:
    (row,) = listing.rows(demo_session, demo_desk, "rounds")

    assert (row["state"], row["proposal"], row["last_run"]) == ("open", None, None)
    assert (row["first_day"], row["last_day"]) == ("2027-01-11", "2027-03-31")


def test_unknown_kind_is_an_error(session: Session, desk: Desk) -> None:
    with pytest.raises(KeyError):
        listing.rows(session, desk, "tokens")
