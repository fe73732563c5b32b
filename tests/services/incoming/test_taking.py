"""Mails and what follows from them: answers that count, and everything that must not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, IncomingMail, Response
from matchmaker.models.states import AnswerVia, IncomingKind, IncomingState, InvitationState
from matchmaker.services.desk import Desk
from matchmaker.services.incoming.deciding import Reason
from tests.incoming.calendars import Said, crlf
from tests.incoming.programs import PROGRAMS
from tests.services.incoming.arriving import arrive, mail, said
from tests.support.invited import Evening, log_of, states

OTHER_DAY = datetime(2027, 1, 21, 18, 0)  # noqa: DTZ001  # wall clock


@pytest.fixture
def evening(session: Session, desk: Desk) -> Evening:
    return Evening(session, desk)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("partstat", ["ACCEPTED", "TENTATIVE", "DECLINED"])
def test_answer_of_every_program_counts(
    session: Session, desk: Desk, evening: Evening, program: str, partstat: str
) -> None:
    row = arrive(session, desk, mail(evening, program, partstat=partstat, comment="Gern"))
    assert states(session, evening) == (partstat.lower(), partstat.lower())
    assert (row.kind, row.state, row.reason) == (IncomingKind.REPLY, IncomingState.APPLIED, "")
    assert row.invitation is evening.invitation
    assert evening.invitation.answered_via is AnswerVia.MAIL
    assert row.response is not None
    assert row.response.comment == "Gern"
    assert row.body is None


def test_answer_is_recorded_as_that_of_its_person(
    session: Session, desk: Desk, evening: Evening
) -> None:
    arrive(session, desk, mail(evening))
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert evening.person is not None
    assert (last.action, last.actor) == ("invitation.answered", evening.person.code)
    assert last.after["via"] == "mail"


def test_second_copy_changes_nothing(session: Session, desk: Desk, evening: Evening) -> None:
    first = arrive(session, desk, mail(evening))
    copy = b"Received: from elsewhere\r\n" + mail(evening)
    assert arrive(session, desk, copy, uid=2) is first
    assert len(log_of(session, evening.invitation)) == 1
    assert session.scalar(select(func.count()).select_from(IncomingMail)) == 1
    assert first.uid == 1


def test_two_answers_under_one_message_id_both_count(
    session: Session, desk: Desk, evening: Evening
) -> None:
    arrive(session, desk, mail(evening))
    later = said(evening).stamp + timedelta(minutes=5)
    arrive(session, desk, mail(evening, partstat="DECLINED", stamp=later))
    assert states(session, evening) == ("declined", "declined")


def test_answers_in_the_wrong_order_end_with_the_later_one(
    session: Session, desk: Desk, evening: Evening
) -> None:
    later = said(evening).stamp + timedelta(minutes=5)
    arrive(session, desk, mail(evening, partstat="DECLINED", stamp=later))
    row = arrive(session, desk, mail(evening))
    assert states(session, evening) == ("declined", "declined")
    assert row.state is IncomingState.APPLIED  # logged, with nothing to decide


def test_program_that_repeats_our_stamp_can_still_change_the_answer(
    session: Session, desk: Desk, evening: Evening
) -> None:
    for partstat, minutes in (("ACCEPTED", 1), ("DECLINED", 2)):
        date = evening.invitation.stamp + timedelta(minutes=minutes)
        raw = mail(evening, partstat=partstat, stamp=date)
        ours = f"{evening.invitation.stamp:%Y%m%dT%H%M%SZ}".encode()
        arrive(
            session,
            desk,
            raw.replace(f"DTSTAMP:{date:%Y%m%dT%H%M%SZ}".encode(), b"DTSTAMP:" + ours),
        )
    assert states(session, evening) == ("declined", "declined")


def test_two_answers_of_one_moment_are_for_a_person(
    session: Session, desk: Desk, evening: Evening
) -> None:
    arrive(session, desk, mail(evening))
    row = arrive(session, desk, mail(evening, partstat="DECLINED"))
    assert (row.state, row.reason) == (IncomingState.REVIEW, Reason.SAME_TIME)
    assert states(session, evening) == ("accepted", "accepted")


def test_answer_to_an_earlier_date_is_for_a_person(
    session: Session, desk: Desk, evening: Evening
) -> None:
    raw = mail(evening)
    evening.move(evening.later(hours=1), OTHER_DAY)
    row = arrive(session, desk, raw)
    assert (row.state, row.reason) == (IncomingState.REVIEW, Reason.OUTDATED)
    assert states(session, evening) == ("open", "approved")
    assert log_of(session, evening.invitation) == [("accepted", "outdated", False)]


@pytest.mark.parametrize("same_date", [True, False])
def test_answer_without_sequence_counts_for_the_date_that_it_names(
    session: Session, desk: Desk, evening: Evening, same_date: bool
) -> None:
    before = evening.talk.starts_at
    evening.move(evening.later(minutes=10), OTHER_DAY)
    start = evening.talk.starts_at if same_date else before
    raw = mail(evening, start=start).replace(b"SEQUENCE:1", b"X-SEQUENCE:1")
    row = arrive(session, desk, raw)
    assert row.reason == ("" if same_date else Reason.WHICH_DATE)
    assert states(session, evening)[0] == ("accepted" if same_date else "open")


def test_answer_to_a_cancelled_talk_is_only_logged(
    session: Session, desk: Desk, evening: Evening
) -> None:
    raw = mail(evening)
    evening.call_off(evening.later(minutes=10))
    row = arrive(session, desk, raw)
    assert (row.state, states(session, evening)[0]) == (IncomingState.APPLIED, "cancelled")
    assert log_of(session, evening.invitation) == [("accepted", "cancelled", False)]


def test_address_with_other_letters_is_the_same(
    session: Session, desk: Desk, evening: Evening
) -> None:
    assert evening.person is not None
    arrive(session, desk, mail(evening, sender=(evening.person.email or "").upper()))
    assert states(session, evening)[0] == "accepted"


def counter(evening: Evening) -> bytes:
    return mail(evening, "exchange", method="COUNTER", partstat="TENTATIVE")


def delegation(evening: Evening) -> bytes:
    raw = mail(evening, "outlook", partstat="DELEGATED")
    return raw.replace(b"DELEGATED:", b'DELEGATED;DELEGATED-TO=3D"mailto:b@x.example":')


DOUBTFUL: dict[str, tuple[Callable[[Evening], bytes], Reason, IncomingKind]] = {
    "forged": (lambda e: mail(e, dmarc="fail"), Reason.FORGED, IncomingKind.REPLY),
    "other sender": (
        lambda e: mail(e, sender="somebody@else.example"),
        Reason.OTHER_SENDER,
        IncomingKind.REPLY,
    ),
    "other attendee": (
        lambda e: mail(e, attendee="somebody@else.example"),
        Reason.OTHER_ATTENDEE,
        IncomingKind.REPLY,
    ),
    "sender of a similar name": (
        lambda e: mail(e, sender=f"{e.person.email}.evil.example"),
        Reason.OTHER_SENDER,
        IncomingKind.REPLY,
    ),
    "two senders": (
        lambda e: mail(e).replace(b"From: ", b"From: x@y.example,"),
        Reason.OTHER_SENDER,
        IncomingKind.REPLY,
    ),
    "ahead": (lambda e: mail(e, sequence=9), Reason.AHEAD, IncomingKind.REPLY),
    "counter": (counter, Reason.COUNTER, IncomingKind.COUNTER),
    "refresh": (
        lambda e: mail(e, method="REFRESH", partstat="NEEDS-ACTION"),
        Reason.REFRESH,
        IncomingKind.REFRESH,
    ),
    "delegated": (delegation, Reason.DELEGATED, IncomingKind.DELEGATED),
    "no answer": (lambda e: mail(e, partstat="NEEDS-ACTION"), Reason.NO_ANSWER, IncomingKind.REPLY),
    "odd answer": (lambda e: mail(e, partstat="COMPLETED"), Reason.NO_ANSWER, IncomingKind.REPLY),
    "more people": (
        lambda e: mail(e, "outlook").replace(
            b"CLASS:PUBLIC", b"ATTENDEE;PARTSTAT=3DACCEPTED:mailto:b@x.example"
        ),
        Reason.MORE_PEOPLE,
        IncomingKind.REPLY,
    ),
    "single day": (
        lambda e: mail(e, "outlook").replace(b"CLASS:PUBLIC", b"RECURRENCE-ID:20270119T170000Z"),
        Reason.SINGLE_DAY,
        IncomingKind.REPLY,
    ),
    "unknown": (
        lambda e: mail(e, uid="inv-0@arbeitsmarkt.example"),
        Reason.UNKNOWN_UID,
        IncomingKind.FOREIGN,
    ),
    "two methods": (
        lambda e: mail(e, "outlook").replace(b"VERSION:2.0", b"METHOD:COUNTER"),
        Reason.CALENDAR_FAULT,
        IncomingKind.UNREADABLE,
    ),
    "sealed": (
        lambda _: crlf("Content-Type: application/ms-tnef\n\nx"),
        Reason.SEALED,
        IncomingKind.UNREADABLE,
    ),
    "too large": (lambda _: b"x" * 1_100_000, Reason.TOO_LARGE, IncomingKind.UNREADABLE),
    "words": (
        lambda e: crlf(f"From: {e.person.email}\nSubject: Re: Ja\n\nIch komme gern."),
        Reason.WORDS,
        IncomingKind.HUMAN,
    ),
    "words of consent": (
        lambda e: crlf(f"From: {e.person.email}\nSubject: Zugesagt: Talk\n\nACCEPTED"),
        Reason.WORDS,
        IncomingKind.HUMAN,
    ),
    "invitation to us": (
        lambda e: mail(e, method="REQUEST"),
        Reason.WORDS,
        IncomingKind.HUMAN,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DOUBTFUL)
def test_what_is_doubtful_changes_nothing_and_is_for_a_person(
    session: Session, desk: Desk, evening: Evening, case: str
) -> None:
    write, reason, kind = DOUBTFUL[case]
    before = states(session, evening)
    row = arrive(session, desk, write(evening))
    assert (row.state, row.reason, row.kind) == (IncomingState.REVIEW, reason, kind)
    assert states(session, evening) == before
    assert not any(counted for _, _, counted in log_of(session, evening.invitation))


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (
            crlf("From: a@x.example\nAuto-Submitted: auto-replied\n\nAbwesend"),
            IncomingKind.AUTOMATIC,
        ),
        (PROGRAMS["google"](Said(uid="a@google.example")), IncomingKind.FOREIGN),
    ],
)
def test_what_asks_for_nothing_is_only_listed(
    session: Session, desk: Desk, raw: bytes, kind: IncomingKind
) -> None:
    row = arrive(session, desk, raw)
    assert (row.kind, row.state) == (kind, IncomingState.LISTED)


def test_stamp_from_tomorrow_does_not_outdo_later_answers(
    session: Session, desk: Desk, evening: Evening
) -> None:
    arrive(session, desk, mail(evening, stamp=datetime(2027, 6, 1, tzinfo=UTC)))
    evening.answer(InvitationState.DECLINED, evening.later(days=2), stamp=evening.later(days=2).now)
    assert states(session, evening)[0] == "declined"
    assert session.scalar(select(func.count()).select_from(Response)) == 2
