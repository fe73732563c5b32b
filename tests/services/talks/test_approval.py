"""From a plan to talks, assignments and invitations – all of it or nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.mail.outcome import PermanentFailure
from matchmaker.models import (
    Assignment,
    AuditEntry,
    Feed,
    Invitation,
    Language,
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
    OutboxState,
    RequestState,
    RoundState,
    TalkState,
)
from matchmaker.scheduling.problem import Assignment as Planned
from matchmaker.services.desk import Actor, Desk
from matchmaker.services.errors import Conflict, NotFound, NotPossible
from matchmaker.services.house import audit
from matchmaker.services.sending import outbox, sent_mail
from matchmaker.services.talks import approval
from matchmaker.services.talks.approval import AlreadyApproved
from tests import factories
from tests.services.letters import Scripted
from tests.services.plans import TUESDAY, evening, stored_plan
from tests.support.statements import count_statements

EVENINGS = ((0, 18, 20), (1, 18, 20), (2, 18, 20), (3, 18, 20))


@dataclass
class Quarter:
    """Two requests with a speaker each, and one in Arabic with speaker and interpreter."""

    round_id: int
    codes: tuple[str, str, str]
    speakers: tuple[str, str, str]
    interpreter: str
    plan: tuple[Planned, ...]


@pytest.fixture
def quarter(factory: sessionmaker[Session], desk: Desk) -> Quarter:
    with factory.begin() as session:
        for tag in ("de", "ar"):
            factories.language(session, tag)
        people = [
            factories.speaker(session, topics={"ANE-01": 2}, weekly=EVENINGS) for _ in range(3)
        ]
        interpreter = factories.interpreter(session, weekly=EVENINGS)
        requests = [
            factories.request(session, weekly=EVENINGS, languages=(tag,))
            for tag in ("de", "de", "ar")
        ]
        planning_round = factories.planning_round(session)
        plan = (
            evening(requests[0], people[0].code),
            evening(requests[1], people[1].code, start=TUESDAY + timedelta(days=1)),
            evening(
                requests[2],
                people[2].code,
                start=TUESDAY + timedelta(days=2),
                interpreters=[interpreter.code],
                language="ar",
            ),
        )
        stored_plan(session, desk, planning_round, *plan)
        return Quarter(
            planning_round.id,
            tuple(request.code for request in requests),  # type: ignore[arg-type]  # three
            tuple(person.code for person in people),  # type: ignore[arg-type]  # three
            interpreter.code,
            plan,
        )


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def states_of(session: Session) -> dict[str, str]:
    return {
        code: state.value for code, state in session.execute(select(Request.code, Request.state))
    }


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


def _together(number: int, act: Callable[[], object]) -> list[object]:
    """What `number` threads got that started at the same moment: a result or what was raised."""
    barrier, results = threading.Barrier(number), []

    def run() -> None:
        barrier.wait()
        try:
            results.append(act())
        except Exception as error:
            results.append(error)

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_many_approvals_of_one_talk_exactly_one_wins(
    factory: sessionmaker[Session], desk: Desk, quarter: Quarter
) -> None:
    def approve() -> int:
        with factory.begin() as session:
            done = approval.approve(session, desk, quarter.round_id, requests=[quarter.codes[0]])
            return len(done.talks)

    results = _together(6, approve)
    assert [result for result in results if isinstance(result, int)] == [1]
    assert {type(result) for result in results if not isinstance(result, int)} == {AlreadyApproved}
    with factory() as session:
        assert (count(session, Talk), count(session, OutboxMessage)) == (1, 2)


def test_of_overlapping_approvals_in_two_rounds_one_wins_and_one_is_told(
    factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        factories.language(session)
        people = [
            factories.speaker(session, topics={"ANE-01": 2}, weekly=EVENINGS) for _ in range(2)
        ]
        rounds = []
        for order in (people, people[::-1]):
            requests = [factories.request(session, weekly=EVENINGS) for _ in range(2)]
            planning_round = factories.planning_round(session)
            stored_plan(
                session,
                desk,
                planning_round,
                *(evening(row, who.code) for row, who in zip(requests, order, strict=True)),
            )
            rounds.append((planning_round.id, [row.code for row in requests]))
    turns = iter(rounds)

    def approve() -> int:
        round_id, codes = next(turns)
        with factory.begin() as session:
            return len(approval.approve(session, desk, round_id, requests=codes).talks)

    results = _together(2, approve)
    assert [result for result in results if isinstance(result, int)] == [2]
    (told,) = [result for result in results if not isinstance(result, int)]
    assert isinstance(told, Conflict | NotPossible)


def test_round_is_sent_when_its_last_mail_is_out(
    session: Session, desk: Desk, quarter: Quarter
) -> None:
    approval.approve(session, desk, quarter.round_id)
    mails = list(session.scalars(select(OutboxMessage)))
    for row in mails[1:]:
        row.state = OutboxState.SENT
    mails[0].state = OutboxState.DEAD
    session.flush()
    assert sent_mail.mark_sent_rounds(session, desk) == []
    mails[0].state = OutboxState.DROPPED
    session.flush()
    assert sent_mail.mark_sent_rounds(session, desk) == [quarter.round_id]
    assert session.get_one(PlanningRound, quarter.round_id).state is RoundState.SENT
    assert sent_mail.mark_sent_rounds(session, desk) == []


def test_delivery_of_the_last_mail_makes_the_round_sent(
    factory: sessionmaker[Session],
    session: Session,
    settings: Settings,
    desk: Desk,
    quarter: Quarter,
) -> None:
    approval.approve(session, desk, quarter.round_id)
    session.commit()
    refused = PermanentFailure("550 no such mailbox")
    outbox.deliver_due(
        factory, settings, lambda: desk.now, owner="test", transport=Scripted(refused), lanes=1
    )
    assert _round_state(factory, quarter) is RoundState.APPROVED
    with factory.begin() as other:
        (dead,) = other.scalars(
            select(OutboxMessage).where(OutboxMessage.state == OutboxState.DEAD)
        )
        outbox.resend(other, desk, dead.id)
    outbox.deliver_due(
        factory, settings, lambda: desk.now, owner="test", transport=Scripted(), lanes=1
    )
    assert _round_state(factory, quarter) is RoundState.SENT


def _round_state(factory: sessionmaker[Session], quarter: Quarter) -> RoundState:
    with factory() as session:
        return session.get_one(PlanningRound, quarter.round_id).state


def test_called_off_talk_can_be_planned_and_approved_again(
    session: Session, desk: Desk, quarter: Quarter
) -> None:
    done = approval.approve(session, desk, quarter.round_id)
    talk, code = done.talks[0], quarter.codes[0]
    talk.state = TalkState.CANCELLED
    for row in talk.assignments:
        row.state = AssignmentState.CANCELLED
    assert talk.request is not None
    talk.request.state = RequestState.READY
    planning_round = session.get_one(PlanningRound, quarter.round_id)
    session.flush()
    stored_plan(session, desk, planning_round, *quarter.plan)
    again = approval.approve(session, desk, quarter.round_id, requests=[code])
    assert [row.code for row in again.talks] == ["T004"]


def test_languages_survive_the_way_into_the_plan(
    session: Session, desk: Desk, quarter: Quarter
) -> None:
    done = approval.approve(session, desk, quarter.round_id, requests=[quarter.codes[2]])
    (talk,) = done.talks
    assert session.get_one(Language, talk.language_tag).tag == "ar"
    assert [row.role.value for row in talk.assignments] == ["speaker", "interpreter"]


def test_approving_many_talks_takes_few_statements_more_than_approving_one(
    session: Session, desk: Desk, quarter: Quarter
) -> None:
    with count_statements(session) as one:
        approval.approve(session, desk, quarter.round_id, requests=[quarter.codes[0]])
    session.commit()
    with count_statements(session) as rest:
        approval.approve(session, desk, quarter.round_id)
    writing = [
        [statement for statement in seen if statement.startswith(("INSERT", "UPDATE"))]
        for seen in (one, rest)
    ]
    for table in ("talk", "invitation", "outbox", "access_token", "audit "):
        inserts = [sum(f"INTO {table}" in row for row in seen) for seen in writing]
        assert inserts[0] == inserts[1], table
    assert list(audit.broken_links(session)) == []
