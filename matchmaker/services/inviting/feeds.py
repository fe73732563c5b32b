"""Private calendar subscriptions: stored bytes behind an address that only its owner knows.

The bytes are renewed in the transaction that changes something. Days pass without a transaction,
so a feed also knows from which day on something in it is too old (`Feed.stale_on`); from then on
it is made anew when it is asked for (`feed_serving`), always with the same bytes and the same time
of change, until `renew_stale` has stored it again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import Feed, Person
from matchmaker.models.states import OWN_FEEDS, CalendarChoice, FeedScope
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit
from matchmaker.services.house.carrier import carrier
from matchmaker.services.inviting import feed_keys
from matchmaker.services.inviting.feed_content import Events, Rendered, events_of, render
from matchmaker.services.inviting.feed_store import aged_at, store, wait_for_others

A_STEP = 500
"""So many people's feeds are rendered at a time."""


def refresh_feed(session: Session, desk: Desk, person_id: int) -> None:
    refresh_feeds(session, desk, [person_id])


def refresh_feeds(session: Session, desk: Desk, person_ids: Collection[int]) -> None:
    """Render the people's feeds again; whoever is invited and has none yet gets a full one.

    To be called in every transaction that writes invitations, after the last change to them.
    """
    if not person_ids:
        return
    wait_for_others(session)
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


def refresh_all(session: Session, desk: Desk) -> None:
    """Render every feed again, because of something that stands in all of them."""
    wait_for_others(session)
    owners = select(Feed.person_id).where(Feed.scope.in_(OWN_FEEDS)).distinct()
    ids = sorted(filter(None, session.scalars(owners)))
    for first in range(0, len(ids), A_STEP):
        refresh_feeds(session, desk, ids[first : first + A_STEP])


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
    return feed_keys.working_address(session, desk, _feed(session, person, scope))


def renew(session: Session, desk: Desk, person: Person, scope: FeedScope = FeedScope.FULL) -> str:
    """A new address; the one before stops working at once."""
    wait_for_others(session)
    feed = _feed(session, person, scope)
    if feed is None:
        (feed,) = _new_feeds(session, desk, [person], scope)
        action = "feed.opened"
    else:
        feed_keys.change(desk, feed)
        action = "feed.renewed"
    _render_again(session, desk, [feed], events_of(session, desk, [person.id]))
    audit.record(session, desk, action, feed, after={"scope": scope.value})
    return feed_keys.address(desk, feed)


def revoke(session: Session, desk: Desk, person: Person, scope: FeedScope = FeedScope.FULL) -> bool:
    """End the subscription: its address is answered with 410 from now on.

    Whoever wanted their talks by this subscription only gets invitations by mail from now on;
    whether that is so.
    """
    feed = _feed(session, person, scope)
    if feed is not None and feed_keys.end(desk, feed):
        audit.record(session, desk, "feed.revoked", feed, before={"scope": scope.value})
    if scope is not FeedScope.FULL or person.calendar_choice is CalendarChoice.INVITATION:
        return False
    before, person.calendar_choice = person.calendar_choice, CalendarChoice.INVITATION
    audit.record(
        session,
        desk,
        "person.changed",
        person,
        before={"calendar_choice": before},
        after={"calendar_choice": person.calendar_choice},
    )
    return True


def made_anew(session: Session, desk: Desk, feed: Feed) -> tuple[Rendered, datetime]:
    """The feed as it stands today, and since when; stores nothing."""
    (made,) = _rendered(session, desk, [feed], events_of(session, desk, [_owner(feed).id]))
    return made, aged_at(desk, feed, made)


def renew_stale(session: Session, desk: Desk, *, limit: int = 500) -> int:
    """Store the feeds from which something has dropped out by age; how many they were."""
    aged = (Feed.stale_on <= desk.today, Feed.scope.in_(OWN_FEEDS))
    stale = select(Feed).where(*aged).order_by(Feed.id).limit(limit)
    if session.scalars(stale.limit(1)).one_or_none() is None:
        return 0
    wait_for_others(session)
    again = stale.options(joinedload(Feed.person)).execution_options(populate_existing=True)
    feeds = session.scalars(again).all()
    events = events_of(session, desk, {_owner(feed).id for feed in feeds})
    for feed, made in zip(feeds, _rendered(session, desk, feeds, events), strict=True):
        store(feed, made, aged_at(desk, feed, made))
    return len(feeds)


def _render_again(session: Session, desk: Desk, feeds: Sequence[Feed], events: Events) -> None:
    for feed, made in zip(feeds, _rendered(session, desk, feeds, events), strict=True):
        store(feed, made, desk.now)
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
            address=feed_keys.address(desk, feed),
        )
        for feed in feeds
    ]


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
    feeds = [Feed(person=person, scope=scope) for person in people]
    feed_keys.add(session, desk, feeds)
    return feeds
