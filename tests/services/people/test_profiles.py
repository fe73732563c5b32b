"""Profiles: what is kept, what is refused, and what a second tab gets to hear."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, Profile
from matchmaker.models.states import Format, LanguageUse
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, Invalid, NotFound
from matchmaker.services.people import profiles
from matchmaker.services.people.profiles import ProfileFacts
from tests import factories


@pytest.fixture
def profile(session: Session) -> Profile:
    for nr in ("01", "02", "03"):
        factories.district(session, nr)
    for tag in ("tr", "ar", "de-simple"):
        factories.language(session, tag)
    factories.topic(session, "ARB-01")
    made = factories.speaker(session, topics={"ANE-01": 2}).profile
    assert made is not None
    return made


@pytest.fixture
def interpreter(session: Session, profile: Profile) -> Profile:
    made = factories.interpreter(session).profile
    assert made is not None
    return made


FULL = ProfileFacts(
    topics={"ANE-01": 3, "ARB-01": 1},
    languages=("tr", "de"),
    home_district="02",
    districts=("01", "03"),
    modes=("onsite", "online"),
    max_per_day=2,
    max_per_week=3,
    max_per_month=None,
    max_talks=12,
    lead_days=21,
    min_people=8,
    womens_groups=False,
)


def test_profile_is_read_as_it_was_written(session: Session, desk: Desk, profile: Profile) -> None:
    profiles.change(session, desk, profile, FULL)
    session.flush()
    session.expire_all()
    assert profiles.read(profile) == FULL
    assert [row.language_tag for row in profile.languages] == ["tr", "de"]
    assert {row.use for row in profile.languages} == {LanguageUse.SPEAKS}


def test_profile_without_limits_holds_the_numbers_that_mean_none(
    session: Session, desk: Desk, profile: Profile
) -> None:
    profiles.change(session, desk, profile, FULL)
    free = replace(FULL, max_per_week=None, max_talks=None, districts=None)
    profiles.change(session, desk, profile, free)
    stored = (profile.max_per_week, profile.max_per_month, profile.max_talks, profile.districts)
    assert stored == (7, 31, 1000, None)
    assert profiles.read(profile) == free


def test_profile_change_is_audited(session: Session, desk: Desk, profile: Profile) -> None:
    profiles.change(session, desk, profile, FULL)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_kind, entry.subject_id) == (
        "profile.changed",
        "person",
        profile.person_id,
    )
    assert (entry.before["topics"], entry.after["topics"]) == (
        {"ANE-01": 2},
        {"ANE-01": 3, "ARB-01": 1},
    )


def test_profile_saved_unchanged_leaves_no_trace(
    session: Session, desk: Desk, profile: Profile
) -> None:
    profiles.change(session, desk, profile, profiles.read(profile))
    assert session.scalars(select(AuditEntry)).all() == []


def test_profile_from_a_stale_page_is_refused(
    session: Session, desk: Desk, profile: Profile
) -> None:
    seen = profile.version
    profiles.change(session, desk, profile, replace(FULL, topics={"ARB-01": 2}), version=seen)
    session.flush()
    assert profile.version == seen + 1
    with pytest.raises(Conflict):
        profiles.change(session, desk, profile, FULL, version=seen)


def test_topics_alone_raise_the_version(session: Session, desk: Desk, profile: Profile) -> None:
    seen = profile.version
    wanted = replace(profiles.read(profile), topics={"ANE-01": 1})
    profiles.change(session, desk, profile, wanted, version=seen)
    session.flush()
    assert profile.version == seen + 1


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("topics", {}),
        ("topics", {"XXX-99": 1}),
        ("topics", {"ANE-01": 4}),
        ("languages", ()),
        ("languages", ("tlh",)),
        ("languages", ("de", "de")),
        ("home_district", "99"),
        ("districts", ()),
        ("districts", ("01", "99")),
        ("modes", ()),
        ("modes", ("by letter",)),
        ("max_per_day", 0),
        ("max_per_week", 8),
        ("max_per_month", 32),
        ("max_talks", 0),
        ("lead_days", -1),
        ("lead_days", 366),
        ("min_people", 501),
    ],
)
def test_profile_names_the_fact_that_cannot_be(
    session: Session, desk: Desk, profile: Profile, fact: str, value: Any
) -> None:
    with pytest.raises(Invalid) as refusal:
        profiles.change(session, desk, profile, replace(FULL, **{fact: value}))
    assert list(refusal.value.fields) == [fact]
    assert profiles.read(profile).topics == {"ANE-01": 2}


def test_profile_names_every_fault_at_once(session: Session, desk: Desk, profile: Profile) -> None:
    with pytest.raises(Invalid) as refusal:
        profiles.change(session, desk, profile, replace(FULL, topics={}, lead_days=-1, modes=()))
    assert set(refusal.value.fields) == {"topics", "lead_days", "modes"}


def test_topic_that_is_no_longer_offered_may_stay_but_not_be_added(
    session: Session, desk: Desk, profile: Profile
) -> None:
    factories.topic(session, "ANE-01").valid_to = desk.today.replace(month=1)
    assert [row.code for row in profiles.offered_topics(session, desk)] == ["ARB-01"]
    profiles.change(session, desk, profile, replace(FULL, topics={"ANE-01": 1, "ARB-01": 2}))
    profiles.change(session, desk, profile, replace(FULL, topics={"ARB-01": 2}))
    with pytest.raises(Invalid):
        profiles.change(session, desk, profile, FULL)


def test_only_subjects_of_talks_are_offered(session: Session, desk: Desk, profile: Profile) -> None:
    factories.topic(session, "MOW-01").format = Format.WORKSHOP
    assert [row.code for row in profiles.offered_topics(session, desk)] == ["ANE-01", "ARB-01"]


def test_interpreter_has_languages_beside_german_and_no_topics(
    session: Session, desk: Desk, interpreter: Profile
) -> None:
    wanted = replace(FULL, topics={}, min_people=0, languages=("ar", "tr"))
    profiles.change(session, desk, interpreter, wanted)
    assert {row.use for row in interpreter.languages} == {LanguageUse.INTERPRETS}
    for fact, value in (("languages", ("de", "ar")), ("topics", {"ANE-01": 1})):
        with pytest.raises(Invalid) as refusal:
            profiles.change(session, desk, interpreter, replace(wanted, **{fact: value}))
        assert list(refusal.value.fields) == [fact]


def test_person_without_a_profile_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        profiles.profile_of(factories.person(session))
