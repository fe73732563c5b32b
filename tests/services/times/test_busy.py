"""Times from other calendars: what is known as a talk already does not count twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from matchmaker.models import BusyInterval, Person
from matchmaker.models.states import AssignmentState, BusyKind, BusySource
from matchmaker.services.times.busy import busy_times
from tests import factories

START = datetime(2027, 1, 12, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)


def times(session: Session, person: Person) -> list[tuple[int, int]]:
    found = busy_times(session, START - 24 * HOUR, START + 24 * HOUR).get(person.id, ())
    return [(row.starts_at.hour, row.ends_at.hour) for row in found]


@pytest.fixture
def person(session: Session) -> Person:
    return factories.speaker(session)


def busy(session: Session, person: Person, first: int, last: int, source: BusySource) -> None:
    session.add(
        BusyInterval(
            person_id=person.id,
            starts_at=START.replace(hour=first),
            ends_at=START.replace(hour=last),
            kind=BusyKind.BUSY,
            source=source,
        )
    )
    session.flush()


@pytest.mark.parametrize(
    ("first", "last", "left"),
    [
        (17, 19, []),
        (16, 20, [(16, 17), (19, 20)]),
        (18, 20, [(19, 20)]),
        (19, 20, [(19, 20)]),
        (14, 15, [(14, 15)]),
    ],
)
def test_the_hours_of_own_talks_are_left_out(
    session: Session, person: Person, first: int, last: int, left: list[tuple[int, int]]
) -> None:
    factories.assignment(session, person, START)
    busy(session, person, first, last, BusySource.SUBSCRIPTION)
    assert times(session, person) == left


def test_what_was_entered_by_hand_counts_as_it_is(session: Session, person: Person) -> None:
    factories.assignment(session, person, START)
    busy(session, person, 16, 20, BusySource.MANUAL)
    assert times(session, person) == [(16, 20)]


def test_talks_of_others_and_talks_that_were_declined_leave_it_alone(
    session: Session, person: Person
) -> None:
    factories.assignment(session, factories.speaker(session), START)
    factories.assignment(session, person, START, state=AssignmentState.DECLINED)
    busy(session, person, 16, 20, BusySource.UPLOAD)
    assert times(session, person) == [(16, 20)]
