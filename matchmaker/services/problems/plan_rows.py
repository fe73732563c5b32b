"""Assignments as they are kept in rows, with the languages' own names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import Person, Proposal, RoundDecision
from matchmaker.scheduling.formats import read_proposal
from matchmaker.scheduling.formats.encode import encoded
from matchmaker.scheduling.problem import Assignment, Mode
from matchmaker.scheduling.proposal import Score
from matchmaker.services.problems.aliases import spoken


def assignment_to_json(assignment: Assignment) -> dict[str, Any]:
    """As in a proposal, the language by its tag."""
    values: dict[str, Any] = encoded(replace(assignment, language=spoken(assignment.language)))
    return values


def assignment_from_json(values: dict[str, Any]) -> Assignment:
    """What `assignment_to_json` has written."""
    return Assignment(
        request=values["request"],
        start=datetime.fromisoformat(values["start"]),
        mode=Mode(values["mode"]),
        language=values["language"],
        speakers=tuple(values["speakers"]),
        interpreters=tuple(values["interpreters"]),
    )


def planned(proposal: Proposal) -> list[Assignment]:
    """What a stored proposal places, ready to become talks: languages by their tags."""
    rows = read_proposal(proposal.content).assignments
    return [replace(row, language=spoken(row.language)) for row in rows]


def served(proposal: Proposal) -> frozenset[str]:
    """The codes of the requests that a stored proposal places."""
    return frozenset(row["request"] for row in proposal.content["assignments"])


def score_of(proposal: Proposal) -> Score:
    """The points of a stored proposal by part."""
    return read_proposal(proposal.content).score


def standing_decisions(session: Session, round_id: int) -> list[RoundDecision]:
    """The decisions of a round that have not been undone, in the order in which they were made."""
    return list(
        session.scalars(
            select(RoundDecision)
            .where(RoundDecision.round_id == round_id, RoundDecision.undone_at.is_(None))
            .order_by(RoundDecision.id)
            .options(
                joinedload(RoundDecision.request),
                joinedload(RoundDecision.person).joinedload(Person.profile),
            )
        )
    )


def of_request(rows: Iterable[RoundDecision], code: str) -> list[RoundDecision]:
    return [row for row in rows if row.request.code == code]
