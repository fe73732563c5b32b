"""Approvals at the same moment, and what follows an approval."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.mail.outcome import PermanentFailure
from matchmaker.models import (
    Language,
    OutboxMessage,
    PlanningRound,
    Talk,
)
from matchmaker.models.states import (
    AssignmentState,
    OutboxState,
    RequestState,
    RoundState,
    TalkState,
)
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, NotPossible
from matchmaker.services.house import audit
from matchmaker.services.sending import outbox, sent_mail
from matchmaker.services.talks import approval
from matchmaker.services.talks.approval import AlreadyApproved
from tests import factories
from tests.services.letters import Scripted
from tests.services.plans import evening, stored_plan
from tests.services.talks.quarter import EVENINGS, Quarter, count
from tests.support.statements import count_statements


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
