"""What a plan says about itself once it, or a part of it, has become talks."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from matchmaker.models import PlanningRound
from matchmaker.models.states import AssignmentState
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit
from matchmaker.services.planning.plan_view import Plan, load_plan
from matchmaker.services.planning.round_changes import Changed, changed_since
from matchmaker.services.talks import approval, talk_changes
from tests.services.plans import TUESDAY
from tests.services.talks.quarter import Quarter


def plan_of(session: Session, quarter: Quarter) -> Plan:
    session.flush()
    row = session.get_one(PlanningRound, quarter.round_id)
    assert row.current_proposal is not None
    return load_plan(session, row, row.current_proposal)


def agreed(plan: Plan) -> list[str]:
    return [row.code for row in plan.placed if row.agreed]


def test_what_has_been_approved_is_marked_and_no_alarm(
    session: Session, desk: Desk, quarter: Quarter
) -> None:
    approval.approve(session, desk, quarter.round_id, requests=quarter.codes[:2])
    plan = plan_of(session, quarter)
    assert (agreed(plan), plan.to_approve) == (list(quarter.codes[:2]), 1)
    assert changed_since(session, plan) == Changed(0, 0)


def test_a_talk_called_off_is_not_approved_any_more(
    session: Session, desk: Desk, quarter: Quarter
) -> None:
    talks = approval.approve(session, desk, quarter.round_id).talks
    talk_changes.call_off(session, desk, talks[0].code, reason="Der Raum ist gesperrt.")
    plan = plan_of(session, quarter)
    assert agreed(plan) == list(quarter.codes[1:])
    assert changed_since(session, plan) == Changed(1, 0)


def test_a_talk_counts_with_its_request_and_an_answer_with_its_person(
    session: Session, desk: Desk, quarter: Quarter
) -> None:
    talk = approval.approve(session, desk, quarter.round_id).talks[0]
    talk_changes.move(session, desk, talk.code, start=TUESDAY + timedelta(days=7), minutes=120)
    assert talk.request is not None
    audit.record(session, desk, "request.changed", talk.request)
    assignment = talk.assignments[0]
    assignment.state = AssignmentState.DECLINED
    audit.record(session, desk, "assignment.no_show", assignment)
    audit.record(session, desk, "profile.changed", assignment.person)
    assert changed_since(session, plan_of(session, quarter)) == Changed(1, 1)
