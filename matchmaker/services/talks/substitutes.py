"""Who could take over from somebody at a talk: everybody of the same kind, the best match first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from matchmaker.models import Assignment, Person, Profile, Talk
from matchmaker.models.states import (
    FREED,
    AssignmentRole,
    AssignmentState,
    LanguageUse,
    MeetingMode,
)
from matchmaker.services.desk import Desk
from matchmaker.services.house.planning_rules import planning_rules
from matchmaker.services.problems.people import (
    STANDING_REFUSAL,
    Period,
    load_busy,
    load_people,
)
from matchmaker.services.times.calendar_days import calendar_days
from matchmaker.services.times.expansion import free_time

GERMAN = ("de", "de-simple")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """`taken`: has another talk then; `free`: has given this time; `load` talks that month.

    `declined`: has said no to another talk at that time, which is then no longer `free`.

    `speaks`: is understood there; `directly`: without anybody interpreting. `blockers` are the
    rules (`group`, `group_size`, `district`, `mode`) that the talk would break with this person.
    """

    person: Person
    covers: bool
    speaks: bool
    directly: bool
    free: bool
    taken: bool
    declined: bool
    blockers: tuple[str, ...]
    load: int
    limit: int

    @property
    def fits(self) -> bool:
        able = self.covers and self.speaks and not self.blockers and not self.full
        return able and self.free and not self.taken

    @property
    def full(self) -> bool:
        """Has as many talks in this month as they take on."""
        return self.load >= self.limit

    @property
    def languages(self) -> list[str]:
        """Tags of what the person speaks or interprets, those they prefer first."""
        rows = self.person.profile.languages if self.person.profile else []
        return [row.language_tag for row in rows]

    @property
    def order(self) -> tuple[bool, bool, bool, bool, bool, bool, int, str]:
        """Smaller is better: time counts most, then the rules, the topic and the language."""
        return (
            self.taken,
            not self.free,
            bool(self.blockers) or self.full,
            not self.covers,
            not self.directly,
            not self.speaks,
            self.load,
            self.person.name,
        )


def candidates(session: Session, desk: Desk, talk: Talk, role: AssignmentRole) -> list[Candidate]:
    """Everybody who is not yet part of the talk; the best match comes first."""
    day = talk.local_start.date()
    school = calendar_days(day, day, planning_rules(session)).school
    period = Period(first=day, last=day, school=school, zone=desk.settings.zone)
    busy = load_busy(session, period)
    taken = _at_that_time(session, talk, Assignment.state.not_in(FREED))
    declined = _at_that_time(session, talk, *STANDING_REFUSAL)
    load = _load(session, talk)
    present = {
        row.person_id for row in talk.assignments if row.state is not AssignmentState.CANCELLED
    }
    found = []
    for person in load_people(session):
        profile = person.profile
        if profile is None or not person.active or profile.kind != role.value:
            continue
        if person.id in present:
            continue
        free = free_time(
            profile,
            busy.get(person.id, ()),
            first=day,
            last=day,
            school=school,
            zone=period.zone,
        )
        found.append(
            Candidate(
                person=person,
                covers=role is AssignmentRole.INTERPRETER or _covers(profile, talk),
                speaks=_directly(profile, talk) or _interpreted(profile, talk),
                directly=_directly(profile, talk),
                free=any(
                    first <= talk.local_start and talk.local_end <= last
                    for first, last in free.available
                ),
                taken=person.id in taken,
                declined=person.id in declined,
                blockers=tuple(_blockers(profile, talk, role)),
                load=load[person.id],
                limit=profile.max_per_month,
            )
        )
    return sorted(found, key=lambda row: row.order)


def _covers(profile: Profile, talk: Talk) -> bool:
    wanted = talk.request.topics if talk.request else []
    known = {row.topic_code for row in profile.topics}
    return not wanted or any(row.topic_code in known for row in wanted)


def _blockers(profile: Profile, talk: Talk, role: AssignmentRole) -> Iterator[str]:
    request = talk.request
    if request is not None and request.womens_group and not profile.womens_groups:
        yield "group"
    smallest = profile.min_people if role is AssignmentRole.SPEAKER else 0
    if request is not None and request.people < smallest:
        yield "group_size"
    where = None if talk.mode is MeetingMode.ONLINE else talk.district_nr
    if where is not None and profile.districts is not None and where not in profile.districts:
        yield "district"
    if talk.mode.value not in profile.modes:
        yield "mode"


def _directly(profile: Profile, talk: Talk) -> bool:
    """The language of the evening."""
    tag = "de" if talk.language_tag in GERMAN else talk.language_tag
    return any(row.language_tag == tag for row in profile.languages)


def _interpreted(profile: Profile, talk: Talk) -> bool:
    """German, where somebody interprets."""
    interpreted = any(
        row.role is AssignmentRole.INTERPRETER and row.state not in FREED
        for row in talk.assignments
    )
    return interpreted and any(
        row.language_tag == "de" and row.use is LanguageUse.SPEAKS for row in profile.languages
    )


def _at_that_time(session: Session, talk: Talk, *which: ColumnElement[bool]) -> set[int]:
    """Whose assignments of that kind to other talks are at that time."""
    rows = session.scalars(
        select(Assignment.person_id)
        .join(Talk)
        .where(
            *which,
            Assignment.talk_id != talk.id,
            Assignment.starts_at < talk.ends_at,
            Assignment.ends_at > talk.starts_at,
        )
    )
    return set(rows)


def _load(session: Session, talk: Talk) -> Counter[int]:
    """How many talks everybody has in the month of the talk."""
    first = talk.local_start.replace(day=1, hour=0, minute=0)
    following = (first + timedelta(days=31)).replace(day=1)
    rows = session.execute(
        select(Assignment.person_id, func.count())
        .join(Talk, Talk.id == Assignment.talk_id)
        .where(
            Assignment.state.not_in(FREED),
            Talk.starts_local >= _day(first),
            Talk.starts_local < _day(following),
        )
        .group_by(Assignment.person_id)
    )
    return Counter({row[0]: row[1] for row in rows})


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
