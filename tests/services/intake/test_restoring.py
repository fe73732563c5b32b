"""A request that was taken back by mistake: who was told of it hears that it counts again."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matchmaker.models import OutboxMessage
from matchmaker.models.states import OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.intake import submit
from tests.support.needs import submitted


def _mails(session: Session) -> list[tuple[str, OutboxState]]:
    rows = session.execute(
        select(OutboxMessage.kind, OutboxMessage.state)
        .where(OutboxMessage.kind != "request_received")
        .order_by(OutboxMessage.id)
    )
    return [(kind, state) for kind, state in rows]


def test_withdrawal_undone_before_its_mail_left_is_not_mailed_at_all(
    session: Session, desk: Desk
) -> None:
    request = submitted(session, desk)
    submit.withdraw(session, desk, request)
    session.flush()
    submit.restore(session, desk, request)
    assert _mails(session) == [("request_withdrawn", OutboxState.DROPPED)]


def test_whoever_read_of_the_withdrawal_reads_that_the_request_counts_again(
    session: Session, desk: Desk
) -> None:
    request = submitted(session, desk)
    for _again in range(2):
        submit.withdraw(session, desk, request)
        session.flush()
        session.execute(update(OutboxMessage).values(state=OutboxState.SENT))
        submit.restore(session, desk, request)
        session.flush()
    assert _mails(session) == [
        ("request_withdrawn", OutboxState.SENT),
        ("request_restored", OutboxState.SENT),
        ("request_withdrawn", OutboxState.SENT),
        ("request_restored", OutboxState.QUEUED),
    ]


def test_letter_names_the_question_that_was_chosen(session: Session, desk: Desk) -> None:
    request = submitted(session, desk)
    submit.withdraw(session, desk, request)
    session.flush()
    subject = session.scalars(
        select(OutboxMessage.subject).where(OutboxMessage.kind == "request_withdrawn")
    ).one()
    chosen = min(request.topics, key=lambda row: row.rank).topic.question_in("de")
    assert chosen
    assert subject == f"Ihre Anfrage ist zurückgenommen: {chosen}"


def test_second_thoughts_before_any_mail_left_end_with_the_last_word(
    session: Session, desk: Desk
) -> None:
    request = submitted(session, desk)
    submit.withdraw(session, desk, request)
    session.flush()
    session.execute(update(OutboxMessage).values(state=OutboxState.SENT))
    for _again in range(2):
        submit.restore(session, desk, request)
        session.flush()
        submit.withdraw(session, desk, request)
        session.flush()
    submit.restore(session, desk, request)
    assert _mails(session)[-1] == ("request_restored", OutboxState.QUEUED)
