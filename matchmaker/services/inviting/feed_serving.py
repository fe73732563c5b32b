"""What subscribers' programs get. They ask every hour: one short statement finds what is new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, func, select, true
from sqlalchemy.orm import Session

from matchmaker.calendars.feed import with_source
from matchmaker.config import Settings
from matchmaker.models import Feed, FeedToken, Organisation, Person
from matchmaker.models.states import WIDE_FEEDS
from matchmaker.services.desk import Desk
from matchmaker.services.house import links
from matchmaker.services.house.tokens import token_hash
from matchmaker.services.inviting import feed_keys, feeds, wide_feeds

_feed, _token = Feed.__table__, FeedToken.__table__
_person, _organisation = Person.__table__, Organisation.__table__
_OWNER = _feed.c.organisation_id == _organisation.c.id
# Written once and past the object mapper: building it anew would take longer than the answer.
_LOOK_UP = (
    select(
        _feed.c.id,
        _feed.c.etag,
        _feed.c.changed_at,
        _feed.c.stale_on,
        _token.c.revoked_at,
        # Nobody's feed is nobody's to leave.
        func.coalesce(_person.c.active, _organisation.c.active, true()),
    )
    .select_from(_token.join(_feed).outerjoin(_person).outerjoin(_organisation, _OWNER))
    .where(_token.c.token_hash == bindparam("token_hash"))
)
_BODY = select(_feed.c.body).where(_feed.c.id == bindparam("feed_id"))


@dataclass(frozen=True, slots=True)
class ServedFeed:
    """What a subscriber's program gets; `revoked` feeds have neither tag nor content.

    `etag` comes without quotes. `body` is only there if it had to be made anew, because something
    in the stored one had become too old (`is_stale`).
    """

    feed_id: int
    revoked: bool
    etag: str
    changed_at: datetime
    body: bytes | None = None
    is_stale: bool = False


def served_feed(session: Session, desk: Desk, token: str) -> ServedFeed | None:
    """What stands behind a token, None if nobody knows it. Changes nothing."""
    found = _looked_up(session.connection(), desk.today, token)
    if found is None or found.revoked or not found.is_stale:
        return found
    feed = session.get_one(Feed, found.feed_id)
    maker = wide_feeds if feed.scope in WIDE_FEEDS else feeds
    made, changed_at = maker.made_anew(session, desk, feed)
    return ServedFeed(found.feed_id, False, made.etag, changed_at, made.body)


def stored_feed(connection: Connection, today: date, token: str) -> ServedFeed | None:
    """The same without a session, for feeds that are served just as they are stored; else None."""
    found = _looked_up(connection, today, token)
    return None if found is None or found.revoked or found.is_stale else found


def content(connection: Connection, settings: Settings, served: ServedFeed, token: str) -> bytes:
    """The bytes to send: the stored ones with the address at which they are asked for."""
    body = served.body
    if body is None:
        body = connection.execute(_BODY, {"feed_id": served.feed_id}).scalar_one()
    return with_source(body, links.feed(settings, token, feed_keys.NAME))


def _looked_up(connection: Connection, today: date, token: str) -> ServedFeed | None:
    row = connection.execute(_LOOK_UP, {"token_hash": token_hash(token)}).one_or_none()
    if row is None:
        return None
    feed_id, etag, changed_at, stale_on, revoked_at, active = row
    if revoked_at is not None or not active:
        return ServedFeed(feed_id, True, "", changed_at)
    is_stale = stale_on is not None and stale_on <= today
    return ServedFeed(feed_id, False, etag, changed_at, is_stale=is_stale)
