"""Who wrote long ago, and what, is not kept; that the mail was there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import IncomingMail
from matchmaker.models.states import InvitationState
from matchmaker.services.desk import Desk
from matchmaker.services.incoming import review, upkeep
from tests.services.incoming.arriving import arrive, mail
from tests.support.invited import TUESDAY, Evening, states


def kept(session: Session, desk: Desk, days: int) -> list[tuple[str, str, bool]]:
    upkeep.forget(session, replace(desk, now=desk.now + timedelta(days=days)))
    session.expire_all()
    rows = session.scalars(select(IncomingMail).order_by(IncomingMail.id))
    return [(row.sender, row.subject, bool(row.facts)) for row in rows]


def test_answers_lose_their_words_after_half_a_year(session: Session, desk: Desk) -> None:
    evening = Evening(session, desk)
    raw = mail(evening)
    arrive(session, desk, raw)
    assert kept(session, desk, 180)[0][0] == evening.person.email
    assert kept(session, desk, 190) == [("", "", False)]
    assert states(session, evening) == ("accepted", "accepted")
    again = arrive(session, desk, raw, uid=2)
    assert again.id == session.scalars(select(IncomingMail.id)).one()


def test_what_waits_for_a_decision_stays(session: Session, desk: Desk) -> None:
    arrive(session, desk, mail(Evening(session, desk), sender="privat@else.example"))
    assert kept(session, desk, 400)[0][0] == "privat@else.example"


def test_what_a_later_answer_has_settled_does_not_stay(session: Session, desk: Desk) -> None:
    evening = Evening(session, desk)
    raw = mail(evening)
    evening.move(evening.later(minutes=5), TUESDAY + timedelta(days=1))
    arrive(session, desk, raw)
    assert review.count(session) == 1
    evening.answer(InvitationState.ACCEPTED, evening.later(days=1))
    assert review.count(session) == 0
    assert kept(session, desk, 180)[0][0] != ""
    assert kept(session, desk, 190) == [("", "", False)]
