"""Subscriptions of many stay whole whatever a text holds, and heal if they are stored broken."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Feed, Talk
from matchmaker.models.states import WIDE_FEEDS
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import wide_feeds
from matchmaker.services.inviting.wide_feeds import Whose
from tests import factories
from tests.calendars.lint import faults
from tests.support.wide import Subscribed

HOSTILE = "Kiezladen END:VEVENT"


@pytest.fixture
def subscribed(session: Session, desk: Desk) -> Subscribed:
    return Subscribed(session, desk)


def uids(subscribed: Subscribed, whose: Whose) -> set[str]:
    return {str(row["UID"]) for row in subscribed.entries(whose)}


def another_talk(subscribed: Subscribed, session: Session) -> Talk:
    """One more evening of the same association, put into the feeds as any change is."""
    other = factories.talk(
        session,
        subscribed.talk.starts_at + timedelta(days=1),
        organisation=subscribed.talk.organisation,
    )
    session.flush()
    wide_feeds.refresh_talks(session, subscribed.desk, [other.id])
    return other


def test_place_with_the_words_of_a_calendar_breaks_no_feed(
    subscribed: Subscribed, session: Session
) -> None:
    subscribed.talk.location = HOSTILE
    wide_feeds.refresh_talks(session, subscribed.desk, [subscribed.talk.id])
    other = another_talk(subscribed, session)
    for whose in (subscribed.all, subscribed.host):
        assert uids(subscribed, whose) == {subscribed.talk.uid, other.uid}
        assert faults(subscribed.served(whose)) == []


def test_feed_that_is_stored_broken_heals_with_the_next_change(
    subscribed: Subscribed, session: Session
) -> None:
    rest = b"\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nCLASS:PUBLIC\r\nEND:VEVENT\r\n"
    for feed in session.scalars(select(Feed).where(Feed.scope.in_(WIDE_FEEDS))):
        feed.body = feed.body.replace(rest, b"\r\nLOCATION:Kiezladen END:VEVENT\r\n")
    session.flush()
    other = another_talk(subscribed, session)
    for whose in (subscribed.all, subscribed.host):
        assert uids(subscribed, whose) == {subscribed.talk.uid, other.uid}
        assert faults(subscribed.served(whose)) == []


def test_feed_that_is_stored_broken_heals_with_its_age(
    subscribed: Subscribed, session: Session
) -> None:
    for feed in session.scalars(select(Feed).where(Feed.scope.in_(WIDE_FEEDS))):
        feed.body = feed.body.replace(b"\r\nEND:VEVENT\r\n", b"\r\n")
        feed.etag, feed.stale_on = "of the broken bytes", subscribed.desk.today
    session.flush()
    assert uids(subscribed, subscribed.all) == {subscribed.talk.uid}  # served, not stored
    wide_feeds.renew_stale(session, subscribed.desk)
    assert uids(subscribed, subscribed.all) == {subscribed.talk.uid}
    assert faults(subscribed.served(subscribed.all)) == []
