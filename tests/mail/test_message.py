"""Messages: their tree, their headers, and that strangers' texts stay where they belong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.config import Settings
from matchmaker.mail.address import AddressError
from matchmaker.mail.message import CalendarPart, OutgoingMail, compose
from matchmaker.text import clean_line, clean_text

ICS = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Gespr\xc3\xa4ch\r\nEND:VCALENDAR\r\n"

MAIL = OutgoingMail(
    message_id="<inv-01JGA.0.0@arbeitsmarkt.example>",
    date=datetime(2026, 12, 28, 8, 0, 0, 123, tzinfo=UTC),
    locale="de",
    sender_name="Verein für Arbeit e. V.",
    sender_email="planung@arbeitsmarkt.example",
    recipient_name="Amina Koch",
    recipient_email="amina@jobcenter.example",
    subject="Einladung: Passt Ihnen Di., 19.01.2027, 18:00–20:00 Uhr?",
    text="Guten Tag\n.\nGrüße\n",
    html="<p>Guten Tag</p><p>Grüße</p>",
)
INVITATION = replace(MAIL, calendar=CalendarPart("REQUEST", ICS))

HEADERS = [
    "MIME-Version",
    "Date",
    "From",
    "Reply-To",
    "To",
    "Subject",
    "Message-ID",
    "Auto-Submitted",
    "Content-Language",
    "Content-Type",
]


def read(mail: OutgoingMail) -> EmailMessage:
    parsed = message_from_bytes(compose(mail).body, policy=policy.SMTP)
    assert isinstance(parsed, EmailMessage)
    return parsed


def tree(part: EmailMessage) -> Any:
    if part.is_multipart():
        return part.get_content_type(), [tree(child) for child in part.iter_parts()]
    return part.get_content_type()


def test_invitation_has_the_tree_that_clients_understand() -> None:
    assert tree(read(INVITATION)) == (
        "multipart/mixed",
        [
            ("multipart/alternative", ["text/plain", "text/html", "text/calendar"]),
            "application/ics",
        ],
    )


def test_mail_without_calendar_is_an_alternative() -> None:
    assert tree(read(MAIL)) == ("multipart/alternative", ["text/plain", "text/html"])


def test_calendar_stands_in_it_twice_with_the_same_bytes() -> None:
    alternative, attachment = read(INVITATION).iter_parts()
    calendar = list(alternative.iter_parts())[2]
    assert [part.get_payload(decode=True) for part in (calendar, attachment)] == [ICS, ICS]
    assert (
        calendar["Content-Type"],
        dict(calendar["Content-Type"].params),
        calendar["Content-Transfer-Encoding"],
        calendar.get_content_disposition(),
    ) == (
        'text/calendar; charset="utf-8"; method="REQUEST"; component="VEVENT"',
        {"charset": "utf-8", "method": "REQUEST", "component": "VEVENT"},
        "base64",
        None,
    )
    assert (attachment["Content-Type"], attachment["Content-Disposition"]) == (
        'application/ics; name="invite.ics"',
        'attachment; filename="invite.ics"',
    )


def test_text_and_html_come_back() -> None:
    text, html = read(MAIL).iter_parts()
    assert (text.get_content(), html.get_content()) == (
        "Guten Tag\r\n.\r\nGrüße\r\n",
        "<p>Guten Tag</p><p>Grüße</p>\r\n",
    )


def test_headers_are_those_that_calendars_need() -> None:
    parsed = read(INVITATION)
    mailbox = '"Verein für Arbeit e. V." <planung@arbeitsmarkt.example>'
    assert {name: str(parsed[name]) for name in parsed if name != "Content-Type"} == {
        "MIME-Version": "1.0",
        "Date": "Mon, 28 Dec 2026 08:00:00 +0000",
        "From": mailbox,
        "Reply-To": mailbox,
        "To": "Amina Koch <amina@jobcenter.example>",
        "Subject": "Einladung: Passt Ihnen Di., 19.01.2027, 18:00–20:00 Uhr?",
        "Message-ID": "<inv-01JGA.0.0@arbeitsmarkt.example>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "de",
    }


def test_update_refers_to_the_first_request() -> None:
    first = "<inv-01JGA.0.0@arbeitsmarkt.example>"
    parsed = read(replace(MAIL, message_id="<inv-01JGA.1.0@x>", in_reply_to=first))
    assert (parsed["In-Reply-To"], parsed["References"]) == (first, first)


def test_same_mail_gives_the_same_bytes() -> None:
    assert compose(INVITATION) == compose(INVITATION)


def test_other_message_id_gives_other_boundaries() -> None:
    one, other = compose(INVITATION).body, compose(replace(INVITATION, message_id="<a@b>")).body
    boundaries = [
        {part.get_boundary() for part in message_from_bytes(body).walk() if part.is_multipart()}
        for body in (one, other)
    ]
    assert [len(found) for found in boundaries] == [2, 2]
    assert boundaries[0] & boundaries[1] == set()


def test_bytes_travel_over_any_server() -> None:
    body = compose(replace(INVITATION, text="ä" * 3000, html="<p>" + "ü" * 3000)).body
    assert body.isascii()
    assert max(map(len, body.split(b"\r\n"))) <= 78
    assert body.count(b"\n") == body.count(b"\r\n") == body.count(b"\r")


breaks = st.text(
    alphabet="\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\x00\t :,;<>@\"'=?_\\Bccaäש\N{SEEDLING}",
    max_size=80,
)


@given(subject=breaks, sender=breaks, recipient=breaks, locale=breaks)
def test_no_text_makes_a_new_header(subject: str, sender: str, recipient: str, locale: str) -> None:
    mail = replace(
        MAIL, subject=subject, sender_name=sender, recipient_name=recipient, locale=locale
    )
    parsed = read(mail)
    addresses = [[who.addr_spec for who in parsed[name].addresses] for name in ("From", "To")]
    assert (list(parsed), addresses, parsed["Subject"]) == (
        HEADERS,
        [["planung@arbeitsmarkt.example"], ["amina@jobcenter.example"]],
        clean_line(subject),
    )


@given(breaks)
def test_name_comes_back(name: str) -> None:
    # The old parser: the new one puts a blank between two encoded words of a name.
    header = message_from_bytes(compose(replace(MAIL, recipient_name=name)).body)["To"]
    shown, address = parseaddr(header.replace("\r\n", ""))
    assert (str(make_header(decode_header(shown))), address) == (
        clean_line(name),
        "amina@jobcenter.example",
    )


@given(st.text(max_size=400))
def test_text_part_survives_whatever_is_in_it(text: str) -> None:
    part = next(iter(read(replace(MAIL, text=text)).iter_parts()))
    assert part.get_content().replace("\r\n", "\n") == clean_text(text) + "\n"


@pytest.mark.parametrize(
    "injection", ["\r\nBcc: x@evil.example", "\x0bBcc: x", "\x1cBcc: x", "\u2028Bcc: x", "\n\n<b>"]
)
def test_known_injections_become_one_line(injection: str) -> None:
    parsed = read(replace(MAIL, subject="Anfrage" + injection))
    assert (list(parsed), parsed["Subject"]) == (HEADERS, "Anfrage " + clean_line(injection))


@pytest.mark.parametrize(
    "name",
    [
        "Ayşe Yılmaz",
        "سلمى حداد",
        "Dr. Jürgen Größe, Amt",
        'Eine "Gruppe" \\ Verein',
        "Verein für Bildung, Begegnung und interkulturelle Arbeit Nord-Neukölln e. V.",
        "A very long name in plain letters of an association that is proud of its many words",
        "=?utf-8?q?Amt?=",
    ],
)
def test_names_and_subjects_are_read_as_they_were_written(name: str) -> None:
    written = replace(INVITATION, sender_name=name, recipient_name=name, subject=name)
    body, parsed = compose(written).body, read(written)
    shown = [who.display_name for field in ("From", "To") for who in parsed[field].addresses]
    assert (shown, parsed["Subject"]) == ([name, name], name)
    assert body.isascii()
    assert max(map(len, body.split(b"\r\n"))) <= 78


def test_line_that_begins_like_a_mailbox_file_stays_as_it_is() -> None:
    text = next(iter(read(replace(MAIL, text="Hello\nFrom now on")).iter_parts()))
    assert text.get_content() == "Hello\r\nFrom now on\r\n"


def test_long_subject_is_shortened() -> None:
    rendered = compose(replace(MAIL, subject="Wort " * 100))
    assert (len(rendered.subject), rendered.subject[-5:]) == (250, "Wort…")


def test_domain_beyond_ascii_is_written_in_its_ascii_form() -> None:
    rendered = compose(replace(MAIL, recipient_email="info@straße.example"))
    parsed = message_from_bytes(rendered.body, policy=policy.SMTP)
    assert (rendered.recipient, parsed["To"].addresses[0].addr_spec) == (
        "info@xn--strae-oqa.example",
        "info@xn--strae-oqa.example",
    )


def test_local_part_beyond_ascii_is_written_as_it_is() -> None:
    rendered = compose(replace(MAIL, recipient_email="käthe@verein.example"))
    assert rendered.recipient == "käthe@verein.example"
    assert "To: Amina Koch <käthe@verein.example>\r\n".encode() in rendered.body


@pytest.mark.parametrize(
    "address", ["", "a", "a@", "a b@c.example", "a@b.example\r\nBcc: c@d.example"]
)
def test_unusable_address_is_refused(address: str) -> None:
    with pytest.raises(AddressError):
        compose(replace(MAIL, recipient_email=address))


@pytest.mark.parametrize("host", ["localhost", "mail.local", "verein.test", "post"])
def test_mailboxes_inside_a_private_network_can_write_and_get_mail(host: str) -> None:
    message = read(replace(MAIL, sender_email=f"planung@{host}", recipient_email=f"amina@{host}"))
    assert [parseaddr(message[name])[1] for name in ("From", "To")] == [
        f"planung@{host}",
        f"amina@{host}",
    ]


def test_the_usual_sender_can_send() -> None:
    usual = Settings.from_environment({}, instance=".", secret_key="x").mail_from
    assert parseaddr(read(replace(MAIL, sender_email=usual))["From"])[1] == usual


@pytest.mark.parametrize(
    "message_id", ["", "x@y", "<x y@z>", "<x@y>\r\nBcc: a@b", f"<{'x' * 300}@y>"]
)
def test_malformed_message_id_is_refused(message_id: str) -> None:
    with pytest.raises(ValueError, match="not a message id"):
        compose(replace(MAIL, message_id=message_id))


def test_naive_date_is_refused() -> None:
    with pytest.raises(ValueError, match="expected an aware date"):
        compose(replace(MAIL, date=datetime(2027, 1, 1)))  # noqa: DTZ001  # what the test is about
