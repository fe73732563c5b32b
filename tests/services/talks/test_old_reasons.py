"""A reason covers the rules it was given for, and no rule that is broken later."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, Person, PlanningRound, RequestDayOff
from matchmaker.models.availability import AvailabilitySpan
from matchmaker.models.requests import Request
from matchmaker.models.states import AvailabilityKind
from matchmaker.services.desk import Desk
from matchmaker.services.errors import NotPossible
from matchmaker.services.planning import decisions, edits
from matchmaker.services.talks import approval
from matchmaker.services.talks.approval_review import Evening
from tests import factories
from tests.services.plans import TUESDAY, evening, stored_plan

DAY = TUESDAY.date()
WEEK_LATER = TUESDAY.replace(day=26)


@dataclass
class Insisted:
    """An evening that somebody has placed by hand on a day which its host had ruled out."""

    round: PlanningRound
    request: Request
    speaker: Person


@pytest.fixture
def insisted(session: Session, desk: Desk) -> Insisted:
    speaker = factories.speaker(session, topics={"ANE-01": 3}, weekly=((1, 16, 22),))
    request = factories.request(session)
    planning_round = factories.planning_round(session)
    session.flush()
    request.days_off.append(RequestDayOff(first_day=DAY, last_day=DAY))
    stored_plan(session, desk, planning_round, evening(request, speaker.code, start=WEEK_LATER))
    edits.place(
        session,
        desk,
        planning_round.id,
        evening(request, speaker.code),
        base=1,
        override="Der Verein macht doch auf.",
    )
    session.commit()
    return Insisted(planning_round, request, speaker)


def take_back(session: Session, person: Person) -> None:
    assert person.profile is not None
    person.profile.spans.append(
        AvailabilitySpan(kind=AvailabilityKind.OFF, first_day=DAY, last_day=DAY)
    )
    session.commit()


def seen(session: Session, desk: Desk, insisted: Insisted) -> Evening:
    (row,) = approval.preview(session, desk, insisted.round.id).review.evenings
    return row


def given(row: Evening) -> dict[str, str]:
    return {one.code: one.reason for one in row.objections}


def test_rule_broken_with_a_reason_asks_for_no_other(
    session: Session, desk: Desk, insisted: Insisted
) -> None:
    row = seen(session, desk, insisted)
    assert given(row) == {"window": "Der Verein macht doch auf."}
    assert (row.reason, row.needs_reason) == ("Der Verein macht doch auf.", False)


def test_rule_broken_later_asks_for_a_reason_of_its_own(
    session: Session, desk: Desk, insisted: Insisted
) -> None:
    take_back(session, insisted.speaker)
    row = seen(session, desk, insisted)
    assert given(row) == {"window": "Der Verein macht doch auf.", "availability": ""}
    assert row.needs_reason
    assert approval.preview(session, desk, insisted.round.id).chosen == ()
    with pytest.raises(NotPossible):
        approval.approve(session, desk, insisted.round.id)
    with pytest.raises(NotPossible):
        approval.approve(session, desk, insisted.round.id, requests=[row.code])
    session.rollback()
    approval.approve(
        session, desk, insisted.round.id, requests=[row.code], reasons={row.code: "Zugesagt."}
    )
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "talk.approved")).one()
    assert (entry.reason, entry.after["broken_rules"]) == ("Zugesagt.", ["availability", "window"])


def test_insisting_once_more_covers_what_is_broken_by_then(
    session: Session, desk: Desk, insisted: Insisted
) -> None:
    take_back(session, insisted.speaker)
    edits.place(
        session,
        desk,
        insisted.round.id,
        evening(insisted.request, insisted.speaker.code),
        base=2,
        override="Beide haben zugesagt.",
    )
    row = seen(session, desk, insisted)
    assert given(row) == dict.fromkeys(("availability", "window"), "Beide haben zugesagt.")


def test_reason_for_keeping_an_evening_covers_no_rule(session: Session, desk: Desk) -> None:
    speaker = factories.speaker(session, topics={"ANE-01": 3}, weekly=((1, 16, 22),))
    request = factories.request(session)
    planning_round = factories.planning_round(session)
    stored_plan(session, desk, planning_round, evening(request, speaker.code))
    decisions.pin(session, desk, planning_round.id, request.code, reason="Der Weg geht so.")
    take_back(session, speaker)
    (row,) = approval.preview(session, desk, planning_round.id).review.evenings
    assert (given(row), row.needs_reason) == ({"availability": ""}, True)


def test_talks_tied_by_a_rule_share_the_reason(session: Session, desk: Desk) -> None:
    host = factories.organisation(session)
    people = [
        factories.speaker(session, topics={"ANE-01": 3}, weekly=((1, 16, 22),)) for _ in range(2)
    ]
    first, second = (factories.request(session, organisation=host) for _ in range(2))
    planning_round = factories.planning_round(session)
    plan = (
        evening(first, people[0].code),
        evening(second, people[1].code, start=WEEK_LATER),
    )
    stored_plan(session, desk, planning_round, *plan)
    decisions.pin(session, desk, planning_round.id, second.code, reason="So verabredet.")
    edits.place(
        session,
        desk,
        planning_round.id,
        evening(first, people[0].code, start=WEEK_LATER),
        base=1,
        override="Zwei Räume an dem Abend.",
    )
    session.commit()
    found = approval.preview(session, desk, planning_round.id)
    assert {row.code: given(row) for row in found.chosen} == {
        row.code: {"host_load": "Zwei Räume an dem Abend."} for row in (first, second)
    }
