"""The talks that a plan's requests have by now, and those that nobody speaks at any more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Assignment, Organisation, PlanningRound, Request, Talk
from matchmaker.models.states import OUT_OF_TEAM, AssignmentRole, Format, TalkState
from matchmaker.services.times.calendar_days import ONE_DAY

HAS_SPEAKER = (
    select(Assignment.id)
    .where(
        Assignment.talk_id == Talk.id,
        Assignment.role == AssignmentRole.SPEAKER,
        Assignment.state.not_in(OUT_OF_TEAM),
    )
    .exists()
)


@dataclass(frozen=True, slots=True)
class Approved:
    """A talk by its code, its request's code, who hosts it and when (UTC).

    `needs_speaker`: nobody speaks there any more. No new plan can hold it then: its request has an
    evening, and it wants a person.
    """

    code: str
    request: str
    host: str
    starts_at: datetime
    ends_at: datetime
    needs_speaker: bool


def approved_talks(
    session: Session, planning_round: PlanningRound, requests: Collection[str]
) -> Sequence[Approved]:
    """Those of the requests (codes), and those of the round's days that need one, by time."""
    last = planning_round.last_day + ONE_DAY
    needs_speaker = (
        (Talk.state == TalkState.CONFIRMED)
        & (Talk.format == Format.TALK)
        & (Talk.starts_local >= planning_round.first_day.isoformat())
        & (Talk.starts_local < last.isoformat())
        & ~HAS_SPEAKER
    )
    rows = session.execute(
        select(
            Talk.code,
            Request.code,
            Organisation.name,
            Talk.starts_at,
            Talk.ends_at,
            needs_speaker.label("needs_speaker"),
        )
        .join(Request, Request.id == Talk.request_id)
        .join(Organisation, Organisation.id == Talk.organisation_id)
        .where(Talk.state != TalkState.CANCELLED, Request.code.in_(requests) | needs_speaker)
        .order_by(Talk.starts_at, Talk.id)
    )
    return [Approved(*row) for row in rows]
