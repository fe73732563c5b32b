"""Subscriptions: what stands in them, when they change, and who can read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.calendars.feed import etag
from matchmaker.models import Feed, FeedToken, Person
from matchmaker.models.states import CalendarChoice, FeedScope, InvitationRole, InvitationState
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import feed_serving, feeds
from matchmaker.services.people import own_data
from tests import factories
from tests.support.invited import TUESDAY_UTC, Evening
from tests.support.statements import count_statements

TALK_DAY = date(2027, 1, 19)


def on(desk: Desk, day: date, hour: int = 12) -> Desk:
    return replace(desk, now=datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


def token_of(session: Session, desk: Desk, person: Person, scope: FeedScope) -> str:
    address = feeds.feed_address(session, desk, person, scope)
    assert address is not None
    return address.split("/")[-2]


def served(
    session: Session, desk: Desk, person: Person, scope: FeedScope = FeedScope.FULL
) -> tuple[feed_serving.ServedFeed, bytes]:
    token = token_of(session, desk, person, scope)
    found = feed_serving.served_feed(session, desk, token)
    assert found is not None
    return found, feed_serving.content(session.connection(), desk.settings, found, token)


def events(content: bytes) -> list[dict[str, Any]]:
    names = ("UID", "SEQUENCE", "SUMMARY", "STATUS", "TRANSP")
    return [
        {name: str(event[name]) for name in names}
        for event in Calendar.from_ical(content).walk("VEVENT")
    ]


@pytest.fixture
def evening(session: Session, desk: Desk) -> Evening:
    return Evening(session, desk)


@pytest.fixture
def guest(evening: Evening) -> Person:
    assert evening.person is not None
    return evening.person


def test_feed_carries_the_invitation_under_its_own_uid(
    session: Session, desk: Desk, evening: Evening, guest: Person
) -> None:
    found, content = served(session, desk, guest)
    assert [(row["UID"], row["SEQUENCE"], row["STATUS"]) for row in events(content)] == [
        (evening.invitation.uid, "0", "CONFIRMED")
    ]
    assert f'"{found.etag}"' == etag(content)
    assert b"ATTENDEE" not in content
    assert b"METHOD" not in content


def test_feed_shows_subscribers_what_their_mails_leave_out(session: Session, desk: Desk) -> None:
    person = factories.speaker(session, calendar_choice=CalendarChoice.SUBSCRIPTION)
    Evening(session, desk, person=person)
    _found, content = served(session, desk, person)
    assert len(events(content)) == 1


def test_feed_of_a_host_shows_the_talks_it_receives(session: Session, desk: Desk) -> None:
    evening = Evening(session, desk, role=InvitationRole.HOST)
    assert evening.person is not None
    _found, content = served(session, desk, evening.person)
    assert [row["UID"] for row in events(content)] == [evening.invitation.uid]


def test_busy_feed_tells_when_but_not_what(
    session: Session, desk: Desk, evening: Evening, guest: Person
) -> None:
    feeds.open_feed(session, desk, guest, FeedScope.BUSY)
    _found, content = served(session, desk, guest, FeedScope.BUSY)
    assert [row["SUMMARY"] for row in events(content)] == ["Belegt"]
    for secret in (evening.talk.title, evening.talk.location, evening.talk.organisation.name):
        assert secret.encode() not in content


def test_feed_changes_only_when_something_in_it_does(
    session: Session, desk: Desk, guest: Person
) -> None:
    before, _ = served(session, desk, guest)
    later = replace(desk, now=desk.now + timedelta(hours=1))
    feeds.refresh_feed(session, later, guest.id)
    after, _ = served(session, later, guest)
    assert (after.etag, after.changed_at) == (before.etag, before.changed_at)


def test_feed_follows_a_move(session: Session, desk: Desk, evening: Evening, guest: Person) -> None:
    before, _ = served(session, desk, guest)
    later = evening.later(hours=1)
    evening.move(later, datetime(2027, 1, 21, 18, 0))  # noqa: DTZ001  # wall clock
    after, content = served(session, later, guest)
    assert (after.etag == before.etag, after.changed_at) == (False, later.now)
    assert events(content)[0]["SEQUENCE"] == "1"
    assert b"DTSTART;TZID=Europe/Berlin:20270121T180000" in content


def test_feed_marks_a_cancelled_talk_until_the_day_after_it(
    session: Session, desk: Desk, evening: Evening, guest: Person
) -> None:
    evening.call_off(evening.later(hours=1))
    for day in (desk.today, TALK_DAY, TALK_DAY + timedelta(days=1)):
        _found, content = served(session, on(desk, day), guest)
        (row,) = events(content)
        assert (row["STATUS"], row["TRANSP"]) == ("CANCELLED", "TRANSPARENT")
        assert row["SUMMARY"].startswith("Abgesagt: ")
    _found, content = served(session, on(desk, TALK_DAY + timedelta(days=2)), guest)
    assert events(content) == []


def test_feed_leaves_declined_talks_out_and_takes_them_back(
    session: Session, desk: Desk, evening: Evening, guest: Person
) -> None:
    evening.answer(InvitationState.DECLINED)
    assert events(served(session, desk, guest)[1]) == []
    evening.answer(InvitationState.ACCEPTED, evening.later(hours=1))
    assert len(events(served(session, desk, guest)[1])) == 1


def test_feed_does_not_tell_who_had_declined_that_it_is_off(
    session: Session, desk: Desk, evening: Evening, guest: Person
) -> None:
    evening.answer(InvitationState.DECLINED)
    evening.call_off(evening.later(hours=1))
    assert events(served(session, desk, guest)[1]) == []


def test_feed_reaches_ninety_days_back(
    session: Session, desk: Desk, evening: Evening, guest: Person
) -> None:
    last = (TUESDAY_UTC + timedelta(hours=2, days=90)).date()
    assert len(events(served(session, on(desk, last), guest)[1])) == 1
    assert events(served(session, on(desk, last + timedelta(days=1)), guest)[1]) == []


def test_feed_that_has_aged_serves_what_is_stored_later(
    session: Session, desk: Desk, evening: Evening, guest: Person
) -> None:
    evening.call_off(evening.later(hours=1))
    day = TALK_DAY + timedelta(days=3)
    aged, fresh_content = served(session, on(desk, day, 6), guest)
    later, later_content = served(session, on(desk, day + timedelta(days=4)), guest)
    assert feeds.renew_stale(session, on(desk, day + timedelta(days=5))) == 1
    stored, stored_content = served(session, on(desk, day + timedelta(days=5)), guest)
    assert fresh_content == later_content == stored_content
    assert aged.etag == later.etag == stored.etag
    midnight = datetime(2027, 1, 20, 23, tzinfo=UTC)  # the 21st begins in Berlin
    assert aged.changed_at == later.changed_at == stored.changed_at == midnight
    assert (aged.body is None, stored.body is None) == (False, True)


def test_renewing_stale_feeds_leaves_young_ones_alone(
    session: Session, desk: Desk, evening: Evening
) -> None:
    assert feeds.renew_stale(session, desk) == 0


def test_feed_address_has_256_bits_and_only_its_hash_is_stored(
    session: Session, desk: Desk, guest: Person
) -> None:
    token = token_of(session, desk, guest, FeedScope.FULL)
    feed = session.scalars(select(Feed)).one()
    assert len(token) == 43
    assert [len(row.token_hash) for row in feed.tokens] == [64]
    assert token.encode() not in feed.body
    assert token not in repr([vars(row) for row in feed.tokens])


def test_feed_says_its_own_address(session: Session, desk: Desk, guest: Person) -> None:
    _found, content = served(session, desk, guest)
    address = feeds.feed_address(session, desk, guest)
    assert str(Calendar.from_ical(content)["SOURCE"]) == address


def test_renewed_address_replaces_the_old_one(
    session: Session, desk: Desk, evening: Evening, guest: Person
) -> None:
    old = token_of(session, desk, guest, FeedScope.FULL)
    feeds.renew(session, desk, guest)
    new = token_of(session, desk, guest, FeedScope.FULL)
    gone, here = (feed_serving.served_feed(session, desk, token) for token in (old, new))
    assert gone is not None
    assert here is not None
    assert (old == new, gone.revoked, here.revoked) == (False, True, False)


def test_revoked_subscription_has_no_address_until_a_new_one_is_made(
    session: Session, desk: Desk, guest: Person
) -> None:
    feeds.revoke(session, desk, guest)
    assert feeds.feed_address(session, desk, guest) is None
    feeds.refresh_feed(session, desk, guest.id)
    assert feeds.feed_address(session, desk, guest) is None
    assert feeds.open_feed(session, desk, guest) == feeds.feed_address(session, desk, guest)


def test_unknown_token_leads_nowhere(session: Session, desk: Desk, guest: Person) -> None:
    assert feed_serving.served_feed(session, desk, "x" * 43) is None


def test_feed_of_somebody_who_has_left_is_gone(session: Session, desk: Desk, guest: Person) -> None:
    token = token_of(session, desk, guest, FeedScope.FULL)
    guest.active = False
    session.flush()
    found = feed_serving.served_feed(session, desk, token)
    assert found is not None
    assert found.revoked


def test_another_secret_key_knows_no_address(session: Session, desk: Desk, guest: Person) -> None:
    other = replace(desk, settings=replace(desk.settings, secret_key="another key"))
    assert feeds.feed_address(session, other, guest) is None
    assert feeds.open_feed(session, other, guest) == feeds.feed_address(session, other, guest)


def test_feed_survives_an_invitation_that_cannot_be_read(
    session: Session, desk: Desk, evening: Evening, guest: Person
) -> None:
    broken = Evening(session, desk, person=guest, starts_at=TUESDAY_UTC + timedelta(days=7))
    broken.invitation.snapshot = {"start": "no time at all"}
    feeds.refresh_feed(session, desk, guest.id)
    assert [row["UID"] for row in events(served(session, desk, guest)[1])] == [
        evening.invitation.uid
    ]


def test_feed_is_made_for_the_invited_only(session: Session, desk: Desk) -> None:
    person = factories.speaker(session)
    feeds.refresh_feed(session, desk, person.id)
    assert session.scalars(select(FeedToken)).all() == []


def test_feed_speaks_the_person_s_language(
    session: Session, desk: Desk, evening: Evening, guest: Person
) -> None:
    evening.call_off(desk)
    wanted = replace(own_data.contact(guest), locale="en")
    own_data.change_contact(session, desk, guest, wanted)
    assert events(served(session, desk, guest)[1])[0]["SUMMARY"].startswith("Cancelled: ")


def test_many_feeds_are_refreshed_with_few_statements(session: Session, desk: Desk) -> None:
    people_ids = []
    for week in range(6):
        evening = Evening(session, desk, starts_at=TUESDAY_UTC + timedelta(weeks=week))
        assert evening.person is not None
        people_ids.append(evening.person.id)
    session.flush()
    session.expire_all()
    with count_statements(session) as one:
        feeds.refresh_feeds(session, desk, people_ids[:1])
    session.expire_all()
    with count_statements(session) as many:
        feeds.refresh_feeds(session, desk, people_ids)
    assert len(many) - len(one) <= 5  # the tokens are not read, the people at once
