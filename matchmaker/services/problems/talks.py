"""Talks that stand already: what is fixed, what takes people's time, what was held before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.models import Assignment, Organisation, Person, Request, Talk
from matchmaker.models.states import (
    OUT_OF_TEAM,
    AssignmentRole,
    Format,
    MeetingMode,
    TalkState,
)
from matchmaker.scheduling.problem import Commitment
from matchmaker.services.times.calendar_days import ONE_DAY

LARGEST_TEAM = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """Talks of the period that are agreed.

    `fixed` ones, with their requests, go into the problem as they are. All others only take time:
    `commitments` by the person's id and `taken_days` by the organisation's.
    """

    fixed: tuple[tuple[Talk, Request], ...]
    commitments: Mapping[int, Sequence[Commitment]]
    taken_days: Mapping[int, frozenset[date]]

    def horizon(self, first: date, last: date) -> tuple[date, date]:
        """The round's days, widened so that every fixed talk counts in its week and month."""
        days = [talk.local_start.date() for talk, _ in self.fixed]
        return min([first, *days]), max([last, *days])


def whole_weeks_and_months(first: date, last: date) -> tuple[date, date]:
    """The days whose talks count against some limit of the days from `first` to `last`."""
    monday = first - ONE_DAY * first.weekday()
    sunday = last + ONE_DAY * (6 - last.weekday())
    next_month = (last.replace(day=1) + 31 * ONE_DAY).replace(day=1)
    return min(monday, first.replace(day=1)), max(sunday, next_month - ONE_DAY)


def standing_talks(session: Session, first: date, last: date) -> Standing:
    """What is agreed in every week and month that the round touches."""
    begin, end = whole_weeks_and_months(first, last)
    rows = session.scalars(
        select(Talk)
        .where(
            Talk.state != TalkState.CANCELLED,
            Talk.starts_local >= begin.isoformat(),
            Talk.starts_local < (end + ONE_DAY).isoformat(),
        )
        .order_by(Talk.starts_local, Talk.id)
        .options(
            selectinload(Talk.assignments).joinedload(Assignment.person).joinedload(Person.profile),
            joinedload(Talk.organisation).selectinload(Organisation.blocked_periods),
            joinedload(Talk.request).selectinload(Request.topics),
            joinedload(Talk.request).selectinload(Request.languages),
        )
    )
    fixed: list[tuple[Talk, Request]] = []
    commitments: defaultdict[int, list[Commitment]] = defaultdict(list)
    taken: defaultdict[int, set[date]] = defaultdict(set)
    for talk in rows:
        if talk.request is not None and _can_be_fixed(talk, talk.request):
            fixed.append((talk, talk.request))
            continue
        taken[talk.organisation_id].add(talk.local_start.date())
        for assignment in talk.team():
            commitments[assignment.person_id].append(_commitment(talk))
    return Standing(
        tuple(fixed), commitments, {key: frozenset(days) for key, days in taken.items()}
    )


def past_talks(session: Session, months: int, until: date) -> tuple[dict[int, int], dict[int, int]]:
    """How many talks people and organisations (by id) had in the `months` before `until`."""
    since = _months_before(until, months).isoformat()
    counted = (
        Talk.format == Format.TALK,
        Talk.state != TalkState.CANCELLED,
        Talk.starts_local >= since,
        Talk.starts_local < until.isoformat(),
    )
    people = session.execute(
        select(Assignment.person_id, func.count())
        .join(Talk)
        .where(*counted, Assignment.state.not_in(OUT_OF_TEAM))
        .group_by(Assignment.person_id)
    )
    hosts = session.execute(
        select(Talk.organisation_id, func.count()).where(*counted).group_by(Talk.organisation_id)
    )
    return {row[0]: row[1] for row in people}, {row[0]: row[1] for row in hosts}


def _can_be_fixed(talk: Talk, request: Request) -> bool:
    """Whether the problem format can say it: a talk about something, with a complete team."""
    speakers = talk.team(AssignmentRole.SPEAKER)
    interpreters = talk.team(AssignmentRole.INTERPRETER)
    return (
        talk.format is Format.TALK
        and bool(request.topics)
        and 1 <= len(speakers) <= LARGEST_TEAM
        and len(interpreters) <= LARGEST_TEAM
        and all(row.person.profile is not None for row in (*speakers, *interpreters))
    )


def _commitment(talk: Talk) -> Commitment:
    online = talk.mode is MeetingMode.ONLINE
    district = None if online else talk.district_nr or talk.organisation.district_nr
    return Commitment(talk.local_start, talk.local_end, district)


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first = date(year, month + 1, 1)
    next_month = (first + 31 * ONE_DAY).replace(day=1)
    return min(first + ONE_DAY * (day.day - 1), next_month - ONE_DAY)
