"""Speakers and interpreters of a round, from their profiles and calendars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from matchmaker.models import Assignment, Person, Profile, Talk
from matchmaker.models.states import AssignmentState, LanguageUse, Role, TalkState
from matchmaker.scheduling.problem import Commitment, Interpreter, Mode, Speaker
from matchmaker.services.problems.aliases import GERMAN, Aliases
from matchmaker.services.times.busy import busy_times
from matchmaker.services.times.calendar_days import ONE_DAY
from matchmaker.services.times.expansion import MIDNIGHT, Busy, FreeTime, Taken, free_time

SIMPLE_GERMAN = "de-simple"
"""A way of speaking, not a language of its own: whoever speaks German can do it."""

NO_TOPIC = {"-": 1}
"""For people without topics who are bound to a talk: the format wants one."""

STANDING_REFUSAL = (
    Assignment.state == AssignmentState.DECLINED,
    Talk.state != TalkState.CANCELLED,
)
"""Somebody will not come to a talk that is still to be held, and has not been replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """First and last day that are planned, and the school holidays among them."""

    first: date
    last: date
    school: frozenset[date]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """What is known of people besides their profiles: busy times and talks elsewhere.

    `bound` are the codes of people in fixed talks: they stay in the problem even if they have
    left, then without any free time.
    """

    busy: Mapping[int, Sequence[Busy]]
    commitments: Mapping[int, Sequence[Commitment]]
    past_talks: Mapping[int, int]
    bound: frozenset[str]
    aliases: Aliases


@dataclass(frozen=True, slots=True)
class Team:
    """`without_times` and `incomplete` are codes of active people who cannot be planned."""

    speakers: tuple[Speaker, ...]
    interpreters: tuple[Interpreter, ...]
    without_times: tuple[str, ...]
    incomplete: tuple[str, ...]


def load_people(session: Session) -> Sequence[Person]:
    """Everybody with a profile, whether they are still active or not."""
    parts = (Profile.topics, Profile.languages, Profile.rules, Profile.spans)
    return session.scalars(
        select(Person)
        .join(Profile)
        .order_by(Person.code)
        .options(*(selectinload(Person.profile).selectinload(part) for part in parts))
    ).all()


def load_busy(session: Session, period: Period) -> Mapping[int, Sequence[Busy]]:
    """Busy times that touch the period, by the person's id.

    Whoever has declined a talk that still stands has no time for another one in its hours.
    """
    start = datetime.combine(period.first, MIDNIGHT, period.zone)
    end = datetime.combine(period.last + ONE_DAY, MIDNIGHT, period.zone)
    grouped: defaultdict[int, list[Busy]] = defaultdict(list)
    for person_id, taken in busy_times(session, start, end).items():
        grouped[person_id].extend(taken)
    for person_id, starts_at, ends_at in session.execute(
        select(Assignment.person_id, Assignment.starts_at, Assignment.ends_at)
        .join(Talk)
        .where(*STANDING_REFUSAL, Assignment.starts_at < end, Assignment.ends_at > start)
    ):
        grouped[person_id].append(Taken(starts_at, ends_at))
    return grouped


def team(people: Iterable[Person], roster: Roster, period: Period) -> Team:
    """Who can be planned, in the order of their codes."""
    speakers: list[Speaker] = []
    interpreters: list[Interpreter] = []
    without_times: list[str] = []
    incomplete: list[str] = []
    for person in people:
        profile = person.profile
        bound = person.code in roster.bound
        if profile is None or not (person.active or bound):
            continue
        if person.active and not _is_complete(profile):
            incomplete.append(person.code)
            if not bound:
                continue
        free = _free(person, profile, roster, period)
        if person.active and not free.available and person.code not in incomplete:
            without_times.append(person.code)
        facts = _facts(person, profile, free, roster)
        if profile.kind == Role.SPEAKER:
            speakers.append(_speaker(profile, facts))
        else:
            interpreters.append(Interpreter(**facts))
    return Team(tuple(speakers), tuple(interpreters), tuple(without_times), tuple(incomplete))


def _is_complete(profile: Profile) -> bool:
    return bool(_tags(profile)) and (profile.kind != Role.SPEAKER or bool(profile.topics))


def _free(person: Person, profile: Profile, roster: Roster, period: Period) -> FreeTime:
    if not person.active:
        return FreeTime((), ())
    busy = roster.busy.get(person.id, ())
    return free_time(
        profile,
        busy,
        first=period.first,
        last=period.last,
        school=period.school,
        zone=period.zone,
    )


def _facts(person: Person, profile: Profile, free: FreeTime, roster: Roster) -> dict[str, Any]:
    tags = _tags(profile) or [GERMAN]
    return {
        "id": person.code,
        "languages": tuple(dict.fromkeys([*tags, *roster.aliases.added(person.code, tags)])),
        "home": profile.home_district_nr,
        "available": free.available,
        "avoid": free.avoid,
        "modes": tuple(Mode(mode) for mode in profile.modes) or (Mode.ONSITE,),
        "districts": None if profile.districts is None else tuple(profile.districts),
        "commitments": tuple(roster.commitments.get(person.id, ())),
        "max_per_day": profile.max_per_day,
        "max_per_week": profile.max_per_week,
        "max_per_month": profile.max_per_month,
        "max_talks": profile.max_talks,
        "lead_days": profile.lead_days,
        "womens_groups": profile.womens_groups,
        "past_talks": roster.past_talks.get(person.id, 0),
    }


def _speaker(profile: Profile, facts: dict[str, Any]) -> Speaker:
    topics = {row.topic_code: row.level for row in profile.topics}
    return Speaker(**facts, topics=topics or NO_TOPIC, min_people=profile.min_people)


def _tags(profile: Profile) -> list[str]:
    """The languages that count for the person's role."""
    if profile.kind != Role.SPEAKER:
        return [row.language_tag for row in profile.languages if row.use is LanguageUse.INTERPRETS]
    tags = [row.language_tag for row in profile.languages if row.use is LanguageUse.SPEAKS]
    return [*tags, SIMPLE_GERMAN] if GERMAN in tags and SIMPLE_GERMAN not in tags else tags
