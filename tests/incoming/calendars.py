"""Calendar objects with which programs answer; `Said` is what is to be said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SERVICE = "planung@arbeitsmarkt.example"
OWN_SERVER = "mx.arbeitsmarkt.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer before a program has written it; `own_address` None: as the attendee."""

    uid: str = "inv-01jga0000000000000000000@arbeitsmarkt.example"
    attendee: str = "ayse@beratung.example"
    partstat: str = "ACCEPTED"
    sequence: int = 0
    stamp: datetime = datetime(2026, 12, 29, 8, 15, 30, tzinfo=UTC)
    start: datetime = datetime(2027, 1, 19, 17, 0, tzinfo=UTC)
    comment: str = ""
    method: str = "REPLY"
    name: str = "Ayşe Yılmaz"
    sender: str | None = None
    message_id: str = "<answer-1@client.example>"
    dmarc: str = "pass"

    @property
    def end(self) -> datetime:
        return self.start + timedelta(hours=2)

    @property
    def word(self) -> str:
        words = {"ACCEPTED": "Zugesagt", "TENTATIVE": "Mit Vorbehalt", "DECLINED": "Abgelehnt"}
        return words.get(self.partstat, self.partstat)


def utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def berlin(moment: datetime) -> str:
    """January only: one hour ahead of UTC."""
    return f"{moment.astimezone(UTC) + timedelta(hours=1):%Y%m%dT%H%M%S}"


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


WINDOWS_ZONE = """BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def exchange_calendar(said: Said) -> bytes:
    """No ORGANIZER; an alarm; its own names beside the standard's; Windows' time zones."""
    comment = f"COMMENT;LANGUAGE=de-DE:{said.comment}\\n\n" if said.comment else ""
    return crlf(f"""BEGIN:VCALENDAR
METHOD:{said.method}
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
{WINDOWS_ZONE}BEGIN:VEVENT
ATTENDEE;PARTSTAT={said.partstat};CN=Ayşe Yılmaz:mailto:{said.attendee}
{comment}UID:{said.uid}
SUMMARY;LANGUAGE=de-DE:{said.word}: Einladung: Passt Ihnen der 19. Januar\\, 18
  Uhr?
DTSTART;TZID=W. Europe Standard Time:{berlin(said.start)}
DTEND;TZID=W. Europe Standard Time:{berlin(said.end)}
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:{utc(said.stamp)}
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:{said.sequence}
LOCATION;LANGUAGE=de-DE:Berlin
X-MICROSOFT-CDO-APPT-SEQUENCE:{said.sequence}
X-MICROSOFT-CDO-OWNERAPPTID:0
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY
BEGIN:VALARM
DESCRIPTION:REMINDER
TRIGGER;RELATED=START:-PT15M
ACTION:DISPLAY
UID:not-this-one
END:VALARM
END:VEVENT
END:VCALENDAR
""")


def outlook_calendar(said: Said) -> bytes:
    """The address in capitals."""
    return crlf(f"""BEGIN:VCALENDAR
PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
VERSION:2.0
METHOD:{said.method}
X-MS-OLK-FORCEINSPECTOROPEN:TRUE
BEGIN:VEVENT
ATTENDEE;PARTSTAT={said.partstat}:MAILTO:{said.attendee.upper()}
CLASS:PUBLIC
CREATED:{utc(said.stamp)}
DESCRIPTION:{said.comment}\\n
DTEND:{utc(said.end)}
DTSTAMP:{utc(said.stamp)}
DTSTART:{utc(said.start)}
COMMENT:{said.comment}
LAST-MODIFIED:{utc(said.stamp)}
LOCATION:Berlin
PRIORITY:5
SEQUENCE:{said.sequence}
SUMMARY;LANGUAGE=de:{said.word}: Arbeitsmarktgespräch
TRANSP:OPAQUE
UID:{said.uid}
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
END:VEVENT
END:VCALENDAR
""")


def google_calendar(said: Said) -> bytes:
    """The comment is a parameter of the attendee."""
    comment = f';X-RESPONSE-COMMENT="{said.comment}"' if said.comment else ""
    return crlf(f"""BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:{said.method}
BEGIN:VEVENT
DTSTART:{utc(said.start)}
DTEND:{utc(said.end)}
DTSTAMP:{utc(said.stamp)}
ORGANIZER;CN=Arbeitsmarktgespräche:mailto:{SERVICE}
UID:{said.uid}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={said.partstat};CN={said.name}
 ;X-NUM-GUESTS=0{comment}:mailto:{said.attendee}
X-MICROSOFT-CDO-OWNERAPPTID:-1198738271
CREATED:{utc(said.stamp)}
DESCRIPTION:Thema: Anerkennung
LAST-MODIFIED:{utc(said.stamp)}
LOCATION:Berlin
SEQUENCE:{said.sequence}
STATUS:CONFIRMED
SUMMARY:Arbeitsmarktgespräch
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
""")


def apple_calendar(said: Said) -> bytes:
    """Apple's own parameters, a comma in a name, a quoted EMAIL, a line folded in a name."""
    return crlf(f"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Apple Inc.//macOS 15.1//EN
CALSCALE:GREGORIAN
METHOD:{said.method}
BEGIN:VEVENT
ORGANIZER;CN="Arbeitsmarktgespräche":mailto:{SERVICE}
COMMENT:{said.comment}
SUMMARY:Arbeitsmarktgespräch
UID:{said.uid}
TRANSP:OPAQUE
X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC
ATTENDEE;CN="Yılmaz, Ayşe";CUTYPE=INDIVIDUAL;EMAIL="{said.attendee}";PARTSTAT={said.partstat};RO
 LE=REQ-PARTICIPANT:mailto:{said.attendee}
DTSTART;TZID=Europe/Berlin:{berlin(said.start)}
DTEND;TZID=Europe/Berlin:{berlin(said.end)}
DTSTAMP:{utc(said.stamp)}
SEQUENCE:{said.sequence}
END:VEVENT
END:VCALENDAR
""")


def thunderbird_calendar(said: Said) -> bytes:
    return crlf(f"""BEGIN:VCALENDAR
PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN
VERSION:2.0
METHOD:{said.method}
BEGIN:VTIMEZONE
TZID:Europe/Berlin
X-TZINFO:Europe/Berlin[2026b]
END:VTIMEZONE
BEGIN:VEVENT
CREATED:{utc(said.stamp)}
LAST-MODIFIED:{utc(said.stamp)}
DTSTAMP:{utc(said.stamp)}
UID:{said.uid}
SUMMARY:Arbeitsmarktgespräch
ORGANIZER;CN="Arbeitsmarktgespräche":mailto:{SERVICE}
ATTENDEE;CN="{said.name}";CUTYPE=INDIVIDUAL;PARTSTAT={said.partstat};ROLE=REQ-P
 ARTICIPANT:mailto:{said.attendee}
DTSTART;TZID=Europe/Berlin:{berlin(said.start)}
DTEND;TZID=Europe/Berlin:{berlin(said.end)}
SEQUENCE:{said.sequence}
COMMENT:{said.comment}
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
""")
