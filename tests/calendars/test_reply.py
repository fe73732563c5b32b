"""Reading answers: as programs write them, as they should not be, and as nobody means them."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.calendars.reply import LARGEST, Attendee, Fault, Method, ReplyError, read_reply
from tests.incoming import calendars
from tests.incoming.calendars import Said

WRITERS = {
    "exchange": calendars.exchange_calendar,
    "outlook": calendars.outlook_calendar,
    "google": calendars.google_calendar,
    "apple": calendars.apple_calendar,
    "thunderbird": calendars.thunderbird_calendar,
}

SUMMER = datetime(2027, 7, 19, 16, tzinfo=UTC)
IN_SEATTLE = datetime(2027, 7, 20, 1, tzinfo=UTC)


def event(*lines: str, method: str = "METHOD:REPLY") -> bytes:
    inner = ["BEGIN:VEVENT", "UID:u@x", *lines, "END:VEVENT"]
    return "\r\n".join(["BEGIN:VCALENDAR", method, *inner, "END:VCALENDAR", ""]).encode()


def fault(content: bytes) -> Fault:
    with pytest.raises(ReplyError) as raised:
        read_reply(content)
    return raised.value.fault


@pytest.mark.parametrize("program", WRITERS)
@pytest.mark.parametrize("partstat", ["ACCEPTED", "TENTATIVE", "DECLINED"])
def test_answer_of_every_program_is_read(program: str, partstat: str) -> None:
    said = Said(partstat=partstat, sequence=3, comment="Gern; bis dann")
    reply = read_reply(WRITERS[program](said))
    (attendee,) = reply.attendees
    assert (reply.method, reply.uid, reply.sequence) == (Method.REPLY, said.uid, 3)
    assert (attendee.address.casefold(), attendee.partstat) == (said.attendee, partstat)
    assert (reply.stamp, reply.start, reply.end) == (said.stamp, said.start, said.end)
    assert reply.comment == "Gern; bis dann"
    assert not reply.single


def test_proposal_of_another_time_is_read() -> None:
    said = Said(method="COUNTER", partstat="TENTATIVE", start=datetime(2027, 1, 21, 16, tzinfo=UTC))
    reply = read_reply(calendars.exchange_calendar(said))
    assert (reply.method, reply.start) == (Method.COUNTER, said.start)


def test_delegation_names_both() -> None:
    reply = read_reply(
        event(
            'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:b@x.example":mailto:a@x.example',
            'ATTENDEE;DELEGATED-FROM="mailto:a@x.example";CN="B, C":mailto:b@x.example',
        )
    )
    assert reply.attendees == (
        Attendee(address="a@x.example", partstat="DELEGATED", delegated_to=("b@x.example",)),
        Attendee(address="b@x.example", name="B, C", delegated_from=("a@x.example",)),
    )


def test_refresh_says_no_answer() -> None:
    reply = read_reply(event("ATTENDEE:mailto:a@x.example", method="METHOD:REFRESH"))
    assert (reply.method, reply.attendees[0].partstat) == (Method.REFRESH, "")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ATTENDEE:MAILTO:a@x.example", "a@x.example"),
        ("ATTENDEE:a@x.example", "a@x.example"),
        ("ATTENDEE:mailto:%61@x.example?subject=x", "a@x.example"),
        ('ATTENDEE;EMAIL="a@x.example":urn:uuid:1234', "a@x.example"),
        ("ATTENDEE:urn:uuid:1234", ""),
        ("ATTENDEE:mailto:a@x.example\r\n ample", "a@x.exampleample"),
        ("ATTENDEE:mailto:a b@x.example", ""),
        ("ATTENDEE:", ""),
    ],
)
def test_address_is_read_however_it_is_written(line: str, expected: str) -> None:
    assert read_reply(event(line)).attendees[0].address == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("DTSTART:20270119T170000Z", datetime(2027, 1, 19, 17, tzinfo=UTC)),
        ("DTSTART;TZID=Europe/Berlin:20270719T180000", SUMMER),
        ('DTSTART;TZID="Pacific Standard Time":20270719T180000', IN_SEATTLE),
        ("DTSTART;TZID=/x.org/1/Europe/Berlin:20270719T180000", SUMMER),
        ("DTSTART;TZID=Nowhere/Land:20270119T180000", None),
        ("DTSTART;TZID=../../../etc/passwd:20270119T180000", None),
        ("DTSTART;VALUE=DATE:20270119", None),
        ("DTSTART:20270119T180000", None),
        ("DTSTART:20270230T180000Z", None),
        ("DTSTART:00010101T000000Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("DTSTART;TZID=Europe/Berlin:00010101T000000", None),
        ("DTSTART:20270119T175960Z", datetime(2027, 1, 19, 17, 59, 59, tzinfo=UTC)),
        ("X-DTSTART:20270119T170000Z", None),
    ],
)
def test_time_is_read_or_unknown(line: str, expected: datetime | None) -> None:
    assert read_reply(event(line)).start == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("SEQUENCE:7", 7),
        ("SEQUENCE:-1", None),
        ("SEQUENCE:x", None),
        ("SEQUENCE:99999999999", None),
        ("SEQUENCE:2147483648", None),
        ("SEQUENCE:٣", None),
        ("X:1", None),
    ],
)
def test_sequence_is_a_number_or_unknown(line: str, expected: int | None) -> None:
    assert read_reply(event(line)).sequence == expected


def test_bytes_of_any_origin_become_text() -> None:
    line = "ATTENDEE;CN=Yılmaz;PARTSTAT=ACCEPTED:mailto:a@x.example"
    wide = event(line).decode().encode("utf-16")
    assert read_reply(wide).attendees[0].name == "Yılmaz"
    assert read_reply(b"\xef\xbb\xbf" + event(line)).attendees[0].name == "Yılmaz"
    western = event("ATTENDEE;CN=Grün:mailto:a@x.example").decode().encode("latin-1")
    assert read_reply(western, charset="iso-8859-1").attendees[0].name == "Grün"
    assert read_reply(western, charset="punycode").attendees[0].name == "Grün"


def test_method_of_the_object_wins() -> None:
    assert read_reply(event(), method="REQUEST").method is Method.REPLY
    assert read_reply(event(method="X-A:b"), method="reply").method is Method.REPLY


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", Fault.NO_CALENDAR),
        (b"Hello, I come.\r\n", Fault.NO_CALENDAR),
        (b"\x00\xff" * 500, Fault.NO_CALENDAR),
        (b"x" * (LARGEST + 1), Fault.TOO_LARGE),
        (b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n", Fault.NO_EVENT),
        (event(method="METHOD:REQUEST"), Fault.OTHER_METHOD),
        (event(method="METHOD:CANCEL"), Fault.OTHER_METHOD),
        (event(method="X:y"), Fault.OTHER_METHOD),
        (event(method="METHOD:REPLY\r\nMETHOD:COUNTER"), Fault.CONTRADICTORY),
        (event("UID:other@x"), Fault.CONTRADICTORY),
        (event("SEQUENCE:0", "SEQUENCE:1"), Fault.CONTRADICTORY),
        (
            event("ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@x.y", "ATTENDEE;PARTSTAT=DECLINED:A@x.y"),
            Fault.CONTRADICTORY,
        ),
        (event(*(f"ATTENDEE:mailto:a{i}@x.y" for i in range(51))), Fault.CONTRADICTORY),
        (event().replace(b"UID:u@x", b"UID:" + b"u" * 300), Fault.NO_EVENT),
        (event().replace(b"UID:u@x\r\n", b""), Fault.NO_EVENT),
    ],
)
def test_what_is_no_answer_says_why(content: bytes, expected: Fault) -> None:
    assert fault(content) is expected


def test_only_the_first_event_counts() -> None:
    two = event("SEQUENCE:1").replace(
        b"END:VCALENDAR", b"BEGIN:VEVENT\r\nUID:second\r\nEND:VEVENT\r\nEND:VCALENDAR"
    )
    assert (read_reply(two).uid, read_reply(two).sequence) == ("u@x", 1)


def test_day_of_a_series_is_told() -> None:
    assert read_reply(event("RECURRENCE-ID:20270119T170000Z")).single


@pytest.mark.parametrize(
    "content",
    [
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 60_000,
        event("ATTENDEE" + ";A=b" * 200_000 + ":mailto:a@x.y"),
        event("ATTENDEE;CN=" + '"' * 500_000 + ":mailto:a@x.y"),
        event("ATTENDEE;CN=" + "a," * 400_000 + ":mailto:a@x.y"),
        event("COMMENT:" + "\\" * 900_000),
        event(*["COMMENT:a"] * 90_000),
        event("DESCRIPTION:a" + "\r\n b" * 200_000),
        event("DTSTART;TZID=" + "../" * 200_000 + ":20270119T180000"),
    ],
)
def test_hostile_calendars_take_no_time(content: bytes) -> None:
    begun = time.process_time()
    with suppress(ReplyError):
        read_reply(content[:LARGEST])
    assert time.process_time() - begun < 5


pieces = st.sampled_from(
    [
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT",
        "END:VEVENT",
        "END:VCALENDAR",
        "METHOD:REPLY",
        "UID:u",
        "\r\n",
        "\n",
        " ",
        ";",
        ":",
        '"',
        "ATTENDEE",
        ";PARTSTAT=ACCEPTED",
        "mailto:a@b.c",
        "DTSTART;TZID=",
        "Europe/Berlin",
        "20270119T180000",
        "SEQUENCE:",
        "9",
        "\\",
        "\x00",
        "é",
        "DTSTAMP:00000000T000000Z",
    ]
)


@given(st.lists(pieces, max_size=60).map("".join) | st.text(max_size=200), st.text(max_size=8))
def test_nothing_else_is_ever_raised(text: str, charset: str) -> None:
    try:
        reply = read_reply(text.encode("utf-8", "surrogatepass"), charset=charset)
    except ReplyError:
        return
    assert reply.uid
    assert reply.stamp is None or reply.stamp.tzinfo is UTC
