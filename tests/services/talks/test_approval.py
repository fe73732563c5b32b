"""From a plan to talks, assignments and invitations – all of it or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import (
    Assignment,
    AuditEntry,
    Feed,
    Invitation,
    OutboxMessage,
    PlanningRound,
    Request,
    Talk,
)
from matchmaker.models.availability import AvailabilitySpan
from matchmaker.models.states import (
    AssignmentState,
    AvailabilityKind,
    InvitationRole,
    RequestState,
    RoundState,
)
from matchmaker.services.desk import Actor, Desk
from matchmaker.services.errors import Conflict, NotFound, NotPossible
from matchmaker.services.house import audit
from matchmaker.services.talks import approval
from matchmaker.services.talks.approval import AlreadyApproved
from tests import factories
from tests.services.plans import TUESDAY, stored_plan
from tests.services.talks.quarter import Quarter, count, states_of


def test_preview_counts_the_mails_and_changes_nothing(
    session: Session, desk: Desk, quarter: Quarter
) -> None:
    found = approval.preview(session, desk, quarter.round_id)
    assert [row.code for row in found.chosen] == list(quarter.codes)
    assert (found.mails.total, found.mails.people) == (7, 7)
    assert found.mails.by_role == {
        InvitationRole.SPEAKER: 3,
        InvitationRole.INTERPRETER: 1,
        InvitationRole.HOST: 3,
    }
    assert found.mails.unreachable == ()
    assert not session.new
    assert not session.dirty
    assert count(session, Talk) == 0


def test_approval_writes_everything_at_once(session: Session, desk: Desk, quarter: Quarter) -> None:
    done = approval.approve(session, desk.by(Actor(None, "K1")), quarter.round_id)
    session.commit()
    assert [talk.code for talk in done.talks] == ["T001", "T002", "T003"]
    assert done.mails == 7
    assert count(session, Assignment) == 4
    assert count(session, Invitation) == 7
    assert count(session, OutboxMessage) == 7
    assert count(session, Feed) == 7
    assert set(states_of(session).values()) == {"scheduled"}
    assert session.get_one(PlanningRound, quarter.round_id).state is RoundState.APPROVED
    first = done.talks[0]
    assert (first.starts_local, first.ends_local, first.starts_at.isoformat()) == (
        "2027-01-19T18:00",
        "2027-01-19T20:00",
        "2027-01-19T17:00:00+00:00",
    )
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "talk.approved")).first()
    assert entry is not None
    assert (entry.actor, entry.after["request"]) == ("K1", quarter.codes[0])
    assert list(audit.broken_links(session)) == []


def test_approving_some_leaves_the_others(session: Session, desk: Desk, quarter: Quarter) -> None:
    done = approval.approve(session, desk, quarter.round_id, requests=[quarter.codes[1]])
    session.commit()
    assert [talk.request.code for talk in done.talks if talk.request] == [quarter.codes[1]]
    assert states_of(session) == {
        quarter.codes[0]: "proposed",
        quarter.codes[1]: "scheduled",
        quarter.codes[2]: "proposed",
    }
    assert session.get_one(PlanningRound, quarter.round_id).state is RoundState.IN_REVIEW
    rest = approval.approve(session, desk, quarter.round_id)
    assert len(rest.talks) == 2
    assert session.get_one(PlanningRound, quarter.round_id).state is RoundState.APPROVED


def test_second_press_of_the_button_does_nothing(
    session: Session, desk: Desk, quarter: Quarter
) -> None:
    approval.approve(session, desk, quarter.round_id, requests=[quarter.codes[0]])
    session.commit()
    with pytest.raises(AlreadyApproved):
        approval.approve(session, desk, quarter.round_id, requests=[quarter.codes[0]])
    session.rollback()
    assert count(session, Talk) == 1
    approval.approve(session, desk, quarter.round_id)
    session.commit()
    with pytest.raises(NotPossible):
        approval.approve(session, desk, quarter.round_id)


def test_newer_plan_and_stale_tab_are_refused(
    session: Session, desk: Desk, quarter: Quarter
) -> None:
    planning_round = session.get_one(PlanningRound, quarter.round_id)
    old = planning_round.current_proposal_id
    stored_plan(session, desk, planning_round, *quarter.plan[:2])
    session.commit()
    with pytest.raises(Conflict):
        approval.approve(session, desk, quarter.round_id, proposal_id=old)
    with pytest.raises(Conflict):
        approval.approve(session, desk, quarter.round_id, round_version=planning_round.version - 1)
    assert count(session, Talk) == 0


def test_unknown_rounds_plans_and_requests_are_refused(session: Session, desk: Desk) -> None:
    with pytest.raises(NotFound):
        approval.approve(session, desk, 4711)
    empty = factories.planning_round(session)
    with pytest.raises(NotPossible):
        approval.preview(session, desk, empty.id)


def test_request_outside_the_plan_is_refused(
    session: Session, desk: Desk, quarter: Quarter
) -> None:
    with pytest.raises(NotPossible):
        approval.approve(session, desk, quarter.round_id, requests=["A999"])


def test_withdrawn_request_is_passed_over_and_named(
    session: Session, desk: Desk, quarter: Quarter
) -> None:
    request = session.scalars(select(Request).where(Request.code == quarter.codes[0])).one()
    request.state = RequestState.WITHDRAWN
    session.commit()
    found = approval.preview(session, desk, quarter.round_id)
    assert [row.code for row in found.others] == [quarter.codes[0]]
    assert [row.code for row in found.others[0].objections] == ["request"]
    with pytest.raises(Conflict):
        approval.approve(session, desk, quarter.round_id, requests=[quarter.codes[0]])
    session.rollback()
    done = approval.approve(session, desk, quarter.round_id)
    assert (len(done.talks), list(done.left)) == (2, [quarter.codes[0]])
    assert session.get_one(PlanningRound, quarter.round_id).state is RoundState.APPROVED


def _no_time(session: Session, code: str) -> None:
    """The speaker has taken the evening out of their calendar since the plan was made."""
    person = session.scalars(select(factories.Person).where(factories.Person.code == code)).one()
    assert person.profile is not None
    person.profile.spans.append(
        AvailabilitySpan(
            kind=AvailabilityKind.OFF, first_day=TUESDAY.date(), last_day=TUESDAY.date()
        )
    )
    session.commit()


def test_the_judge_looks_once_more_with_todays_facts(
    session: Session, desk: Desk, quarter: Quarter
) -> None:
    _no_time(session, quarter.speakers[0])
    found = approval.preview(session, desk, quarter.round_id)
    (objected,) = found.others
    assert (objected.code, objected.needs_reason, objected.possible) == (
        quarter.codes[0],
        True,
        True,
    )
    assert [row.code for row in objected.objections] == ["availability"]
    with pytest.raises(NotPossible):
        approval.approve(session, desk, quarter.round_id, requests=list(quarter.codes))
    session.rollback()
    assert count(session, Talk) == 0


def test_rule_is_broken_only_with_a_reason_that_is_recorded(
    session: Session, desk: Desk, quarter: Quarter
) -> None:
    _no_time(session, quarter.speakers[0])
    code = quarter.codes[0]
    approval.approve(
        session, desk, quarter.round_id, requests=[code], reasons={code: "Am Telefon zugesagt."}
    )
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "talk.approved")).one()
    assert (entry.reason, entry.after["broken_rules"]) == (
        "Am Telefon zugesagt.",
        ["availability"],
    )


def test_evening_in_the_past_is_not_approved(
    session: Session, desk: Desk, quarter: Quarter
) -> None:
    later = replace(desk, now=desk.now + timedelta(days=60))
    found = approval.preview(session, later, quarter.round_id)
    assert {row.code: row.objections[0].code for row in found.others} == dict.fromkeys(
        quarter.codes, "past"
    )
    with pytest.raises(NotPossible):
        approval.approve(session, later, quarter.round_id)


def test_person_who_is_elsewhere_meanwhile_is_named(
    session: Session, desk: Desk, quarter: Quarter
) -> None:
    """Only the database can know of what another transaction has just written."""
    start = approval.preview(session, desk, quarter.round_id).chosen[0]
    person = start.people(InvitationRole.SPEAKER)[0]
    found = approval.preview(session, desk, quarter.round_id)
    talk = factories.talk(session, factories.CREATED)
    taken = Assignment(
        talk_id=talk.id,
        person_id=person.id,
        role="speaker",
        state=AssignmentState.APPROVED,
        starts_at=desk.now + timedelta(days=22, hours=9),
        ends_at=desk.now + timedelta(days=22, hours=11),
    )
    session.add(taken)
    session.flush()
    with pytest.raises(Conflict) as refused:
        approval._write(session, desk, found.review, list(found.chosen))
    assert person.name in str(refused.value)
