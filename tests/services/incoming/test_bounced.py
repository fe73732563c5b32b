"""Mails that come back: which count by themselves, and which are for a person."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import OutboxMessage
from matchmaker.models.states import IncomingKind, IncomingState, InvitationState
from matchmaker.services.desk import Desk
from matchmaker.services.incoming import review
from matchmaker.services.incoming.deciding import Reason
from matchmaker.services.incoming.review import Decision
from tests.incoming.bounces import EXCHANGE, EXIM, FAILED, LATE, POSTFIX, bounce
from tests.services.incoming.arriving import arrive, mail
from tests.support.invited import Evening


@pytest.fixture
def evening(session: Session, desk: Desk) -> Evening:
    return Evening(session, desk)


def sent_mail(session: Session, evening: Evening, desk: Desk) -> OutboxMessage:
    message = session.scalars(
        select(OutboxMessage).where(OutboxMessage.invitation_id == evening.invitation.id)
    ).one()
    message.sent_at = desk.now
    return message


@pytest.mark.parametrize("server", FAILED)
def test_returned_invitation_is_undeliverable(
    session: Session, desk: Desk, evening: Evening, server: str
) -> None:
    message = sent_mail(session, evening, desk)
    row = arrive(session, desk, bounce(FAILED[server], message.message_id, message.recipient))
    assert (row.kind, row.state) == (IncomingKind.BOUNCE, IncomingState.APPLIED)
    assert row.outbox is message
    assert evening.invitation.undeliverable_at is not None
    assert evening.invitation.undeliverable_reason == message.bounce_reason != ""
    assert evening.invitation.state is InvitationState.OPEN


@pytest.mark.parametrize("server", LATE)
def test_late_invitation_is_only_listed(
    session: Session, desk: Desk, evening: Evening, server: str
) -> None:
    message = sent_mail(session, evening, desk)
    row = arrive(session, desk, bounce(LATE[server], message.message_id, message.recipient))
    assert (row.kind, row.state) == (IncomingKind.DELAYED, IncomingState.LISTED)
    assert evening.invitation.undeliverable_at is None


def test_report_about_an_unknown_mail_is_for_a_person(session: Session, desk: Desk) -> None:
    row = arrive(session, desk, bounce(POSTFIX, "<nobody@knows.example>"))
    assert (row.state, row.reason) == (IncomingState.REVIEW, Reason.BOUNCE_UNKNOWN)


def test_forged_report_marks_nothing(session: Session, desk: Desk, evening: Evening) -> None:
    message = sent_mail(session, evening, desk)
    forged = b"Authentication-Results: mx; dmarc=fail\r\n" + bounce(
        POSTFIX, message.message_id, message.recipient
    )
    row = arrive(session, desk, forged)
    assert (row.state, row.reason) == (IncomingState.REVIEW, Reason.FORGED)
    assert evening.invitation.undeliverable_at is None


REDIRECTED = POSTFIX.replace("rfc822; {to}", "rfc822; new@elsewhere.example").replace(
    "rfc822;{to}", "rfc822;new@elsewhere.example"
)
BY_A_PERSON = POSTFIX.replace("Return-Path: <>", "Return-Path: <eve@evil.example>").replace(
    "From: MAILER-DAEMON@mx.beratung.example", "From: eve@evil.example"
)
WITHOUT_THE_MAIL = POSTFIX.replace("\nMessage-ID: {id}", "").replace(
    "Auto-Submitted", "In-Reply-To: {id}\nReferences: {id}\nAuto-Submitted"
)
DOUBTFUL_REPORTS = {
    "forwarded to another address": REDIRECTED,
    "written by a person": BY_A_PERSON,
    "names the mail only in its own head": WITHOUT_THE_MAIL,
    "in words, about another address": EXIM.replace("{to}", "new@elsewhere.example"),
}


@pytest.mark.parametrize("case", DOUBTFUL_REPORTS)
def test_report_without_proof_is_for_a_person(
    session: Session, desk: Desk, evening: Evening, case: str
) -> None:
    message = sent_mail(session, evening, desk)
    raw = bounce(DOUBTFUL_REPORTS[case], message.message_id, message.recipient)
    row = arrive(session, desk, raw)
    assert (row.state, row.reason) == (IncomingState.REVIEW, Reason.BOUNCE_DOUBTFUL)
    assert (row.kind, row.outbox) == (IncomingKind.BOUNCE, message)
    assert evening.invitation.undeliverable_at is None
    assert message.bounced_at is None


def test_person_may_believe_a_report_without_proof(
    session: Session, desk: Desk, evening: Evening
) -> None:
    message = sent_mail(session, evening, desk)
    row = arrive(session, desk, bounce(REDIRECTED, message.message_id, message.recipient))
    assert review.choices(row, desk.now) == [Decision.CAME_BACK, Decision.DONE]
    review.decide(session, desk, row.id, Decision.CAME_BACK)
    assert evening.invitation.undeliverable_at == message.bounced_at == desk.now
    assert evening.invitation.undeliverable_reason == row.facts["diagnosis"]
    again = arrive(session, desk, bounce(BY_A_PERSON, message.message_id, message.recipient))
    assert review.choices(again, desk.now) == [Decision.DONE]


def test_mail_in_a_report_outweighs_the_ids_in_its_head(
    session: Session, desk: Desk, evening: Evening
) -> None:
    message = sent_mail(session, evening, desk)
    text = WITHOUT_THE_MAIL.replace("Subject: Einladung", "Message-ID: <other@x.example>")
    row = arrive(session, desk, bounce(text, message.message_id, message.recipient))
    assert (row.state, row.reason) == (IncomingState.REVIEW, Reason.BOUNCE_UNKNOWN)
    assert row.outbox is None


@pytest.mark.parametrize(
    "text",
    [
        POSTFIX.replace("Final-Recipient: rfc822; {to}", "Final-Recipient: rfc822; box17@intern"),
        POSTFIX.replace("rfc822; {to}", "RFC822; <AYSE@BERATUNG.EXAMPLE>"),
        POSTFIX.replace("Return-Path: <>\n", ""),
        EXCHANGE.replace("Return-Path: <>\n", ""),
    ],
    ids=["original recipient", "capitals", "daemon", "exchange"],
)
def test_report_of_a_server_is_believed(
    session: Session, desk: Desk, evening: Evening, text: str
) -> None:
    message = sent_mail(session, evening, desk)
    row = arrive(session, desk, bounce(text, message.message_id, message.recipient))
    assert row.state is IncomingState.APPLIED
    assert evening.invitation.undeliverable_at is not None


def test_answer_shows_that_the_invitation_has_arrived(
    session: Session, desk: Desk, evening: Evening
) -> None:
    message = sent_mail(session, evening, desk)
    arrive(session, desk, bounce(POSTFIX, message.message_id, message.recipient))
    arrive(session, desk, mail(evening), uid=2)
    assert evening.invitation.undeliverable_at is None
