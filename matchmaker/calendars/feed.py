"""A calendar to subscribe to: deterministic bytes, so that an unchanged feed answers 304."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, vText, vUri

from matchmaker.calendars._components import (
    CLOSING,
    berlin_bytes,
    calendar,
    event_component,
    line,
    text,
    uri,
    written,
)
from matchmaker.calendars.event import BERLIN, CalendarEvent, Status

PAST = timedelta(days=90)
_NO_SOURCE = b"\r\nSOURCE;VALUE=URI:\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedInfo:
    """What a subscriber's program shows of the feed itself.

    `url` is the https address of the feed; `color` is `#rrggbb` and `color_name` the nearest CSS
    colour name (RFC 7986 allows only names); `cancelled_prefix` stands before a cancelled title.
    """

    name: str
    url: str
    description: str = ""
    color: str = "#0f5c66"
    color_name: str = "teal"
    timezone: str = BERLIN
    cancelled_prefix: str = "Abgesagt: "


@dataclass(frozen=True, slots=True)
class Feed:
    """The bytes to serve, and the UIDs of entries left out because they cannot be written."""

    content: bytes
    skipped: tuple[str, ...] = ()

    @property
    def etag(self) -> str:
        return etag(self.content)


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One event as it stands in a feed, and the last day (in the feed's time zone) on which."""

    start: datetime
    uid: str
    content: bytes
    until: date


def feed_bytes(info: FeedInfo, events: Iterable[CalendarEvent], today: date) -> Feed:
    """The feed as it stands on `today` (a day in `info.timezone`).

    It reaches from 90 days ago into the future, ordered by start and UID. A cancelled entry stays
    until the day after the event. One bad entry is left out and named; it never breaks the feed.
    """
    entries: list[Entry] = []
    skipped: list[str] = []
    for event in events:
        try:
            if today <= listed_until(event, info.timezone):
                entries.append(entry(info, event))
        except Exception:  # icalendar raises many kinds; whatever it is, the others must come out
            skipped.append(event.uid)
    return Feed(put_together(info, entries, today), tuple(sorted(skipped)))


def entry(info: FeedInfo, event: CalendarEvent) -> Entry:
    """The event's part of a feed. Raises ValueError, and what icalendar does, if it has none."""
    prefix = info.cancelled_prefix if event.status is Status.CANCELLED else ""
    content = written(event_component(event, prefix))
    return Entry(event.start_utc, event.uid, content, listed_until(event, info.timezone))


def put_together(info: FeedInfo, entries: Iterable[Entry], today: date) -> bytes:
    """The feed with those of the entries that are not too old on `today`."""
    head = written(_head(info)).removesuffix(CLOSING)
    if info.timezone == BERLIN:
        head += berlin_bytes()  # also makes an empty feed a valid calendar
    listed = sorted(one for one in entries if today <= one.until)
    return head + b"".join(one.content for one in listed) + CLOSING


def listed_until(event: CalendarEvent, timezone: str) -> date:
    """The last day (in `timezone`) on which the event stands in a feed."""
    return last_day(event.end_utc, timezone, cancelled=event.status is Status.CANCELLED)


def last_day(end: datetime, timezone: str, *, cancelled: bool) -> date:
    """The same for an event that ends at `end` (aware)."""
    if cancelled:
        return end.astimezone(ZoneInfo(timezone)).date() + timedelta(days=1)
    return (end + PAST).astimezone(ZoneInfo(timezone)).date()


def with_source(content: bytes, url: str) -> bytes:
    """The feed `content`, made without an address (`url=""`), as it is served at `url`."""
    line = b"SOURCE;VALUE=URI:" + uri(url).encode()
    folded = [line[:74], *(b" " + line[at : at + 74] for at in range(74, len(line), 74))]
    return content.replace(_NO_SOURCE, b"\r\n".join([b"", *folded, b""]), 1)


def etag(content: bytes) -> str:
    """A strong entity tag, with its quotes."""
    return f'"{hashlib.sha256(content).hexdigest()}"'


def _head(info: FeedInfo) -> Calendar:
    whole = calendar()
    for name, value in (
        ("name", line(info.name)),
        ("x-wr-calname", line(info.name)),
        ("description", text(info.description)),
        ("x-wr-caldesc", text(info.description)),
        ("color", line(info.color_name)),
        ("x-apple-calendar-color", line(info.color)),
        ("x-wr-timezone", line(info.timezone)),
    ):
        if value:
            whole.add(name, value)
    # icalendar 7.3 leaves out both VALUE parameters, without which the properties are invalid.
    whole.add("refresh-interval", vText("PT1H"), parameters={"VALUE": "DURATION"})
    whole.add("x-published-ttl", "PT1H")
    whole.add("source", vUri(uri(info.url)), parameters={"VALUE": "URI"})
    return whole
