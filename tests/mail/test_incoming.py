"""Mails that come in: their senders, their parts, and those that would hurt a reader."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.calendars.reply import read_reply
from matchmaker.mail.address import same_address
from matchmaker.mail.bounces import read_bounce
from matchmaker.mail.incoming import (
    LARGEST,
    LONGEST_HEADER,
    MOST_EMPTY,
    MOST_LINES,
    MOST_NESTED,
    MOST_PARTS,
    Unreadable,
    UnreadableMail,
    digest,
    read_envelope,
    read_mail,
)
from tests.incoming.calendars import OWN_SERVER, Said, crlf
from tests.incoming.programs import PROGRAMS


def head_of(text: str) -> bytes:
    """With the line ends of the wire, and every CR that stands in the text."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode() + b"\r\n\r\nGuten Tag\r\n"


def mail(*headers: str, body: str = "Guten Tag") -> bytes:
    return crlf("\n".join([*headers, "", body, ""]))


def why(raw: bytes) -> Unreadable:
    with pytest.raises(UnreadableMail) as raised:
        read_mail(raw)
    return raised.value.why


@pytest.mark.parametrize("program", PROGRAMS)
def test_answer_of_every_program_is_found_in_its_mail(program: str) -> None:
    said = Said(partstat="DECLINED", comment="Grüße; bis dann")
    read = read_mail(PROGRAMS[program](said))
    first = read.calendars[0]
    reply = read_reply(first.content, charset=first.charset, method=first.method)
    assert (reply.uid, reply.attendees[0].partstat) == (said.uid, "DECLINED")
    assert reply.comment == said.comment
    assert read.envelope.sender == said.attendee
    assert read.envelope.name == "Ayşe Yılmaz"
    assert (read.envelope.date, read.envelope.dmarc) == (said.stamp, "pass")
    assert read.envelope.message_id == said.message_id
    assert not read.envelope.automatic


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("From: a@x.example", "a@x.example"),
        ('From: "A, B" <a@x.example>', "a@x.example"),
        ("From: =?utf-8?q?=22b=40y=2Eexample=22?= <a@x.example>", "a@x.example"),
        ("From: Ayşe <a@müller.example>", "a@xn--mller-kva.example"),
        ("From: a@x.example, b@x.example", ""),
        ("From: a@x.example\nFrom: b@x.example", ""),
        ("From: a@x.example (A)", "a@x.example"),
        ("From: A <a@x.example> (at home)", "a@x.example"),
        ("From:\n a@x.example", "a@x.example"),
        ("From: <a@x.example> (" + "x" * LONGEST_HEADER + "), b@x.example", ""),
        ("From: a@x.example (" + "x" * LONGEST_HEADER + "), b@x.example", ""),
        ("From: a@x\x00.example", ""),
        ("From: a\x01@x.example", ""),
        ("From: a@x.exampl\x7fe", ""),
        ("From: a@x.example\u2028", ""),
        ("From: a@x. example", ""),
        ("From: a @ x.example", ""),
        ("From: a(b)@x.example", ""),
        ("From: ;a@x.example", ""),
        ("From: a@\uff58.example", ""),
        ("From: a@x\u3002example", ""),
        ("From : b@x.example\nFrom: a@x.example", ""),
        ("From: a@x.example\nFrom : b@x.example", ""),
        ("From: a@x.example\nno header\nFrom: b@x.example", ""),
        ("X: y\rFrom: a@x.example\nX: y", ""),
        ("From: a@x.example\nX: y\rFrom: b@x.example", ""),
        ("From: a@x.example\r\nX: y\r\r", ""),
        ("From: b@x.example <a@x.example>", ""),
        ("From: nobody", ""),
        ("From: <>", ""),
        ("From: " + "(" * 4000, ""),
        ("X-From: a@x.example", ""),
    ],
)
def test_sender_is_one_address_or_nobody(header: str, expected: str) -> None:
    assert read_mail(head_of(header)).envelope.sender == expected


def test_sender_in_other_letters_than_utf8_is_nobody() -> None:
    for address in ("a@müller.example".encode("latin-1"), "a@x.example".encode("utf-16")):
        assert read_mail(b"From: " + address + b"\r\n\r\n").envelope.sender == ""
    named = "From: Jürgen <a@x.example>\r\n\r\n".encode("latin-1")
    assert read_mail(named).envelope.sender == "a@x.example"
    assert read_mail(named).envelope.name == "Jürgen"


def test_addresses_are_compared_as_servers_do() -> None:
    assert same_address("Ayse@Müller.example", "ayse@xn--mller-kva.example")
    assert not same_address("ayse@beratung.example", "ayse@beratung.example.evil.example")
    assert same_address("AYSE@beratung.example", "ayse@BERATUNG.example")
    assert not same_address("", "")
    for other in (
        "ay\u017fe@beratung.example",
        "ayse@\uff42eratung.example",
        "ayse@beratung\u3002example",
        "ayse@beratung.example ",
        "ayse\x00@beratung.example",
        "ayse@beratung.exampl\x7fe",
    ):
        assert not same_address(other, "ayse@beratung.example")


@pytest.mark.parametrize(
    ("headers", "authserv", "expected"),
    [
        ([], "", ""),
        ([f"{OWN_SERVER}; dmarc=pass"], "", "pass"),
        ([f"{OWN_SERVER} 1; spf=pass; dmarc=fail (p=none) header.from=x"], OWN_SERVER, "fail"),
        (["spf=fail; dkim=none; dmarc=fail action=none header.from=x;compauth=fail"], "", "fail"),
        ([f"{OWN_SERVER}; dmarc=fail", "other.example; dmarc=pass"], "", "fail"),
        ([f"{OWN_SERVER}; dmarc=pass", "other.example; dmarc=fail"], "", "pass"),
        (["other.example; dmarc=pass", f"{OWN_SERVER}; dmarc=fail"], OWN_SERVER, "fail"),
        (["other.example; dmarc=pass"], OWN_SERVER, ""),
        ([f"{OWN_SERVER}; dkim=pass", f"{OWN_SERVER}; dmarc=fail"], "", "fail"),
        ([f"{OWN_SERVER}; spf=pass (says dmarc=fail)"], "", ""),
        (["; dmarc=pass"], "", "pass"),
        ([f'"{OWN_SERVER}"; dmarc=fail'], OWN_SERVER, "fail"),
        ([f'"{OWN_SERVER}" 1; dmarc/1=fail'], OWN_SERVER, "fail"),
        ([f"(a; b) {OWN_SERVER}; dmarc=fail"], OWN_SERVER, "fail"),
        ([f"{OWN_SERVER}; dmarc / 1 = (x) fail"], "", "fail"),
        ([f'{OWN_SERVER}; spf=pass smtp.mailfrom="(a"@x; dmarc=fail (p=none)'], "", "fail"),
        ([f"{OWN_SERVER}; spf=pass smtp.mailfrom=(a@x; dmarc=fail (p=none)"], "", "fail"),
        ([f'{OWN_SERVER}; spf=pass smtp.mailfrom="a@x; dmarc=fail'], "", "fail"),
        ([f"{OWN_SERVER}; spf=pass (a (b; c) d) x; dmarc=fail"], "", "fail"),
        ([f"{OWN_SERVER}; dkim=pass header.b=" + "x" * 9000 + "; dmarc=fail"], "", "fail"),
        ([f"{OWN_SERVER}; dkim=pass header.b=" + "x" * 9000 + "; dmarc=pass"], "", "fail"),
    ],
)
def test_only_the_own_server_is_believed(headers: list[str], authserv: str, expected: str) -> None:
    lines = [f"Authentication-Results: {value}" for value in headers]
    read = read_mail(mail(*lines, "From: a@x.example"), authserv=authserv)
    assert read.envelope.dmarc == expected


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied (vacation)",
        "Precedence: bulk",
        "X-Autoreply: yes",
        "Return-Path: <>",
        "List-Id: <a.example>",
    ],
)
def test_mail_of_a_program_is_known(header: str) -> None:
    assert read_mail(mail(header)).envelope.automatic
    assert not read_mail(mail("Auto-Submitted: no")).envelope.automatic


def test_text_is_shown_without_tricks() -> None:
    read = read_mail(mail("Subject: a\u202eb =?utf-8?q?c=0D=0AX=3A_y?=", body="x\u202ey\x07\nz"))
    assert read.envelope.subject == "ab c X: y"
    assert read.text == "xy\nz"
    markup = mail("Content-Type: text/html", body="<style>p{}</style><p>Hallo</p>")
    assert read_mail(markup).text == "Hallo"


def test_outlooks_own_format_is_noticed() -> None:
    assert read_mail(mail("Content-Type: application/ms-tnef; name=winmail.dat")).sealed


def test_two_ways_of_one_mail_have_one_digest() -> None:
    said = PROGRAMS["google"](Said())
    other = b"Received: from a\r\n by b\r\nDelivered-To: x\r\n" + said
    assert digest(said) == digest(other)
    assert digest(said) != digest(PROGRAMS["google"](Said(partstat="DECLINED")))
    assert digest(said) != digest(PROGRAMS["google"](Said(message_id="<2@x>")))


def test_head_alone_can_be_read() -> None:
    head = PROGRAMS["apple"](Said()).partition(b"\r\n\r\n")[0]
    envelope = read_envelope(head)
    assert (envelope.sender, envelope.date) == ("ayse@beratung.example", Said().stamp)


def test_dates_that_cannot_be_are_unknown() -> None:
    for text in ("", "yesterday", "Tue, 99 Dec 2026 09:00:00 +0100", "1 Jan 99999999 0:0 +9999"):
        assert read_mail(mail(f"Date: {text}")).envelope.date is None
    naive = read_mail(mail("Date: Tue, 29 Dec 2026 09:00:00 -0000")).envelope.date
    assert naive == datetime(2026, 12, 29, 9, tzinfo=UTC)


def nested(depth: int) -> bytes:
    lines = []
    for level in range(depth):
        lines += [f"Content-Type: multipart/mixed; boundary=b{level}", "", f"--b{level}"]
    return crlf("\n".join(lines) + "\n\nx\n" * 1000)


def many(parts: int) -> bytes:
    return crlf("Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nx\n" * parts + "--b--\n")


def test_limits_are_kept() -> None:
    assert why(b"x" * (LARGEST + 1)) is Unreadable.TOO_LARGE
    assert why(nested(200)) is Unreadable.TOO_MANY_PARTS
    assert why(nested(MOST_NESTED + 1)) is Unreadable.TOO_MANY_PARTS
    assert read_mail(nested(MOST_NESTED)).calendars == ()
    assert why(mail(body="\n" * MOST_LINES)) is Unreadable.BROKEN
    assert read_mail(mail(body="a\n" * (MOST_LINES - 10))).text
    assert why(levels("\n", 1)[: MOST_EMPTY * 4]) is Unreadable.BROKEN
    assert why(many(MOST_PARTS + 1)) is Unreadable.TOO_MANY_PARTS
    assert read_mail(many(MOST_PARTS - 1)).text == "x"
    assert why(mail('Content-Type: text/plain; a=";' + '";"' * 9000)) is Unreadable.BROKEN


def levels(line: str, depth: int) -> bytes:
    """A delivery report of such lines, as large as a mail may be, below so many levels."""
    text = "".join(
        f"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"
        for level in range(depth)
    )
    text += "Content-Type: message/delivery-status\r\n\r\n"
    return (text + line * LARGEST)[:LARGEST].encode()


HOSTILE = {
    **{
        f"report of {line!r}, {depth} levels": levels(line, depth)
        for line in ("\n", "\r", "a:\n\n", "Action: failed\n\n", "x" * 20 + "\n", "x" * 21 + "\n")
        for depth in (0, MOST_NESTED, 98)
    },
    "levels of long lines": nested(MOST_NESTED).partition(b"x\r\n")[0]
    + b"--b" * 5
    + b"\r\n--b-------------\r\n" * 49_000,
    "parts": many(100_000),
    "depth": nested(10_000),
    "levels with many lines": nested(45)[:LARGEST] + b"--b\r\n" * 100_000,
    "parameters": mail('Content-Type: text/plain; a=";' + '";"' * 200_000),
    "folded parameters": mail('Content-Type: text/plain; a=";' + '\n ";"' * 150_000),
    "headers": mail(*["X: y"] * 150_000),
    "words": mail("Subject: " + "=?utf-8?q?a?= " * 60_000),
    "addresses": mail("From: " + "a@b.example, " * 60_000),
    "comments": mail("From: " + "(" * 900_000),
    "results": mail("Authentication-Results: " + "(" * 900_000),
    "tags": mail("Content-Type: text/html", body="<style" * 150_000),
    "base64": mail("Content-Transfer-Encoding: base64", body="=" * 900_000),
    "quoted": mail("Content-Transfer-Encoding: quoted-printable", body="=\n" * 400_000),
    "uuencoded": mail("Content-Transfer-Encoding: x-uuencode", body="begin 644 a\n" * 70_000),
    "ends": b"\r" * 1_000_000,
    "boundary": mail(
        "Content-Type: multipart/mixed; boundary*0=a; boundary*1=b", body="--ab\n" * 99
    ),
    "charset": mail("Content-Type: text/plain; charset=zlib"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_mails_take_little_time(kind: str) -> None:
    begun = time.process_time()
    with suppress(UnreadableMail):
        read_bounce(read_mail(HOSTILE[kind][:LARGEST]))
    assert time.process_time() - begun < 2


pieces = st.sampled_from(
    [
        *(
            "Content-Type: ",
            "multipart/mixed",
            "; boundary=b",
            "\r\n",
            "\n",
            "--b",
            "--b--",
            "From: ",
        ),
        *("a@b.example", "<", ">", "(", '"', "=?utf-8?b?", "?=", "message/rfc822", "text/calendar"),
        *(
            "Content-Transfer-Encoding: base64",
            "message/delivery-status",
            "\x00",
            "Date: ",
            ";",
            ",",
        ),
        *(
            "Authentication-Results: ",
            "dmarc=",
            "charset=",
            "*0*=",
            "=?x?q?=ff?=",
            "Subject: ",
            " ",
        ),
    ]
)


@given(st.lists(pieces, max_size=60).map("".join) | st.text(max_size=300))
def test_nothing_else_is_ever_raised(text: str) -> None:
    with suppress(UnreadableMail):
        read_mail(text.encode("utf-8", "surrogatepass"))
