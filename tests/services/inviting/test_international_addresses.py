"""Addresses with letters outside ASCII stand in calendars as they do on the envelope."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.models import OutboxMessage
from matchmaker.models.states import OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import invitations
from tests.services.inviting.mailed import Evening, calendar_of, parsed

TYPED = "ayse@müller.example"
WIRE = "ayse@xn--mller-kva.example"


def attendee(row: OutboxMessage) -> str:
    return str(calendar_of(row).events[0]["ATTENDEE"])


@pytest.fixture
def evening(session: Session, desk: Desk) -> Evening:
    made = Evening(session, desk, email=TYPED)
    made.invite()
    return made


def test_attendee_is_the_address_that_the_mail_goes_to(evening: Evening) -> None:
    evening.send()
    evening.move(days=1)
    evening.send()
    evening.cancel()
    assert [row.method for row in evening.mails] == ["REQUEST", "REQUEST", "CANCEL"]
    for row in evening.mails:
        assert row.recipient == parsed(row)["To"].addresses[0].addr_spec == WIRE
        assert attendee(row) == f"mailto:{WIRE}"


def test_invitation_of_an_older_version_goes_again_in_the_wire_form(evening: Evening) -> None:
    evening.send()
    evening.invitation.snapshot = evening.invitation.snapshot | {"attendee_email": TYPED}
    evening.later(days=1)
    invitations.send_again(evening.session, evening.desk, evening.invitation)
    evening.session.flush()
    assert attendee(evening.mails[-1]) == f"mailto:{WIRE}"


def test_address_that_changes_its_spelling_only_asks_nobody_again(evening: Evening) -> None:
    evening.send()
    evening.speaker.email = WIRE
    evening.update()
    assert evening.queued == []


def test_moving_to_an_international_address_invites_there(session: Session, desk: Desk) -> None:
    evening = Evening(session, desk)
    evening.invite()
    evening.send()
    evening.speaker.email = TYPED
    invitations.readdress(session, desk, evening.speaker)
    session.flush()
    last = evening.mails[-1]
    assert (last.recipient, attendee(last)) == (WIRE, f"mailto:{WIRE}")


def test_person_without_a_usable_address_is_still_invited(session: Session, desk: Desk) -> None:
    evening = Evening(session, desk, email="nobody-knows")
    evening.invite()
    assert (evening.mails, evening.invitation.snapshot["attendee_email"]) == ([], "nobody-knows")


def test_service_itself_may_have_an_international_address(
    session: Session, desk: Desk, tmp_path: Path
) -> None:
    given = {
        "MATCHMAKER_INSTANCE": str(tmp_path),
        "MATCHMAKER_MAIL_FROM": "planung@büro.example",
    }
    mailbox = Settings.from_environment(given).mail_from
    evening = Evening(session, replace(desk, settings=replace(desk.settings, mail_from=mailbox)))
    invitation = evening.invite()
    (row,) = evening.mails
    assert row.state is OutboxState.QUEUED
    assert invitation.uid.endswith("@xn--bro-hoa.example")
    assert str(calendar_of(row).events[0]["ORGANIZER"]) == "mailto:planung@xn--bro-hoa.example"
    assert parsed(row)["From"].addresses[0].addr_spec == "planung@xn--bro-hoa.example"
