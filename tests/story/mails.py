"""Mails as they arrived, read without any code of the product."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any

from icalendar import Calendar, Event

from tests.calendars.lint import faults
from tests.support.service import MAIL_FROM
from tests.support.smtp import Received

PLAIN_TREE = ("multipart/alternative", ["text/plain", "text/html"])
INVITATION_TREE = (
    "multipart/mixed",
    [
        ("multipart/alternative", ["text/plain", "text/html", "text/calendar"]),
        "application/ics",
    ],
)


@dataclass(frozen=True)
class Invite:
    """What a calendar program gets out of a mail."""

    recipient: str
    method: str
    uid: str
    sequence: int
    starts: datetime
    ends: datetime
    location: str


def tree(part: EmailMessage) -> Any:
    if part.is_multipart():
        return part.get_content_type(), [tree(child) for child in part.iter_parts()]
    return part.get_content_type()


def text_of(mail: Received) -> str:
    body = mail.message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(mail: Received, path: str) -> str:
    """The address in the text that leads to `path`."""
    found = set(re.findall(rf"https?://\S+{path}[\w-]+", text_of(mail)))
    assert len(found) == 1, text_of(mail)
    return found.pop()


def plain(mail: Received) -> None:
    """Fails if the mail is not a letter to one person, from the service's one mailbox."""
    message = mail.message
    addressed = getaddresses(message.get_all("To", []))
    assert [address for _, address in addressed] == list(mail.recipients)
    assert len(mail.recipients) == 1
    for header in ("From", "Reply-To"):
        assert [address for _, address in getaddresses([str(message[header])])] == [MAIL_FROM]
    assert mail.sender == MAIL_FROM
    assert (message["Cc"], message["Bcc"]) == (None, None)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] in {"de", "en"}
    assert tree(message) in (PLAIN_TREE, INVITATION_TREE)


def invite(mail: Received) -> Invite:
    """What the calendar part says. Fails if it is not what every client understands."""
    plain(mail)
    message = mail.message
    assert tree(message) == INVITATION_TREE
    alternative, attachment = message.iter_parts()
    part = list(alternative.iter_parts())[2]  # type: ignore[attr-defined]
    raw = part.get_payload(decode=True)
    assert attachment.get_payload(decode=True) == raw
    assert faults(raw) == []
    calendar = Calendar.from_ical(raw)
    method = str(calendar["METHOD"])
    assert dict(part.get_params() or [])["method"] == method
    event = _one_event(calendar)
    assert str(event["ORGANIZER"]) == f"mailto:{MAIL_FROM}"
    assert str(event["ATTENDEE"]) == f"mailto:{mail.recipients[0]}"
    return Invite(
        recipient=mail.recipients[0],
        method=method,
        uid=str(event["UID"]),
        sequence=int(event["SEQUENCE"]),
        starts=event.decoded("DTSTART"),
        ends=event.decoded("DTEND"),
        location=str(event["LOCATION"]),
    )


def _one_event(calendar: Calendar) -> Event:
    zones = [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")]
    assert zones == ["Europe/Berlin"]
    (event,) = calendar.walk("VEVENT")
    assert isinstance(event, Event)
    assert event["DTSTART"].params["TZID"] == event["DTEND"].params["TZID"] == zones[0]
    return event


def to(mails: Iterable[Received], recipient: str) -> list[Received]:
    return [mail for mail in mails if mail.recipients == (recipient,)]


def with_calendar(mails: Iterable[Received]) -> list[Received]:
    return [mail for mail in mails if tree(mail.message) == INVITATION_TREE]
