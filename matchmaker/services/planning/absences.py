"""Somebody is away for some days, told of in the planning and entered with their times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from matchmaker.i18n import N_
from matchmaker.models import AuditEntry, Person, PlanningRound, Profile, Proposal
from matchmaker.scheduling.problem import Assignment, Days
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Invalid, NotPossible
from matchmaker.services.people import availability, contacts, profiles
from matchmaker.services.planning.proposals import find_proposal
from matchmaker.services.planning.round_changes import unknown_to
from matchmaker.services.planning.rounds import locked_round, require_working

ABSENT = "absent"
"""The reason in the audit log, as a code like those of other rooms."""

NO_END = N_("Please give the last day as well: the round is over before this absence begins.")
FULL = N_(
    "There are as many days in the times of this person as we can keep. "
    "Please remove there what is over."
)
_TIMES = (Profile.rules, Profile.spans)
_FIELDS = {"first_day": "from", "last_day": "to", "days": "person"}
"""What the times call the fields of the event."""


class TimesChanged(NotPossible):
    """An absence cannot be taken back by itself; `code` and `name` are those of the person."""

    def __init__(self, person: Person) -> None:
        super().__init__(
            N_(
                "The times of %(name)s have changed since this absence was entered. "
                "Please remove its days off there first. Then come back and try again."
            ),
            name=person.name,
        )
        self.code, self.name = person.code, person.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Days off (inclusive) that `enter` has entered as this entry of the audit log.

    `stands`: they are still among the times of the person.
    """

    entry_id: int
    person: Person
    first: date
    last: date
    entered_at: datetime
    stands: bool

    def concerns(self, plan: Iterable[Assignment]) -> bool:
        """Whether the person has a talk on one of the days."""
        mine = (row.start.date() for row in plan if self.person.code in row.people)
        return any(self.first <= day <= self.last for day in mine)


def days_of(event: Mapping[str, Any], planning_round: PlanningRound, today: date) -> Days:
    """First and last day of an absence of `matchmaker/repair@1`.

    Without a first day it begins today; without a last one it ends with the round. Not in order
    where it begins after the round.
    """
    first = date.fromisoformat(event["from"]) if event.get("from") else today
    last = date.fromisoformat(event["to"]) if event.get("to") else planning_round.last_day
    return first, last


def faults_of(
    session: Session, desk: Desk, planning_round: PlanningRound, event: Mapping[str, Any]
) -> dict[str, str]:
    """Why `enter` refuses an absence, by field of the event. Raises NotFound."""
    first, last = days_of(event, planning_round, desk.today)
    if not event.get("to") and last < first:
        return {"to": NO_END}
    profile = profiles.profile_of(contacts.person_by_code(session, event["person"]))
    found = availability.off_faults(desk, profile, first, last)
    return {_FIELDS[name]: FULL if name == "days" else fault for name, fault in found.items()}


def enter(
    session: Session, desk: Desk, planning_round: PlanningRound, event: Mapping[str, Any]
) -> AuditEntry | None:
    """The days become days off of the person; None if their times say so already.

    It can be undone at the person's times, or by `take_back`. Raises NotFound, Invalid.
    """
    if faults := faults_of(session, desk, planning_round, event):
        raise Invalid(faults)
    profile = profiles.profile_of(contacts.person_by_code(session, event["person"]))
    first, last = days_of(event, planning_round, desk.today)
    return availability.take_off(session, desk, profile, first, last, reason=ABSENT)


def enter_alone(
    session: Session, desk: Desk, round_id: int, number: int, event: Mapping[str, Any]
) -> AuditEntry | None:
    """The same without an option, from a version of a round that can still be changed.

    Raises NotFound, NotPossible, Invalid.
    """
    planning_round = locked_round(session, round_id)
    find_proposal(session, round_id, number)
    require_working(session, planning_round)
    return enter(session, desk, planning_round, event)


def entered(session: Session, entry_id: int) -> Absence | None:
    """The absence of an entry of the audit log; None if its person is gone."""
    entry = session.get_one(AuditEntry, entry_id)
    person = session.get(Person, entry.subject_id)
    if person is None or person.profile is None:
        return None
    return _absence(entry, person, person.profile)


def entered_since(session: Session, desk: Desk, proposal: Proposal) -> list[Absence]:
    """Absences that stand and that the version knew nothing of, the last one first.

    Only those that touch the days of its round and are not over yet, in whatever way they have
    been entered in the planning. What was entered twice, and taken off by hand between, is one.
    """
    rows = session.execute(
        select(AuditEntry, Person)
        .join(Person, Person.id == AuditEntry.subject_id)
        .join(Person.profile)
        .where(
            AuditEntry.subject_kind == Person.__tablename__,
            AuditEntry.action == availability.CHANGED,
            AuditEntry.reason == ABSENT,
            unknown_to(proposal),
        )
        .order_by(AuditEntry.id.desc())
        .options(*(contains_eager(Person.profile).selectinload(part) for part in _TIMES))
    )
    found = [
        _absence(entry, person, person.profile) for entry, person in rows.unique() if person.profile
    ]
    first, last = max(proposal.round.first_day, desk.today), proposal.round.last_day
    standing = (row for row in found if row.stands and row.first <= last and first <= row.last)
    latest: dict[tuple[int, date, date], Absence] = {}
    for row in standing:
        latest.setdefault((row.person.id, row.first, row.last), row)
    return [*latest.values()]


def _absence(entry: AuditEntry, person: Person, profile: Profile) -> Absence:
    days = availability.days_entered(entry)
    return Absence(
        entry_id=entry.id,
        person=person,
        first=min(row.first_day for row in days),
        last=max(row.last_day for row in days),
        entered_at=entry.at,
        stands=bool(days & {*availability.read(profile).days}),
    )


def take_back(session: Session, desk: Desk, entry_id: int) -> None:
    """The days off that `enter` has entered are none any more; TimesChanged."""
    entry = session.get_one(AuditEntry, entry_id)
    person = session.get(Person, entry.subject_id)
    if person is None or person.profile is None:
        return
    if not availability.take_back(session, desk, person.profile, entry):
        raise TimesChanged(person)


def is_entered(
    session: Session, desk: Desk, planning_round: PlanningRound, event: Mapping[str, Any]
) -> bool:
    """Whether the person's times say so already. Raises NotFound."""
    person = contacts.person_by_code(session, event["person"])
    known = availability.read(profiles.profile_of(person))
    return availability.is_off(known, *days_of(event, planning_round, desk.today))
