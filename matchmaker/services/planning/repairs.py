"""What to do after an event: asked of the worker, and one of its options taken over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.models import PlanQuestion, Proposal, Request, Talk
from matchmaker.models.states import QuestionKind, TalkState
from matchmaker.scheduling.problem import Assignment
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, NotFound
from matchmaker.services.planning import decisions, edits
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

    What has happened is decided along with it: who declined is not sent there again, and what was
    cancelled is left out of the round. Talks that are approved stay, they are changed where they
    stand. Raises NotFound, Conflict, RulesBroken.
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
    return edits.rearrange(
        session,
        desk,
        round_id,
        _without_talks(session, changes_of(answer["options"][number])),
        base=base,
        decide=lambda: _decide(session, desk, round_id, event),
    )


def changes_of(option: Option) -> dict[str, Assignment | None]:
    """Where each request goes, languages by their tags; None: nowhere."""
    return {row["request"]: placement(row["after"]) for row in option["changes"]}


def _without_talks(
    session: Session, changes: Mapping[str, Assignment | None]
) -> dict[str, Assignment | None]:
    agreed = set(
        session.scalars(
            select(Request.code)
            .join(Talk, Talk.request_id == Request.id)
            .where(Request.code.in_(changes), Talk.state != TalkState.CANCELLED)
        )
    )
    return {code: row for code, row in changes.items() if code not in agreed}


def placement(values: Mapping[str, Any] | None) -> Assignment | None:
    """A talk of an answer, its language by its tag."""
    if values is None:
        return None
    row = assignment_from_json(dict(values))
    return replace(row, language=spoken(row.language))


def _decide(session: Session, desk: Desk, round_id: int, event: Mapping[str, Any]) -> None:
    match event:
        case {"kind": "decline", "person": person, "request": code}:
            decisions.ban_person(session, desk, round_id, code, person)
        case {"kind": "cancellation", "request": code}:
            decisions.leave_out(session, desk, round_id, code)
