"""Private calendar subscriptions: stored bytes behind an address that only its owner knows.

The bytes are renewed in the transaction that changes something. Days pass without a transaction,
so a feed also knows from which day on something in it is too old (`Feed.stale_on`); from then on
it is made anew when it is asked for (`feed_serving`), always with the same bytes and the same time
of change, until `renew_stale` has stored it again.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import AuditHead, Feed, FeedToken, Person
from matchmaker.models.states import OWN_FEEDS, FeedScope
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit, links
from matchmaker.services.house.carrier import carrier
from matchmaker.services.house.tokens import token_hash
from matchmaker.services.inviting.feed_content import Events, Rendered, events_of, render

NAME = "arbeitsmarktgespraeche"


def refresh_feed(session: Session, desk: Desk, person_id: int) -> None:
    refresh_feeds(session, desk, [person_id])


def refresh_feeds(session: Session, desk: Desk, person_ids: Collection[int]) -> None:
    """Render the people's feeds again; whoever is invited and has none yet gets a full one.

    To be called in every transaction that writes invitations, after the last change to them.
    """
    if not person_ids:
        return
    _wait_for_others(session)
    known: dict[int, list[Feed]] = defaultdict(list)
    theirs = select(Feed).where(Feed.person_id.in_(person_ids), Feed.scope.in_(OWN_FEEDS))
    for feed in session.scalars(theirs.options(joinedload(Feed.person))):
        known[_owner(feed).id].append(feed)
    events = events_of(session, desk, person_ids)
    people = session.scalars(select(Person).where(Person.id.in_(person_ids)).order_by(Person.id))
    invited = [person for person in people if events.get(person.id) and not known[person.id]]
    for feed in _new_feeds(session, desk, invited, FeedScope.FULL):
        known[_owner(feed).id].append(feed)
    feeds = [feed for person_id in sorted(known) for feed in known[person_id]]
    _render_again(session, desk, feeds, events)


def open_feed(
    session: Session, desk: Desk, person: Person, scope: FeedScope = FeedScope.FULL
) -> str:
    """The address of the person's feed; made now if there is none, or none that works."""
    address = feed_address(session, desk, person, scope)
    return address or renew(session, desk, person, scope)


def feed_address(
    session: Session, desk: Desk, person: Person, scope: FeedScope = FeedScope.FULL
) -> str | None:
    """The address as it is now, None if there is none."""
    feed = _feed(session, person, scope)
    if feed is None:
        return None
    token = session.get(FeedToken, token_hash(_token(desk, feed)))
    return None if token is None or token.revoked_at is not None else _address(desk, feed)


def renew(session: Session, desk: Desk, person: Person, scope: FeedScope = FeedScope.FULL) -> str:
    """A new address; the one before stops working at once."""
    _wait_for_others(session)
    feed = _feed(session, person, scope)
    if feed is None:
        (feed,) = _new_feeds(session, desk, [person], scope)
        action = "feed.opened"
    else:
        _revoke_tokens(desk, feed)
        feed.generation += 1
        feed.tokens.append(_new_token(desk, feed))
        action = "feed.renewed"
    _render_again(session, desk, [feed], events_of(session, desk, [person.id]))
    audit.record(session, desk, action, feed, after={"scope": scope.value})
    return _address(desk, feed)


def revoke(session: Session, desk: Desk, person: Person, scope: FeedScope = FeedScope.FULL) -> None:
    """End the subscription: its address is answered with 410 from now on."""
    feed = _feed(session, person, scope)
    if feed is not None and _revoke_tokens(desk, feed):
        audit.record(session, desk, "feed.revoked", feed, before={"scope": scope.value})


def made_anew(session: Session, desk: Desk, feed: Feed) -> tuple[Rendered, datetime]:
    """The feed as it stands today, and since when; stores nothing."""
    (made,) = _rendered(session, desk, [feed], events_of(session, desk, [_owner(feed).id]))
    return made, _aged_at(desk, feed, made)


def renew_stale(session: Session, desk: Desk, *, limit: int = 500) -> int:
    """Store the feeds from which something has dropped out by age; how many they were."""
    aged = (Feed.stale_on <= desk.today, Feed.scope.in_(OWN_FEEDS))
    stale = select(Feed).where(*aged).order_by(Feed.id).limit(limit)
    if session.scalars(stale.limit(1)).one_or_none() is None:
        return 0
    _wait_for_others(session)
    again = stale.options(joinedload(Feed.person)).execution_options(populate_existing=True)
    feeds = session.scalars(again).all()
    events = events_of(session, desk, {_owner(feed).id for feed in feeds})
    for feed, made in zip(feeds, _rendered(session, desk, feeds, events), strict=True):
        _store(feed, made, _aged_at(desk, feed, made))
    return len(feeds)


def _wait_for_others(session: Session) -> None:
    """From here on, everything read is complete until the commit.

    Whoever else changes something holds this row. Without waiting, the later of two transactions
    would overwrite what the other one has put into a feed.
    """
    session.flush()
    session.execute(select(AuditHead.id).with_for_update()).all()


def _render_again(session: Session, desk: Desk, feeds: Sequence[Feed], events: Events) -> None:
    for feed, made in zip(feeds, _rendered(session, desk, feeds, events), strict=True):
        _store(feed, made, desk.now)
    session.flush()


def _rendered(
    session: Session, desk: Desk, feeds: Sequence[Feed], events: Events
) -> list[Rendered]:
    whose = carrier(session)
    return [
        render(
            desk,
            whose,
            _owner(feed),
            scope=feed.scope,
            events=events.get(_owner(feed).id, []),
            address=_address(desk, feed),
        )
        for feed in feeds
    ]


def _store(feed: Feed, made: Rendered, changed_at: datetime) -> None:
    if feed.etag != made.etag:
        feed.body, feed.etag, feed.changed_at = made.body, made.etag, changed_at
    feed.stale_on = made.stale_on


def _aged_at(desk: Desk, feed: Feed, made: Rendered) -> datetime:
    """When the bytes became what they are: the midnight on which something dropped out."""
    if made.aged_on is None:
        return feed.changed_at
    return max(feed.changed_at, _midnight(desk, made.aged_on))


def _midnight(desk: Desk, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=desk.settings.zone)


def _feed(session: Session, person: Person, scope: FeedScope) -> Feed | None:
    return session.scalars(
        select(Feed)
        .where(Feed.person_id == person.id, Feed.scope == scope)
        .options(joinedload(Feed.person))
    ).one_or_none()


def _owner(feed: Feed) -> Person:
    """Whose own talks stand in it. Raises ValueError for a feed of no single person."""
    if feed.person is None:
        raise ValueError(f"feed {feed.id} ({feed.scope}) is not one person's")
    return feed.person


def _new_feeds(
    session: Session, desk: Desk, people: Iterable[Person], scope: FeedScope
) -> list[Feed]:
    # A random start: should a row's number ever be used again, its addresses are still new.
    feeds = [
        Feed(
            person=person,
            scope=scope,
            generation=secrets.randbelow(2**30),
            changed_at=desk.now,
            tokens=[],
        )
        for person in people
    ]
    session.add_all(feeds)
    session.flush()
    for feed in feeds:
        feed.tokens.append(_new_token(desk, feed))
    return feeds


def _new_token(desk: Desk, feed: Feed) -> FeedToken:
    return FeedToken(token_hash=token_hash(_token(desk, feed)), created_at=desk.now)


def _revoke_tokens(desk: Desk, feed: Feed) -> int:
    living = [token for token in feed.tokens if token.revoked_at is None]
    for token in living:
        token.revoked_at = desk.now
    return len(living)


def _token(desk: Desk, feed: Feed) -> str:
    """43 characters, 256 bits, which only the service's secret key can make again."""
    key = desk.settings.secret_key.encode()
    digest = hmac.digest(key, f"feed:{feed.id}:{feed.generation}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _address(desk: Desk, feed: Feed) -> str:
    return links.feed(desk.settings, _token(desk, feed), NAME)
