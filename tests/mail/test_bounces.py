"""What comes back: by the standard and in free words, for good and for now."""

from __future__ import annotations

import pytest

from matchmaker.mail.bounces import Bounce, read_bounce
from matchmaker.mail.incoming import read_mail
from tests.incoming.bounces import FAILED, LATE, POSTFIX, bounce
from tests.incoming.calendars import SERVICE, Said, crlf, google_calendar
from tests.incoming.programs import PROGRAMS

ID = "<inv-01jga0000000000000000000.0.0@arbeitsmarkt.example>"
TO = "ayse@beratung.example"


def read(raw: bytes) -> Bounce | None:
    return read_bounce(read_mail(raw))


@pytest.mark.parametrize("server", FAILED)
def test_mail_that_came_back_is_known_by_its_id(server: str) -> None:
    found = read(bounce(FAILED[server], ID, TO))
    assert found is not None
    assert ID in found.message_ids
    assert (found.recipient, found.final) == (TO, True)
    assert found.reason


@pytest.mark.parametrize("server", LATE)
def test_mail_that_is_late_has_not_come_back(server: str) -> None:
    found = read(bounce(LATE[server], ID, TO))
    assert found is not None
    assert (found.message_ids[:1], found.final) == ((ID,), False)


def test_report_says_status_and_reason() -> None:
    found = read(bounce(POSTFIX, ID, TO))
    assert found is not None
    assert found.status == "5.1.1"
    assert found.reason == f"550 5.1.1 <{TO}>: Recipient address rejected: User unknown"


def test_calendar_inside_a_returned_mail_is_no_answer() -> None:
    returned = bounce(POSTFIX, ID, TO).replace(
        b"Subject: Einladung\r\n",
        b"Subject: Einladung\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n"
        + google_calendar(Said()),
    )
    assert read_mail(returned).calendars == ()
    assert read(returned) is not None


def test_report_that_a_mail_has_arrived_is_none() -> None:
    arrived = POSTFIX.replace("Action: failed", "Action: delivered").replace("5.1.1", "2.0.0")
    assert read(bounce(arrived, ID)) is None


@pytest.mark.parametrize("program", PROGRAMS)
def test_answers_are_no_bounces(program: str) -> None:
    assert read(PROGRAMS[program](Said())) is None


@pytest.mark.parametrize(
    ("sender", "subject"),
    [
        ("ayse@beratung.example", "Mail delivery failed"),
        ("postmaster@beratung.example", "Unsere neue Adresse"),
        ("ayse@beratung.example", "Abwesend: Re: Einladung"),
    ],
)
def test_words_of_a_person_are_no_bounce(sender: str, subject: str) -> None:
    text = f"From: {sender}\nTo: {SERVICE}\nSubject: {subject}\nMessage-ID: <a@b>\n\nGuten Tag\n"
    assert read(crlf(text)) is None
