"""An invitation to change for each test, and texts that strangers type."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from matchmaker.calendars.event import CalendarEvent, PartStat, Status

STAMP = datetime(2026, 12, 28, 8, 0, 0, tzinfo=UTC)

EVENT = CalendarEvent(
    uid="inv-01JGA0000000000000000000@arbeitsmarkt.example",
    sequence=0,
    stamp=STAMP,
    created=STAMP,
    last_modified=STAMP,
    start=datetime(2027, 1, 19, 18, 0),  # noqa: DTZ001  # a wall-clock time
    end=datetime(2027, 1, 19, 20, 0),  # noqa: DTZ001  # a wall-clock time
    summary="Arbeitsmarktgespräch: Anerkennung, Zeugnisse; Übersetzung",
    description="Thema: Anerkennung\nSprache: Dari",
    location="Karl-Marx-Straße 100, 12043 Berlin",
    url="https://arbeitsmarkt.example/termin/7",
    organizer_name="Verein für Arbeit e. V.",
    organizer_email="planung@arbeitsmarkt.example",
    attendee_name="Amina Koch",
    attendee_email="amina.koch@jobcenter.example",
)


def event(**changes: Any) -> CalendarEvent:
    return replace(EVENT, **changes)


def cancelled(**changes: Any) -> CalendarEvent:
    return event(sequence=1, status=Status.CANCELLED, partstat=PartStat.ACCEPTED, **changes)


def wall(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001  # a wall-clock time


NASTY = (
    "Krüger \N{SEEDLING}, Jörg; Söhne",
    '"Löwe" \\ \\n \\N C:\\News ^n ^^ ^\'',
    "a\r\nATTENDEE:mailto:x@evil.example\r\nSUMMARY:b",
    "a\nb\x0bc\x0cd\x1ce\x85f\u2028g\u2029h\x00\x07\x1b[31m\x7f\x9b",
    "\u202eنادي النساء\u202c: مرحبا، أهلاً",
    "\N{FAMILY}\N{ZERO WIDTH JOINER}\N{WOMAN}" * 40,
    "Donaudampfschifffahrt" * 30,
    "x" * 74 + "é" * 74,
    "\ud800 allein",
    "   ",
    "",
)

hostile = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=300),
    st.text(alphabet='\r\n\t\x00\x0b\x85\u2028";:,\\^nN= éمש\N{SEEDLING}', max_size=120),
)
