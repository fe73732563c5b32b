"""What to do after an event: asked of the worker, and one of its options taken over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.models import (
    AuditEntry,
    PlanningRound,
    PlanQuestion,
    Proposal,
    Request,
    RoundDecision,
    Talk,
)
from matchmaker.models.states import QuestionKind, TalkState
from matchmaker.scheduling.problem import Assignment
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, NotFound
from matchmaker.services.planning import absences, decisions, edits
from matchmaker.services.problems.aliases import spoken
from matchmaker.services.problems.plan_rows import assignment_from_json

NO_OPTION = N_("These options are no longer there. Please look at them again.")
"""Said where an answer has been removed meanwhile."""

Option = Mapping[str, Any]
"""An option of `matchmaker/repair@1`."""


def take_over(
    session: Session, desk: Desk, round_id: int, question_id: int, number: int, *, base: int
) -> Proposal:
    """Make the option of that number (from 0) the current version.

    What has happened is decided along with it: who declined is not sent there again, what was
    cancelled is left out of the round, and who is away has these days off. Talks that are approved
    stay, they are changed where they stand. An option does not undo what was decided after it was
    worked out. Raises NotFound, Conflict, RulesBroken, and Invalid for days that cannot be entered.
    """
    row = session.get(PlanQuestion, question_id)
    answer = None if row is None or row.kind is not QuestionKind.REPAIR else row.answer
    if row is None or answer is None or not 0 <= number < len(answer["options"]):
        raise NotFound(NO_OPTION)
    if row.proposal.round_id != round_id:
        raise NotFound(NO_OPTION)
    if row.proposal.number != base:
        raise Conflict(NO_OPTION)
    event = row.arguments["event"]
    changes = changes_of(answer["options"][number])
    codes = {*changes, event.get("request", "")}
    agreed = talks_of(session, codes)

    def decide() -> AuditEntry | None:
        if _decided_since(session, row, codes):
            raise Conflict(NO_OPTION)
        return _decide(session, desk, row.proposal.round, event, agreed)

    return edits.rearrange(
        session,
        desk,
        round_id,
        {code: place for code, place in changes.items() if code not in agreed},
        base=base,
        decide=decide,
        agreed=agreed.keys() & changes.keys(),
    )


def changes_of(option: Option) -> dict[str, Assignment | None]:
    """Where each request goes, languages by their tags; None: nowhere."""
    return {row["request"]: placement(row["after"]) for row in option["changes"]}


def talks_of(session: Session, codes: Collection[str]) -> dict[str, str]:
    """The codes of approved talks by those of their requests."""
    rows = session.execute(
        select(Request.code, Talk.code)
        .join(Talk, Talk.request_id == Request.id)
        .where(Request.code.in_(codes), Talk.state != TalkState.CANCELLED)
    )
    return {row[0]: row[1] for row in rows}


def _decided_since(session: Session, row: PlanQuestion, codes: Collection[str]) -> bool:
    """Whether a decision about these requests was made or undone that the answer did not know."""
    later = (
        select(AuditEntry.id)
        .join(RoundDecision, RoundDecision.id == AuditEntry.subject_id)
        .join(Request, Request.id == RoundDecision.request_id)
        .where(
            AuditEntry.subject_kind == RoundDecision.__tablename__,
            AuditEntry.id > (row.known_until or 0),
            RoundDecision.round_id == row.proposal.round_id,
            Request.code.in_(codes),
        )
    )
    return session.scalar(later.limit(1)) is not None


def placement(values: Mapping[str, Any] | None) -> Assignment | None:
    """A talk of an answer, its language by its tag."""
    if values is None:
        return None
    row = assignment_from_json(dict(values))
    return replace(row, language=spoken(row.language))


def _decide(
    session: Session,
    desk: Desk,
    planning_round: PlanningRound,
    event: Mapping[str, Any],
    agreed: Collection[str],
) -> AuditEntry | None:
    """What has happened, as the round keeps it; the entry of an absence that it enters.

    About `agreed` requests nothing is decided here: they have talks.
    """
    match event:
        case {"kind": "decline", "person": person, "request": code} if code not in agreed:
            decisions.ban_person(session, desk, planning_round.id, code, person)
        case {"kind": "cancellation", "request": code} if code not in agreed:
            decisions.leave_out(session, desk, planning_round.id, code)
        case {"kind": "absence"}:
            return absences.enter(session, desk, planning_round, event)
    return None
