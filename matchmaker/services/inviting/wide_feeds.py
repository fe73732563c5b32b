"""Subscriptions with more than one person's talks: an organisation's, the coordination's, public.

There is none until somebody asks for its address. From then on it is renewed in every transaction
that changes a talk: the entries of the changed talks are written anew, all others stay the bytes
that they are, so that one change costs little however many talks there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.calendars.event import CalendarEvent
from matchmaker.calendars.feed import Entry, FeedInfo, entry, etag, put_together, with_source
from matchmaker.calendars.feed_entries import entries_in
from matchmaker.models import Feed, FeedToken, Organisation, Person, Talk
from matchmaker.models.states import WIDE_FEEDS, FeedScope, Role
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit
from matchmaker.services.house.carrier import carrier
from matchmaker.services.inviting import feed_keys, wide_content
from matchmaker.services.inviting.feed_content import Rendered, log
from matchmaker.services.inviting.feed_store import aged_at, store, wait_for_others
from matchmaker.services.inviting.wide_content import WideWords

READERS = frozenset({Role.COORDINATOR, Role.ADMIN, Role.AUDITOR})
"""Who may subscribe to all talks."""


_IN_USE = (Feed.scope.in_(WIDE_FEEDS), Feed.tokens.any(FeedToken.revoked_at.is_(None)))
"""Feeds that somebody can read. The others are written anew before anybody can."""


@dataclass(frozen=True, slots=True)
class Whose:
    """One wide feed: all talks for a person, those of an organisation, or the public ones."""

    person: Person | None = None
    organisation: Organisation | None = None

    @property
    def scope(self) -> FeedScope:
        if self.organisation is not None:
            return FeedScope.ORGANISATION
        return FeedScope.PUBLIC if self.person is None else FeedScope.COORDINATION


PUBLIC = Whose()


def feed_address(session: Session, desk: Desk, whose: Whose) -> str | None:
    """The address as it is now, None if there is none."""
    return feed_keys.working_address(session, desk, _feed(session, whose))


def renew(session: Session, desk: Desk, whose: Whose) -> str:
    """A first address, or a new one; the one before stops working at once."""
    wait_for_others(session)
    feed = _feed(session, whose)
    if feed is None:
        feed = Feed(scope=whose.scope, person=whose.person, organisation=whose.organisation)
        feed_keys.add(session, desk, [feed])
        action = "feed.opened"
    else:
        feed_keys.change(desk, feed)
        action = "feed.renewed"
    _write_anew(session, desk, [feed])
    audit.record(session, desk, action, feed, after=_named(whose))
    return feed_keys.address(desk, feed)


def revoke(session: Session, desk: Desk, whose: Whose) -> None:
    """End the subscription: its address is answered with 410 from now on."""
    feed = _feed(session, whose)
    if feed is not None and feed_keys.end(desk, feed):
        audit.record(session, desk, "feed.revoked", feed, before=_named(whose))


def subscribed_organisations(session: Session) -> Sequence[Organisation]:
    """Those whose address works, by name."""
    theirs = Organisation.id.in_(select(Feed.organisation_id).where(*_IN_USE))
    return session.scalars(
        select(Organisation)
        .where(theirs, Organisation.active)
        .order_by(Organisation.name, Organisation.id)
    ).all()


def refresh_talks(
    session: Session, desk: Desk, talk_ids: Iterable[int], *, left: Collection[int] = ()
) -> None:
    """Write these talks' entries anew wherever they stand, stood or are to stand.

    To be called in every transaction that changes them, after the last change. `left` are the ids
    of organisations in whose feeds they stood for a reason that is gone.
    """
    ids = sorted(set(talk_ids))
    if ids and _is_any_open(session):
        _refresh(session, desk, Talk.id.in_(ids), left)


def refresh_people(
    session: Session, desk: Desk, people: Iterable[Person], *, left: Collection[int] = ()
) -> None:
    """The same for the talks of people of whom something has changed that is shown."""
    ids = sorted(person.id for person in people)
    if ids and _is_any_open(session):
        _refresh(session, desk, wide_content.of_people(ids), left)


def refresh_organisation(session: Session, desk: Desk, organisation: Organisation) -> None:
    """The same for an organisation with another name; its own feed bears it, too."""
    if not _is_any_open(session):
        return
    _refresh(session, desk, wide_content.of_organisation(organisation.id), ())
    feed = _feed(session, Whose(organisation=organisation))
    if feed is not None:
        _write_anew(session, desk, [feed])


def speak(session: Session, desk: Desk, person: Person) -> None:
    """Put the feed of somebody who has chosen another language into that one."""
    feed = _feed(session, Whose(person=person))
    if feed is not None:
        wait_for_others(session)
        _write_anew(session, desk, [feed])


def rename(session: Session, desk: Desk) -> None:
    """Give all of them the carrier's name as it is now; their entries stay."""
    wait_for_others(session)
    press = _Press(session, desk)
    for feed in _loaded(session, select(Feed).where(*_IN_USE).order_by(Feed.id)):
        store(feed, press.without_aged(feed), desk.now)
    session.flush()


def made_anew(session: Session, desk: Desk, feed: Feed) -> tuple[Rendered, datetime]:
    """The feed without what has grown too old, and since when; stores nothing."""
    made = _Press(session, desk).without_aged(feed)
    return made, aged_at(desk, feed, made)


def renew_stale(session: Session, desk: Desk, *, limit: int = 100) -> int:
    """Store the feeds from which something has dropped out by age; how many they were."""
    aged = (Feed.stale_on <= desk.today, Feed.scope.in_(WIDE_FEEDS))
    stale = select(Feed).where(*aged).order_by(Feed.id).limit(limit)
    if session.scalars(stale.limit(1)).one_or_none() is None:
        return 0
    wait_for_others(session)
    press, feeds = _Press(session, desk), _loaded(session, stale)
    for feed in feeds:
        made = press.without_aged(feed)
        store(feed, made, aged_at(desk, feed, made))
    return len(feeds)


def _refresh(
    session: Session, desk: Desk, which: ColumnElement[bool], left: Collection[int]
) -> None:
    wait_for_others(session)
    talks = wide_content.talks_for_feeds(session, desk, which)
    concerned = set(left).union(*(wide_content.ever_of(talk) for talk in talks))
    concerned |= {talk.organisation_id for talk in talks}
    press = _Press(session, desk)
    for feed in _open_feeds(session, concerned):
        store(feed, press.with_changed(feed, talks), desk.now)
    session.flush()


def _write_anew(session: Session, desk: Desk, feeds: Sequence[Feed]) -> None:
    """All of it from the talks as they are; `wait_for_others` has been called."""
    press = _Press(session, desk)
    for feed in feeds:
        store(feed, press.of_all(feed), desk.now)
    session.flush()


class _Press:
    """Writes feeds, and whatever is the same in several of them once."""

    def __init__(self, session: Session, desk: Desk) -> None:
        self.session, self.desk, self.whose = session, desk, carrier(session)
        self.districts = wide_content.district_names(session)
        self.words: dict[str, WideWords] = {}
        self.entries: dict[tuple[FeedScope, str, int], Entry | None] = {}
        self.read: dict[bytes, list[Entry] | None] = {}
        self.whose_talks: dict[int, set[int]] = {}

    def of_all(self, feed: Feed) -> Rendered:
        theirs = feed.organisation_id
        which = None if theirs is None else wide_content.of_organisation(theirs)
        talks = wide_content.talks_for_feeds(self.session, self.desk, which)
        return self._made(feed, self._entries(feed, talks).values())

    def with_changed(self, feed: Feed, talks: Iterable[Talk]) -> Rendered:
        """The stored feed with the entries of these talks as they are now."""
        stored = self._stored(feed)
        if stored is None:
            return self.of_all(feed)
        entries: dict[str, Entry | None] = {one.uid: one for one in stored}
        return self._made(feed, (entries | self._entries(feed, talks)).values())

    def without_aged(self, feed: Feed) -> Rendered:
        stored = self._stored(feed)
        return self.of_all(feed) if stored is None else self._made(feed, stored)

    def _stored(self, feed: Feed) -> list[Entry] | None:
        """Read once where several people's feeds are the same; nothing is lost by writing anew.

        None if they cannot be read: then the feed heals by being written from the talks.
        """
        if feed.body not in self.read:
            self.read[feed.body] = self._read(feed)
        return self.read[feed.body]

    def _read(self, feed: Feed) -> list[Entry] | None:
        try:
            return list(entries_in(feed.body, self.desk.settings.timezone))
        except ValueError as error:
            log.warning("feed %s is stored broken and is written anew: %s", feed.id, error)
            return None

    def _entries(self, feed: Feed, talks: Iterable[Talk]) -> dict[str, Entry | None]:
        """By UID; None for a talk that does not stand in the feed."""
        return {talk.uid: self._entry(feed, talk) for talk in talks}

    def _entry(self, feed: Feed, talk: Talk) -> Entry | None:
        theirs = feed.organisation_id
        if theirs is not None and theirs not in self._organisations(talk):
            return None
        if feed.scope is FeedScope.PUBLIC and talk.format not in wide_content.OPEN_TO_ALL:
            return None
        key = (feed.scope, wide_content.locale_of(feed), talk.id)
        if key not in self.entries:
            self.entries[key] = self._written(feed, talk)
        return self.entries[key]

    def _organisations(self, talk: Talk) -> set[int]:
        if talk.id not in self.whose_talks:
            self.whose_talks[talk.id] = wide_content.organisations_of(talk)
        return self.whose_talks[talk.id]

    def _written(self, feed: Feed, talk: Talk) -> Entry | None:
        """None if it cannot be written: one bad record must not break a feed."""
        try:
            return entry(self._info(feed), self._event(feed, talk))
        except Exception:
            log.warning("talk %s cannot be written and is left out of feeds", talk.code)
            return None

    def _event(self, feed: Feed, talk: Talk) -> CalendarEvent:
        words = self._words(feed)
        if feed.scope is FeedScope.COORDINATION:
            return words.coordination(talk)
        return words.public(talk) if feed.scope is FeedScope.PUBLIC else words.organisation(talk)

    def _words(self, feed: Feed) -> WideWords:
        locale = wide_content.locale_of(feed)
        if locale not in self.words:
            self.words[locale] = WideWords(self.desk, self.whose, locale, self.districts)
        return self.words[locale]

    def _info(self, feed: Feed) -> FeedInfo:
        return self._words(feed).info(feed)

    def _made(self, feed: Feed, entries: Iterable[Entry | None]) -> Rendered:
        today, every = self.desk.today, [one for one in entries if one is not None]
        body = put_together(self._info(feed), every, today)
        dropping = [one.until + timedelta(days=1) for one in every]
        return Rendered(
            body,
            etag(with_source(body, feed_keys.address(self.desk, feed))).strip('"'),
            max((day for day in dropping if day <= today), default=None),
            min((day for day in dropping if day > today), default=None),
        )


def _is_any_open(session: Session) -> bool:
    return session.scalars(select(Feed.id).where(*_IN_USE).limit(1)).first() is not None


def _open_feeds(session: Session, organisation_ids: Collection[int]) -> Sequence[Feed]:
    """Those of these organisations, and all that no organisation has."""
    theirs = or_(Feed.organisation_id.is_(None), Feed.organisation_id.in_(organisation_ids))
    return _loaded(session, select(Feed).where(*_IN_USE, theirs).order_by(Feed.id))


def _loaded(session: Session, query: Select[Feed]) -> Sequence[Feed]:
    """As they are stored now: what has been read before may have changed since."""
    whole = query.options(joinedload(Feed.person), joinedload(Feed.organisation))
    return session.scalars(whole.execution_options(populate_existing=True)).all()


def _feed(session: Session, whose: Whose) -> Feed | None:
    return session.scalars(
        select(Feed).where(
            Feed.scope == whose.scope,
            Feed.person_id == (whose.person.id if whose.person else None),
            Feed.organisation_id == (whose.organisation.id if whose.organisation else None),
        )
    ).one_or_none()


def _named(whose: Whose) -> dict[str, str]:
    named = {"scope": whose.scope.value}
    return named | ({"organisation": whose.organisation.code} if whose.organisation else {})
