"""An evening that was fixed by hand binds its request only until it has become a talk."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, PlanningRound, RoundDecision
from matchmaker.models.states import DecisionKind
from matchmaker.services.desk import Desk
from matchmaker.services.planning import decisions
from matchmaker.services.problems import round_problem
from matchmaker.services.problems.plan_rows import assignment_to_json, standing_decisions
from matchmaker.services.talks import approval, talk_changes
from tests.services.talks.quarter import Quarter


@pytest.fixture
def pinned(session: Session, desk: Desk, quarter: Quarter) -> Quarter:
    """The quarter with its first two evenings fixed, and somebody ruled out for the first."""
    first, second, _third = quarter.codes
    for code in (first, second):
        decisions.pin(session, desk, quarter.round_id, code)
    decisions.ban_person(session, desk, quarter.round_id, first, quarter.speakers[2])
    return quarter


def standing(session: Session, quarter: Quarter) -> list[tuple[str, DecisionKind]]:
    session.flush()
    rows = standing_decisions(session, quarter.round_id)
    return [(row.request.code, row.kind) for row in rows]


def test_approving_uses_up_the_pins_of_what_is_approved(
    session: Session, desk: Desk, pinned: Quarter
) -> None:
    first, second, _third = pinned.codes
    approval.approve(session, desk, pinned.round_id, requests=[first])
    assert standing(session, pinned) == [
        (second, DecisionKind.PIN),
        (first, DecisionKind.BAN_PERSON),
    ]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "decision.undone")).one()
    assert entry.before == {"kind": "pin", "request": first}


def test_a_talk_called_off_leaves_no_pin_to_the_next_plan(
    session: Session, desk: Desk, pinned: Quarter
) -> None:
    """Also one from before pins were used up by the approval."""
    (talk,) = approval.approve(session, desk, pinned.round_id, requests=[pinned.codes[0]]).talks
    row = RoundDecision(
        round_id=pinned.round_id,
        request=talk.request,
        kind=DecisionKind.PIN,
        assignment=assignment_to_json(pinned.plan[0]),
        decided_at=desk.now,
    )
    session.add(row)
    session.flush()
    talk_changes.call_off(session, desk, talk.code, reason="Der Raum ist gesperrt.")
    session.flush()
    made = round_problem(session, desk, session.get_one(PlanningRound, pinned.round_id))
    assert [fixed.request for fixed in made.problem.fixed] == [pinned.codes[1]]
    assert row.undone_at == desk.now
