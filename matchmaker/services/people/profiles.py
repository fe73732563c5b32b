"""What speakers and interpreters can do: topics, languages, places, limits, notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from matchmaker.i18n import N_
from matchmaker.models import (
    District,
    Language,
    Person,
    Profile,
    ProfileLanguage,
    ProfileTopic,
    Topic,
)
from matchmaker.models.states import Format, LanguageUse
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, Invalid, NotFound
from matchmaker.services.house import audit
from matchmaker.services.inviting import wide_feeds

SPEAKER = "speaker"
MODES = ("onsite", "online")
GERMAN = frozenset({"de", "de-simple"})

# The limits that mean "as many as the calendar allows": nobody comes near them.
UNLIMITED = {"max_per_week": 7, "max_per_month": 31, "max_talks": 1000}
RANGES = {
    "max_per_day": (1, 3),
    "max_per_week": (1, 7),
    "max_per_month": (1, 31),
    "max_talks": (1, 1000),
    "lead_days": (0, 365),
    "min_people": (0, 500),
}
FAULTS = {
    "max_per_day": N_("Talks in a day: please give a number from 1 to 3."),
    "max_per_week": N_("Talks in a week: please give a number from 1 to 7, or leave it empty."),
    "max_per_month": N_("Talks in a month: please give a number from 1 to 31, or leave it empty."),
    "max_talks": N_("Talks altogether: please give a number from 1 to 1000, or leave it empty."),
    "lead_days": N_("Notice: please give a number of days from 0 to 365."),
    "min_people": N_("Smallest group: please give a number from 0 to 500."),
}
STALE = N_("These details were changed elsewhere in the meantime. Please look at both versions.")


@dataclass(frozen=True, kw_only=True)
class ProfileFacts:
    """`topics` maps a topic's code to the level 1..3; `districts` None means everywhere.

    A limit of None means that there is none. Interpreters have no topics and no smallest group.
    """

    topics: Mapping[str, int]
    languages: tuple[str, ...]
    home_district: str
    districts: tuple[str, ...] | None
    modes: tuple[str, ...] = ("onsite",)
    max_per_day: int = 1
    max_per_week: int | None = None
    max_per_month: int | None = None
    max_talks: int | None = None
    lead_days: int = 0
    min_people: int = 0
    womens_groups: bool = True


def profile_of(person: Person) -> Profile:
    """Raises NotFound for somebody who neither speaks nor interprets."""
    if person.profile is None:
        raise NotFound(N_("This person is neither a speaker nor an interpreter."))
    return person.profile


def read(profile: Profile) -> ProfileFacts:
    return ProfileFacts(
        topics={row.topic_code: row.level for row in profile.topics},
        languages=tuple(row.language_tag for row in profile.languages),
        home_district=profile.home_district_nr,
        districts=None if profile.districts is None else tuple(profile.districts),
        modes=tuple(profile.modes),
        max_per_day=profile.max_per_day,
        max_per_week=_limit(profile, "max_per_week"),
        max_per_month=_limit(profile, "max_per_month"),
        max_talks=_limit(profile, "max_talks"),
        lead_days=profile.lead_days,
        min_people=profile.min_people,
        womens_groups=profile.womens_groups,
    )


def change(
    session: Session,
    desk: Desk,
    profile: Profile,
    wanted: ProfileFacts,
    *,
    version: int | None = None,
) -> None:
    """Replace the profile's facts.

    `version` is the one that the person saw; Conflict if it has changed since, Invalid where a
    fact cannot be.
    """
    before = read(profile)
    require_version(profile, version)
    _require_valid(session, desk, profile, wanted)
    if wanted == before:
        return
    _put_topics(profile, wanted.topics)
    _put_languages(profile, wanted.languages)
    profile.home_district_nr = wanted.home_district
    profile.districts = None if wanted.districts is None else list(wanted.districts)
    profile.modes = list(wanted.modes)
    profile.max_per_day = wanted.max_per_day
    for name, unlimited in UNLIMITED.items():
        value = getattr(wanted, name)
        setattr(profile, name, unlimited if value is None else value)
    profile.lead_days = wanted.lead_days
    profile.min_people = wanted.min_people
    profile.womens_groups = wanted.womens_groups
    count_up(profile)
    audit.record(
        session,
        desk,
        "profile.changed",
        profile.person,
        before=_plain(before),
        after=_plain(wanted),
    )
    if before.topics != wanted.topics:
        wide_feeds.refresh_people(session, desk, [profile.person])


def require_version(profile: Profile, version: int | None) -> None:
    """Conflict if the profile, or the times that belong to it, are no longer what was shown."""
    if version is not None and version != profile.version:
        raise Conflict(STALE)


def count_up(profile: Profile) -> None:
    """A change of topics or times alone is a change of the profile, too: raise its version."""
    flag_modified(profile, "lead_days")


def _limit(profile: Profile, name: str) -> int | None:
    value: int = getattr(profile, name)
    return None if value >= UNLIMITED[name] else value


def _require_valid(session: Session, desk: Desk, profile: Profile, wanted: ProfileFacts) -> None:
    faults = {
        name: FAULTS[name]
        for name, (low, high) in RANGES.items()
        if (value := getattr(wanted, name)) is not None and not low <= value <= high
    }
    faults |= _language_faults(session, profile, wanted)
    if profile.kind == SPEAKER:
        faults |= _topic_faults(session, desk, profile, wanted)
    elif wanted.topics or wanted.min_people:
        faults["topics"] = N_("Interpreters have no topics and no smallest group.")
    faults |= _place_faults(session, wanted)
    if faults:
        raise Invalid(faults)


def _language_faults(session: Session, profile: Profile, wanted: ProfileFacts) -> dict[str, str]:
    if not wanted.languages:
        return {"languages": N_("Languages: please choose at least one.")}
    known = set(session.scalars(select(Language.tag)))
    if not known.issuperset(wanted.languages) or len(set(wanted.languages)) < len(wanted.languages):
        return {"languages": N_("Languages: please choose from the list.")}
    if profile.kind != SPEAKER and GERMAN & set(wanted.languages):
        return {"languages": N_("Languages: please leave out German; you interpret from it.")}
    return {}


def _topic_faults(
    session: Session, desk: Desk, profile: Profile, wanted: ProfileFacts
) -> dict[str, str]:
    if not wanted.topics:
        return {"topics": N_("Topics: please choose at least one and say how well you know it.")}
    offered = {topic.code for topic in offered_topics(session, desk)}
    offered |= {row.topic_code for row in profile.topics}
    if not offered.issuperset(wanted.topics) or not set(wanted.topics.values()) <= {1, 2, 3}:
        return {"topics": N_("Topics: please choose from the list.")}
    return {}


def _place_faults(session: Session, wanted: ProfileFacts) -> dict[str, str]:
    faults = {}
    if not wanted.modes or not set(wanted.modes) <= set(MODES):
        faults["modes"] = N_("How you come: please choose on site, online or both.")
    known = set(session.scalars(select(District.nr)))
    if wanted.home_district not in known:
        faults["home_district"] = N_("Where you start from: please choose a district.")
    if wanted.districts is not None and not (wanted.districts and known >= set(wanted.districts)):
        faults["districts"] = N_("Districts: please choose at least one, or everywhere.")
    return faults


def offered_topics(session: Session, desk: Desk) -> list[Topic]:
    """The subjects of talks that are offered today, by code."""
    topics = session.scalars(select(Topic).where(Topic.format == Format.TALK).order_by(Topic.code))
    return [topic for topic in topics if topic.is_offered(desk.today)]


def _put_topics(profile: Profile, topics: Mapping[str, int]) -> None:
    kept = {row.topic_code: row for row in profile.topics if row.topic_code in topics}
    for code, level in topics.items():
        if code in kept:
            kept[code].level = level
    new = [
        ProfileTopic(topic_code=code, level=level)
        for code, level in topics.items()
        if code not in kept
    ]
    profile.topics = [*kept.values(), *new]


def _put_languages(profile: Profile, languages: tuple[str, ...]) -> None:
    use = LanguageUse.SPEAKS if profile.kind == SPEAKER else LanguageUse.INTERPRETS
    kept = {row.language_tag: row for row in profile.languages}
    rows = [kept.get(tag) or ProfileLanguage(language_tag=tag, use=use) for tag in languages]
    for position, row in enumerate(rows):
        row.position = position
    profile.languages = rows


def _plain(facts: ProfileFacts) -> dict[str, Any]:
    """JSON values for the audit log."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(facts).items()
    }
