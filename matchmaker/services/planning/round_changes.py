"""What has changed since a plan was made: it may not fit any more."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, Proposal
from matchmaker.services.planning.plan_view import Plan
from matchmaker.services.planning.proposals import BY_THE_PLAN

PLANNED_FROM = ("request", "profile", "person", "organisation", "talk", "assignment")
"""The kinds of things that a plan is made from, as the audit log names them."""


@dataclass(frozen=True, slots=True)
class Changed:
    """How many requests and how many other things have changed; 0 for none."""

    requests: int
    others: int

    def __bool__(self) -> bool:
        return bool(self.requests or self.others)


def changed_since(session: Session, plan: Plan) -> Changed:
    """Changes that the version's question did not know of, counted from the audit log."""
    rows = session.execute(
        select(AuditEntry.subject_kind, AuditEntry.subject_id)
        .where(
            _unknown_to(plan.proposal),
            AuditEntry.subject_kind.in_(PLANNED_FROM),
            AuditEntry.action.not_in(BY_THE_PLAN.values()),
        )
        .distinct()
    ).all()
    requests = sum(kind == "request" for kind, _ in rows)
    return Changed(requests, len(rows) - requests)


def _unknown_to(proposal: Proposal) -> ColumnElement[bool]:
    """Entries after the question was read; older versions only tell when they were stored."""
    if proposal.known_until is None:
        return AuditEntry.at > proposal.created_at
    return AuditEntry.id > proposal.known_until
