"""What has changed since a plan's question was put together."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Person, PlanningRound, Request
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit
from matchmaker.services.planning import edits
from matchmaker.services.planning.plan_view import load_plan
from matchmaker.services.planning.round_changes import Changed, changed_since
from tests import factories
from tests.services.plans import TUESDAY, evening, stored_plan


@pytest.fixture
def planning_round(session: Session, desk: Desk) -> PlanningRound:
    speaker = factories.speaker(session, topics={"ANE-01": 3}, weekly=((1, 16, 22),), code="R01")
    request = factories.request(session, code="A001")
    row = factories.planning_round(session)
    audit.record(session, desk, "request.submitted", request)
    audit.record(session, desk, "profile.changed", speaker)
    stored_plan(session, desk, row, evening(request, speaker.code))
    return row


def changed(session: Session, planning_round: PlanningRound) -> Changed:
    current = planning_round.current_proposal
    assert current is not None
    return changed_since(session, load_plan(session, planning_round, current))


def test_what_was_known_to_the_plan_is_no_change(
    session: Session, planning_round: PlanningRound
) -> None:
    assert changed(session, planning_round) == Changed(0, 0)


def test_each_thing_counts_once_however_often_it_has_changed(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    """Whatever the clock said: of two transactions the later one may bear the earlier time."""
    person = session.scalars(select(Person).where(Person.code == "R01")).one()
    earlier = replace(desk, now=desk.now - timedelta(minutes=1))
    for each in (earlier, desk):
        audit.record(session, each, "profile.changed", person)
    audit.record(session, desk, "request.corrected", session.scalars(select(Request)).one())
    assert changed(session, planning_round) == Changed(1, 1)


def test_signing_in_is_no_change(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    person = session.scalars(select(Person).where(Person.code == "R01")).one()
    audit.record(session, desk, "login.used", person)
    assert changed(session, planning_round) == Changed(0, 0)


def test_a_change_by_hand_reads_everything_anew(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    request = session.scalars(select(Request)).one()
    audit.record(session, desk, "request.corrected", request)
    week_later = evening(request, "R01", start=TUESDAY.replace(day=26))
    edits.place(session, desk, planning_round.id, week_later, base=1)
    session.flush()
    assert changed(session, planning_round) == Changed(0, 0)
