"""What stands in a person's subscription, made from the invitations as they were last sent."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.calendars.event import CalendarEvent, PartStat, Status, from_snapshot
from matchmaker.calendars.feed import FeedInfo, etag, feed_bytes, listed_until, with_source
from matchmaker.i18n import translations_for
from matchmaker.models import Invitation, Person, Talk
from matchmaker.models.states import FeedScope, InvitationState
from matchmaker.services.desk import Desk
from matchmaker.services.house.carrier import Carrier

log = logging.getLogger(__name__)

Events = Mapping[int, list[CalendarEvent]]
"""What stands in the feeds of people, by their ids."""

# A little more than a feed reaches back, so that moved talks are not missed.
_KEPT = timedelta(days=100)


@dataclass(frozen=True, slots=True)
class Rendered:
    """`body` leaves the address out, `etag` (without quotes) is that of the bytes as served.

    `aged_on` is the last day until today on which something became too old to be listed,
    `stale_on` the next one.
    """

    body: bytes
    etag: str
    aged_on: date | None
    stale_on: date | None


def events_of(session: Session, desk: Desk, person_ids: Collection[int]) -> Events:
    """Every person's invitations, declined ones left out, with one statement."""
    rows = session.execute(
        select(Invitation.person_id, Invitation.uid, Invitation.state, Invitation.snapshot)
        .join(Invitation.talk)
        .where(
            Invitation.person_id.in_(person_ids),
            Invitation.state != InvitationState.DECLINED,
            Talk.ends_at >= desk.now - _KEPT,
        )
    )
    events: dict[int, list[CalendarEvent]] = defaultdict(list)
    for person_id, uid, state, snapshot in rows:
        if snapshot:
            events[person_id] += _readable(uid, state, snapshot)
    return events


def _readable(
    uid: str, state: InvitationState, snapshot: Mapping[str, object]
) -> list[CalendarEvent]:
    """The event, or nothing if it cannot be read: one bad record must not break a feed."""
    try:
        event = from_snapshot(snapshot)
    except (KeyError, TypeError, ValueError):
        log.warning("invitation %s cannot be read and is left out of its feed", uid)
        return []
    if state is not InvitationState.CANCELLED:
        return [event]
    # With a "No" the entry left the subscription; it does not come back to say that it is off.
    declined = event.partstat is PartStat.DECLINED
    return [] if declined else [replace(event, status=Status.CANCELLED)]


def render(
    desk: Desk,
    carrier: Carrier,
    person: Person,
    *,
    scope: FeedScope,
    events: Iterable[CalendarEvent],
    address: str,
) -> Rendered:
    """The feed as it stands today; the same facts always give the same bytes."""
    words = translations_for(person.locale)
    _ = words.gettext
    name, shown = carrier.short_name, list(events)
    if scope is FeedScope.BUSY:
        busy = _("Busy")
        name = f"{name} ({busy})"
        shown = [
            replace(event, summary=busy, description="", location="", url="") for event in shown
        ]
    info = FeedInfo(
        name=name,
        description=_("Your talks, always as they are now."),
        url="",
        timezone=desk.settings.timezone,
        cancelled_prefix=_("Cancelled: "),
    )
    feed = feed_bytes(info, shown, desk.today)
    if feed.skipped:
        log.warning("left out of the feed of %s: %s", person.code, ", ".join(feed.skipped))
    changes = _days_of_change(shown, desk.settings.timezone)
    return Rendered(
        feed.content,
        etag(with_source(feed.content, address)).strip('"'),
        max((day for day in changes if day <= desk.today), default=None),
        min((day for day in changes if day > desk.today), default=None),
    )


def _days_of_change(events: Iterable[CalendarEvent], timezone: str) -> set[date]:
    """The days on which one of the events is listed no longer."""
    days = set()
    for event in events:
        try:
            days.add(listed_until(event, timezone) + timedelta(days=1))
        except (ValueError, OverflowError, LookupError):
            continue  # `feed_bytes` has left it out and named it
    return days
