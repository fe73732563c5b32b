"""Subscriptions of organisations, the coordination and the public: what stands in whose."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.calendars.feed import etag
from matchmaker.models import Feed, Person, Talk
from matchmaker.models.states import (
    WIDE_FEEDS,
    AnswerVia,
    Format,
    InvitationState,
    MeetingMode,
    Role,
)
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import feed_serving, wide_feeds
from matchmaker.services.inviting.responses import record_response
from matchmaker.services.inviting.wide_feeds import Whose
from matchmaker.services.people import contacts, organisations, own_data
from matchmaker.services.talks import guests, talk_changes, talk_outcomes
from tests import factories
from tests.calendars.lint import faults
from tests.services.plans import TUESDAY
from tests.support.statements import count_statements
from tests.support.wide import Subscribed, where


@pytest.fixture
def subscribed(session: Session, desk: Desk) -> Subscribed:
    return Subscribed(session, desk)


def call_off(subscribed: Subscribed) -> None:
    talk_changes.call_off(
        subscribed.session, subscribed.desk, subscribed.talk.code, reason="Wasserschaden"
    )


def answer(subscribed: Subscribed, given: InvitationState) -> None:
    invitation = next(
        row for row in subscribed.talk.invitations if row.person_id == subscribed.speaker.id
    )
    subscribed.later(minutes=1)
    record_response(
        subscribed.session,
        subscribed.desk,
        invitation,
        given,
        sequence=invitation.sequence,
        stamp=subscribed.desk.now,
        via=AnswerVia.WEB,
    )


def send_substitute(subscribed: Subscribed) -> None:
    talk_changes.replace_person(
        subscribed.session,
        subscribed.desk,
        subscribed.talk.code,
        leaving=subscribed.speaker.code,
        coming=subscribed.substitute.code,
    )


def test_talk_stands_once_under_its_own_uid_in_the_feeds_it_concerns(
    subscribed: Subscribed,
) -> None:
    assert where(subscribed) == [True, True, True, False, True]
    for whose in (subscribed.all, subscribed.host, subscribed.sender, subscribed.public):
        assert [row["UID"] for row in subscribed.entries(whose)] == [subscribed.talk.uid]


def test_every_feed_obeys_the_rules_for_bytes(subscribed: Subscribed) -> None:
    for whose in subscribed.every:
        content = subscribed.served(whose)
        assert faults(content) == []
        assert b"METHOD" not in content
        assert b"ATTENDEE" not in content
        assert b"ORGANIZER" not in content


def test_coordination_reads_who_comes_and_how_many_and_finds_the_page(
    subscribed: Subscribed,
) -> None:
    (row,) = subscribed.entries(subscribed.all)
    assert subscribed.talk.organisation.name in row["SUMMARY"]
    assert subscribed.speaker.name in row["DESCRIPTION"]
    assert "15 Personen" in row["DESCRIPTION"]
    assert row["URL"].endswith(f"/koordination/termine/{subscribed.talk.code}")


def test_organisations_read_place_and_people_but_nothing_of_the_group(
    subscribed: Subscribed,
) -> None:
    contact = subscribed.request.contact
    assert contact is not None
    for whose in (subscribed.host, subscribed.sender):
        (row,) = subscribed.entries(whose)
        content = subscribed.served(whose).replace(b"\r\n ", b"").decode()
        assert subscribed.talk.organisation.name in row["SUMMARY"]
        assert row["LOCATION"] == subscribed.talk.location
        assert subscribed.speaker.name in row["DESCRIPTION"]
        assert "15 Personen" not in content
        assert contact.name not in content
        assert "URL" not in row


def test_public_reads_time_district_and_topic_and_no_name(subscribed: Subscribed) -> None:
    subscribed.talk.title = "Abend bei Verein Sonnenblume"
    subscribed.later(minutes=1)
    wide_feeds.refresh_talks(subscribed.session, subscribed.desk, [subscribed.talk.id])
    (row,) = subscribed.entries(subscribed.public)
    assert row["SUMMARY"] == "Arbeitsmarktgespräch: ANE-01"
    assert row["LOCATION"] == "Bezirk 01"
    assert not {"DESCRIPTION", "URL"} & row.keys()
    content = subscribed.served(subscribed.public).replace(b"\r\n ", b"").decode()
    talk = subscribed.talk
    people = [one.name for one in (subscribed.speaker, subscribed.interpreter)]
    for secret in (talk.organisation.name, talk.title, talk.location, talk.code, *people):
        assert secret not in content


def test_public_names_no_typed_title_and_no_advice(subscribed: Subscribed) -> None:
    talk = subscribed.talk
    talk.request, talk.format, talk.title = None, Format.WORKSHOP, "Bewerben mit Verein Z"
    wide_feeds.refresh_talks(subscribed.session, subscribed.desk, [talk.id])
    assert [row["SUMMARY"] for row in subscribed.entries(subscribed.public)] == ["Workshop"]
    talk.format = Format.ADVICE
    wide_feeds.refresh_talks(subscribed.session, subscribed.desk, [talk.id])
    assert where(subscribed) == [True, True, True, False, False]


def test_public_reads_that_a_talk_is_online(subscribed: Subscribed) -> None:
    subscribed.talk.mode = MeetingMode.ONLINE
    wide_feeds.refresh_talks(subscribed.session, subscribed.desk, [subscribed.talk.id])
    assert subscribed.entries(subscribed.public)[0]["LOCATION"] == "Online"


def test_moved_talk_moves_in_every_feed_under_a_raised_sequence(subscribed: Subscribed) -> None:
    start = TUESDAY + timedelta(days=1)
    talk_changes.move(
        subscribed.session, subscribed.desk, subscribed.talk.code, start=start, minutes=120
    )
    for whose in (subscribed.all, subscribed.host, subscribed.sender, subscribed.public):
        (row,) = subscribed.entries(whose)
        assert row["SEQUENCE"] == "1"
        line = f"DTSTART;TZID=Europe/Berlin:{start:%Y%m%dT%H%M%S}"
        assert line.encode() in subscribed.served(whose)


def test_talk_that_is_off_says_so_until_the_day_after(subscribed: Subscribed) -> None:
    call_off(subscribed)
    assert where(subscribed) == [True, True, True, False, True]
    for whose in (subscribed.all, subscribed.host, subscribed.sender, subscribed.public):
        (row,) = subscribed.entries(whose)
        assert (row["STATUS"], row["TRANSP"]) == ("CANCELLED", "TRANSPARENT")
        assert row["SUMMARY"].startswith("Abgesagt: ")
    later = on(subscribed.desk, (TUESDAY + timedelta(days=2)).date())
    assert [subscribed.entries(whose, later) for whose in subscribed.every] == [[]] * 5


def on(desk: Desk, day: object, hour: int = 6) -> Desk:
    moment = datetime.fromisoformat(f"{day}T{hour:02d}:00")
    return replace(desk, now=moment.replace(tzinfo=UTC))


def test_institution_reads_of_a_talk_only_while_somebody_of_it_comes(
    subscribed: Subscribed,
) -> None:
    answer(subscribed, InvitationState.DECLINED)
    assert where(subscribed) == [True, True, False, False, True]
    answer(subscribed, InvitationState.ACCEPTED)
    assert where(subscribed) == [True, True, True, False, True]
    send_substitute(subscribed)
    assert where(subscribed) == [True, True, False, True, True]


def test_institution_that_was_out_does_not_hear_that_the_talk_is_off(
    subscribed: Subscribed,
) -> None:
    send_substitute(subscribed)
    subscribed.later(minutes=1)
    call_off(subscribed)
    assert where(subscribed) == [True, True, False, True, True]
    wide_feeds.renew(subscribed.session, subscribed.desk, subscribed.sender)
    assert where(subscribed) == [True, True, False, True, True]


def test_somebody_who_did_not_come_is_named_no_longer(subscribed: Subscribed) -> None:
    subscribed.desk = on(subscribed.desk, (TUESDAY + timedelta(days=1)).date())
    talk_outcomes.mark_held(
        subscribed.session,
        subscribed.desk,
        subscribed.talk.code,
        absent=[subscribed.speaker.code],
    )
    assert subscribed.speaker.name not in subscribed.entries(subscribed.all)[0]["DESCRIPTION"]
    talk_outcomes.take_back_held(subscribed.session, subscribed.desk, subscribed.talk.code)
    assert subscribed.speaker.name in subscribed.entries(subscribed.all)[0]["DESCRIPTION"]


def test_yes_and_a_guest_change_no_feed(subscribed: Subscribed) -> None:
    before = [subscribed.served(whose) for whose in subscribed.every]
    answer(subscribed, InvitationState.ACCEPTED)
    guests.invite_guest(
        subscribed.session,
        subscribed.desk,
        subscribed.talk.code,
        name="Gast",
        email="gast@amt.example",
    )
    assert [subscribed.served(whose) for whose in subscribed.every] == before


def test_names_are_those_of_today(subscribed: Subscribed) -> None:
    session, desk = subscribed.session, subscribed.desk
    host = subscribed.talk.organisation
    facts = replace(organisations.facts_of(host), name="Verein der Gärtner")
    organisations.change_organisation(session, desk, host, facts)
    wanted = replace(own_data.contact(subscribed.speaker), name="Ayşe Öz")
    own_data.change_contact(session, desk, subscribed.speaker, wanted)
    for whose in (subscribed.all, subscribed.host, subscribed.sender):
        (row,) = subscribed.entries(whose)
        assert "Verein der Gärtner" in row["SUMMARY"]
        assert "Ayşe Öz" in row["DESCRIPTION"]
    assert "Verein der Gärtner".encode() in subscribed.served(subscribed.host).split(b"BEGIN:V")[1]


def test_talks_go_with_somebody_to_their_new_organisation(subscribed: Subscribed) -> None:
    person = subscribed.speaker
    facts = replace(contacts.facts_of(person), organisation=subscribed.other.code)
    contacts.change_person(
        subscribed.session, subscribed.desk, person, facts, may_grant=contacts.EVERYBODY
    )
    assert where(subscribed) == [True, True, False, True, True]


def test_coordination_reads_its_own_language(subscribed: Subscribed) -> None:
    wanted = replace(own_data.contact(subscribed.coordinator), locale="en")
    own_data.change_contact(subscribed.session, subscribed.desk, subscribed.coordinator, wanted)
    assert "Labour-market talk" in subscribed.entries(subscribed.all)[0]["SUMMARY"]


def status_of(subscribed: Subscribed, token: str) -> str:
    found = feed_serving.served_feed(subscribed.session, subscribed.desk, token)
    if found is None:
        return "unknown"
    return "revoked" if found.revoked else "served"


def token_of(subscribed: Subscribed, whose: Whose) -> str:
    address = wide_feeds.feed_address(subscribed.session, subscribed.desk, whose)
    assert address is not None
    return address.split("/")[-2]


def test_new_address_ends_the_old_one_and_ending_it_both(subscribed: Subscribed) -> None:
    for whose in subscribed.every:
        old = token_of(subscribed, whose)
        wide_feeds.renew(subscribed.session, subscribed.desk, whose)
        new = token_of(subscribed, whose)
        assert [status_of(subscribed, token) for token in (old, new)] == ["revoked", "served"]
        wide_feeds.revoke(subscribed.session, subscribed.desk, whose)
        assert status_of(subscribed, new) == "revoked"
        assert wide_feeds.feed_address(subscribed.session, subscribed.desk, whose) is None


def test_ended_subscription_that_is_opened_again_is_up_to_date(subscribed: Subscribed) -> None:
    wide_feeds.revoke(subscribed.session, subscribed.desk, subscribed.host)
    call_off(subscribed)
    wide_feeds.renew(subscribed.session, subscribed.desk, subscribed.host)
    assert subscribed.entries(subscribed.host)[0]["STATUS"] == "CANCELLED"


def test_whoever_leaves_the_coordination_reads_no_more(subscribed: Subscribed) -> None:
    token, person = token_of(subscribed, subscribed.all), subscribed.coordinator
    facts = replace(contacts.facts_of(person), roles=frozenset({Role.HOST}))
    contacts.change_person(
        subscribed.session, subscribed.desk, person, facts, may_grant=contacts.EVERYBODY
    )
    assert status_of(subscribed, token) == "revoked"


@pytest.mark.parametrize("owner", ["coordinator", "institution"])
def test_feed_of_nobody_active_is_gone(subscribed: Subscribed, owner: str) -> None:
    whose = subscribed.all if owner == "coordinator" else subscribed.sender
    token = token_of(subscribed, whose)
    getattr(subscribed, owner).active = False
    subscribed.session.flush()
    assert status_of(subscribed, token) == "revoked"


def test_addresses_are_kept_as_hashes_and_noted_without_them(subscribed: Subscribed) -> None:
    for feed in subscribed.session.scalars(select(Feed).where(Feed.scope.in_(WIDE_FEEDS))):
        assert [len(row.token_hash) for row in feed.tokens] == [64]
    for whose in subscribed.every:
        token = token_of(subscribed, whose)
        assert len(token) == 43
        assert token not in repr(subscribed.last_entry("feed.opened").after)


def test_aged_feed_is_served_as_it_is_stored_later(subscribed: Subscribed) -> None:
    session = subscribed.session
    call_off(subscribed)
    day = (TUESDAY + timedelta(days=4)).date()
    early, later = on(subscribed.desk, day), on(subscribed.desk, day + timedelta(days=3))
    aged = [subscribed.served(whose, early) for whose in subscribed.every]
    assert wide_feeds.renew_stale(session, later) == 4
    assert wide_feeds.renew_stale(session, later) == 0
    assert [subscribed.served(whose, later) for whose in subscribed.every] == aged
    midnight = datetime.combine(
        (TUESDAY + timedelta(days=2)).date(), datetime.min.time(), tzinfo=early.settings.zone
    )
    changed = session.scalars(select(Feed.changed_at).where(Feed.scope == "public")).one()
    assert changed == midnight


def test_one_talk_that_cannot_be_written_breaks_no_feed(
    subscribed: Subscribed, caplog: pytest.LogCaptureFixture
) -> None:
    session = subscribed.session
    broken: Talk = factories.talk(session, subscribed.talk.starts_at + timedelta(days=7))
    broken.uid = "ein Leerzeichen"
    wide_feeds.refresh_talks(session, subscribed.desk, [broken.id, subscribed.talk.id])
    assert where(subscribed) == [True, True, True, False, True]
    assert broken.code in caplog.text


def test_feed_tag_is_that_of_the_bytes(subscribed: Subscribed) -> None:
    for whose in subscribed.every:
        token = token_of(subscribed, whose)
        found = feed_serving.served_feed(subscribed.session, subscribed.desk, token)
        assert found is not None
        assert f'"{found.etag}"' == etag(subscribed.served(whose))


def test_without_a_subscription_nothing_is_written(session: Session, desk: Desk) -> None:
    talk = factories.talk(session, datetime(2027, 1, 19, 17, tzinfo=UTC))
    with count_statements(session) as seen:
        wide_feeds.refresh_talks(session, desk, [talk.id])
    assert len(seen) == 1


def test_many_talks_are_written_with_few_statements(subscribed: Subscribed) -> None:
    session = subscribed.session
    talks = [
        factories.talk(
            session,
            subscribed.talk.starts_at + timedelta(days=7 * week),
            request=factories.request(session, organisation=subscribed.talk.organisation),
            organisation=subscribed.talk.organisation,
        )
        for week in range(1, 9)
    ]
    counted, ids = [], [row.id for row in talks]
    for number in (1, 8):
        session.expire_all()
        with count_statements(session) as seen:
            wide_feeds.refresh_talks(session, subscribed.desk, ids[:number])
        counted.append(len(seen))
    assert counted[1] <= counted[0] + 1


def test_everybody_of_the_coordination_has_a_feed_of_their_own(subscribed: Subscribed) -> None:
    other: Person = factories.person(subscribed.session, Role.COORDINATOR)
    wide_feeds.renew(subscribed.session, subscribed.desk, Whose(person=other))
    first, second = subscribed.all, Whose(person=other)
    assert token_of(subscribed, first) != token_of(subscribed, second)
    assert subscribed.entries(first) == subscribed.entries(second)
