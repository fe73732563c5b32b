"""Subscriptions follow what stands in all of them: the carrier's name, their reader's language."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Feed
from matchmaker.models.states import FeedScope
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Invalid
from matchmaker.services.house.carrier import carrier
from matchmaker.services.inviting import carrier_name, feed_serving, feeds
from matchmaker.services.people import contacts
from tests.calendars.lint import faults
from tests.support.wide import Subscribed


@pytest.fixture
def subscribed(session: Session, desk: Desk) -> Subscribed:
    return Subscribed(session, desk)


def own(subscribed: Subscribed, scope: FeedScope = FeedScope.FULL) -> bytes:
    """What the speaker's program gets of their own talks."""
    desk, session = subscribed.desk, subscribed.session
    token = feeds.open_feed(session, desk, subscribed.speaker, scope).split("/")[-2]
    found = feed_serving.served_feed(session, desk, token)
    assert found is not None
    return feed_serving.content(session.connection(), desk.settings, found, token)


def test_all_bear_the_carrier_s_new_name(subscribed: Subscribed, session: Session) -> None:
    own(subscribed, FeedScope.BUSY)
    entries = {whose: subscribed.entries(whose) for whose in subscribed.every}
    wanted = replace(carrier(session), short_name="Neuer Träger END:VEVENT")
    carrier_name.change_carrier(session, subscribed.desk, wanted)
    name = "NAME:Neuer Träger".encode()
    for whose in subscribed.every:
        assert name in subscribed.served(whose)
        assert faults(subscribed.served(whose)) == []
        assert subscribed.entries(whose) == entries[whose]
    assert name in own(subscribed)
    assert name in own(subscribed, FeedScope.BUSY)


def test_other_data_of_the_carrier_change_no_subscription(
    subscribed: Subscribed, session: Session
) -> None:
    before = session.scalars(select(Feed.changed_at).order_by(Feed.id)).all()
    subscribed.later(hours=1)
    wanted = replace(carrier(session), phone="030 123456")
    carrier_name.change_carrier(session, subscribed.desk, wanted)
    assert session.scalars(select(Feed.changed_at).order_by(Feed.id)).all() == before
    with pytest.raises(Invalid):
        carrier_name.change_carrier(session, subscribed.desk, replace(wanted, short_name=""))


def test_language_that_the_coordination_sets_is_that_of_the_own_feed(
    subscribed: Subscribed, session: Session
) -> None:
    assert b"Ihre Termine" in own(subscribed)
    facts = replace(contacts.facts_of(subscribed.speaker), locale="en")
    contacts.change_person(
        session, subscribed.desk, subscribed.speaker, facts, may_grant=contacts.EVERYBODY
    )
    assert b"Your talks" in own(subscribed)
