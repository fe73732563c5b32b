"""When speakers and interpreters have time: read, change, confirm, undo."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.models import AuditEntry, AvailabilityRule, AvailabilitySpan, Profile
from matchmaker.models.states import AvailabilityKind
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Invalid, NotPossible
from matchmaker.services.house import audit
from matchmaker.services.people.profiles import count_up, require_version
from matchmaker.services.times.availability_facts import (
    Availability,
    DayTime,
    WeeklyTime,
    from_json,
    in_order,
    normal,
    to_json,
)

CHANGED = "availability.changed"
UNDONE = "undone"
"""The reason in the audit log where a change is taken back."""

HOLDS = timedelta(weeks=8)
"""After this time people are asked whether their times are still true."""

MOST_WEEKLY = 100
MOST_DAYS = 200
LONGEST = timedelta(days=366)
FURTHEST = timedelta(days=3 * 366)
TOO_MANY = N_("That is more than we can keep. Please remove what is over.")


def read(profile: Profile) -> Availability:
    return normal(
        Availability(
            weekly=tuple(map(_weekly, profile.rules)),
            days=tuple(map(_days, profile.spans)),
            school_holidays_off=profile.school_holidays_off,
        )
    )


def change(
    session: Session,
    desk: Desk,
    profile: Profile,
    wanted: Availability,
    *,
    version: int | None = None,
) -> bool:
    """Replace what the person has said; whether that made a difference.

    Whoever looks at the times and sends them off has also said that they are true. `version` is
    the one that the person saw; Conflict if it has changed since, Invalid where a time cannot be.
    """
    before, wanted = read(profile), normal(wanted)
    require_version(profile, version)
    _require_valid(desk, before, wanted)
    if wanted == before:
        confirm(session, desk, profile)
        return False
    profile.confirmed_at = desk.now
    _replace(session, desk, profile, wanted)
    return True


def confirm(session: Session, desk: Desk, profile: Profile) -> None:
    """The person says that everything is still true."""
    before = profile.confirmed_at
    # Past the version counter: a page that is open elsewhere still shows what is true.
    session.execute(
        update(Profile).where(Profile.person_id == profile.person_id).values(confirmed_at=desk.now)
    )
    session.refresh(profile, ["confirmed_at"])
    audit.record(
        session,
        desk,
        "availability.confirmed",
        profile.person,
        before={"confirmed_at": before.isoformat() if before else None},
        after={"confirmed_at": desk.now.isoformat()},
    )


def take_off(
    session: Session,
    desk: Desk,
    profile: Profile,
    first: date,
    last: date,
    *,
    reason: str = "",
) -> AuditEntry | None:
    """Enter days off (inclusive) that somebody has told of; None if the times say so already.

    It says nothing about the other times: whether they are true is asked when it would have been.
    Invalid where a day cannot be.
    """
    before = read(profile)
    if is_off(before, first, last):
        return None
    if faults := off_faults(desk, profile, first, last):
        raise Invalid(faults)
    wanted = normal(replace(before, days=(*before.days, _off(first, last))))
    return _replace(session, desk, profile, wanted, reason=reason)


def off_faults(desk: Desk, profile: Profile, first: date, last: date) -> dict[str, str]:
    """Why `take_off` refuses these days, by field: first_day, last_day, or days if it is full."""
    known = read(profile)
    if is_off(known, first, last):
        return {}
    faults = _day_faults(desk, _off(first, last), new=True)
    if len(known.days) >= MOST_DAYS:
        faults["days"] = TOO_MANY
    return faults


def take_back(session: Session, desk: Desk, profile: Profile, entry: AuditEntry) -> bool:
    """Remove the days off that `take_off` has entered; whether they are not among the times now.

    False, and nothing is done, where they still are but other times have changed since. Days off
    of the person that were entered for the same reason are no such change.
    """
    given, now = days_entered(entry), read(profile)
    if not given & {*now.days}:
        return True
    alike = given | _entered_alike(session, entry)
    if _but_for(alike, now) != _but_for(alike, from_json(entry.after)):
        return False
    _replace(session, desk, profile, _but_for(given, now), reason=UNDONE)
    return True


def days_entered(entry: AuditEntry) -> set[DayTime]:
    """What `take_off` has added to the days of a person, by its entry in the audit log."""
    return {*from_json(entry.after).days} - {*from_json(entry.before).days}


def _entered_alike(session: Session, entry: AuditEntry) -> set[DayTime]:
    """Days that were entered for the same person and reason; none for an entry without one."""
    if not entry.reason:
        return set()
    rows = session.scalars(
        select(AuditEntry).where(
            AuditEntry.subject_kind == entry.subject_kind,
            AuditEntry.subject_id == entry.subject_id,
            AuditEntry.action == CHANGED,
            AuditEntry.reason == entry.reason,
        )
    )
    return {day for row in rows for day in days_entered(row)}


def _but_for(some: set[DayTime], given: Availability) -> Availability:
    return replace(given, days=tuple(row for row in given.days if row not in some))


def is_off(given: Availability, first: date, last: date) -> bool:
    """Whether one entry says already that all of these days are off."""
    return any(
        row.kind is AvailabilityKind.OFF
        and row.starts is None
        and row.first_day <= first
        and last <= row.last_day
        for row in given.days
    )


def is_due(profile: Profile, now: datetime) -> bool:
    """Whether it is time to ask if the times are still true."""
    return profile.confirmed_at is None or profile.confirmed_at + HOLDS <= now


def undo(session: Session, desk: Desk, profile: Profile, *, version: int | None = None) -> None:
    """Take one's own last change back; undoing twice brings it back again.

    NotPossible if there is none (see `undoable`).
    """
    require_version(profile, version)
    last = undoable(session, desk, profile)
    if last is None:
        raise NotPossible(N_("There is nothing to undo."))
    profile.confirmed_at = desk.now
    _replace(session, desk, profile, from_json(last.before), reason=UNDONE)


def undoable(session: Session, desk: Desk, profile: Profile) -> AuditEntry | None:
    """The last change, if the acting person made it and the times are still what it left behind.

    The person and the coordination both change these times: neither takes back the other's step.
    """
    last = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.subject_kind == "person",
            AuditEntry.subject_id == profile.person_id,
            AuditEntry.action == CHANGED,
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None or last.actor_id != desk.actor.id or from_json(last.after) != read(profile):
        return None
    return last


def _replace(
    session: Session, desk: Desk, profile: Profile, wanted: Availability, reason: str = ""
) -> AuditEntry:
    """Rows that say the same stay as they are."""
    before = read(profile)
    rules = {_weekly(rule): rule for rule in profile.rules}
    spans = {_days(span): span for span in profile.spans}
    profile.rules = [rules.get(row) or AvailabilityRule(**asdict(row)) for row in wanted.weekly]
    profile.spans = [spans.get(row) or AvailabilitySpan(**asdict(row)) for row in wanted.days]
    profile.school_holidays_off = wanted.school_holidays_off
    count_up(profile)
    return audit.record(
        session,
        desk,
        CHANGED,
        profile.person,
        before=to_json(before),
        after=to_json(wanted),
        reason=reason,
    )


def _weekly(rule: AvailabilityRule) -> WeeklyTime:
    return WeeklyTime(
        weekday=rule.weekday,
        starts=rule.starts,
        ends=rule.ends,
        kind=rule.kind,
        valid_from=rule.valid_from,
        valid_to=rule.valid_to,
    )


def _days(span: AvailabilitySpan) -> DayTime:
    return DayTime(
        kind=span.kind,
        first_day=span.first_day,
        last_day=span.last_day,
        starts=span.starts,
        ends=span.ends,
    )


def _off(first: date, last: date) -> DayTime:
    return DayTime(kind=AvailabilityKind.OFF, first_day=first, last_day=last)


def _require_valid(desk: Desk, before: Availability, wanted: Availability) -> None:
    faults: dict[str, str] = {}
    for weekly in wanted.weekly:
        faults |= _weekly_faults(weekly)
    for row in wanted.days:
        faults |= _day_faults(desk, row, new=row not in before.days)
    if len(wanted.weekly) > MOST_WEEKLY or len(wanted.days) > MOST_DAYS:
        faults["days"] = TOO_MANY
    if faults:
        raise Invalid(faults)


def _weekly_faults(row: WeeklyTime) -> dict[str, str]:
    faults = {}
    if not 0 <= row.weekday <= 6:
        faults["weekday"] = N_("Weekday: please choose one from the list.")
    if not in_order(row.starts, row.ends):
        faults["weekly_ends"] = N_("Until: please give a time that is later than the beginning.")
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        faults["valid_to"] = N_("Last day: please give a day that is not before the first one.")
    return faults


def _day_faults(desk: Desk, row: DayTime, *, new: bool) -> dict[str, str]:
    faults = {}
    if row.last_day < row.first_day:
        faults["last_day"] = N_("Last day: please give a day that is not before the first one.")
    elif row.last_day - row.first_day > LONGEST:
        faults["last_day"] = N_("Last day: please give a day within one year of the first one.")
    if new and row.last_day < desk.today:
        faults["first_day"] = N_("Day: please give a day that is not over yet.")
    elif row.first_day - desk.today > FURTHEST:
        faults["first_day"] = N_("Day: please give a day within the next three years.")
    if (row.starts is None) != (row.ends is None):
        faults["day_ends"] = N_("Times: please give both, from and until, or neither.")
    elif row.starts is not None and row.ends is not None and not in_order(row.starts, row.ends):
        faults["day_ends"] = N_("Until: please give a time that is later than the beginning.")
    return faults
