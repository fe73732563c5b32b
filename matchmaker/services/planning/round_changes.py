"""What has changed since a plan was made: it may not fit any more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, not_, or_, select
from sqlalchemy.orm import Session

from matchmaker.models import Assignment, AuditEntry, Proposal, Talk
from matchmaker.services.planning.plan_view import Plan
from matchmaker.services.planning.proposals import BY_THE_PLAN

PLANNED_FROM = ("request", "profile", "person", "organisation", "talk", "assignment")
"""The kinds of things that a plan is made from, as the audit log names them."""

FOLLOWS = (
    *("assignment.invited", "login.used", "login.link_printed", "factor.used"),
    "calendar_source.added",
)
"""Steps that follow from others, which are counted, signing in, and what does not count yet."""

Thing = tuple[str, int | None]
"""A kind and an id, as the audit log names them."""

STAND_FOR = {
    "talk": (Talk.id, Talk.request_id, "request"),
    "assignment": (Assignment.id, Assignment.person_id, "person"),
}
"""What is counted as something else: its id, the other's id, the other's kind."""


@dataclass(frozen=True, slots=True)
class Changed:
    """How many requests (or their talks), and how many people and associations; 0 for none."""

    requests: int
    others: int

    def __bool__(self) -> bool:
        return bool(self.requests or self.others)


def changed_since(session: Session, plan: Plan) -> Changed:
    """Changes that the version's question did not know of, counted from the audit log.

    What approving the round's own plan has done follows from the plan and changes nothing about it.
    """
    rows = session.execute(
        select(AuditEntry.subject_kind, AuditEntry.subject_id)
        .where(
            unknown_to(plan.proposal),
            AuditEntry.subject_kind.in_(PLANNED_FROM),
            AuditEntry.action.not_in((*BY_THE_PLAN.values(), *FOLLOWS)),
            not_(_by_approval(plan)),
        )
        .distinct()
    ).all()
    things = _things(session, [(kind, id_) for kind, id_ in rows])
    requests = sum(kind == "request" for kind, _ in things)
    return Changed(requests, len(things) - requests)


def anything_since(session: Session, known_until: int) -> bool:
    """Whether the audit log knows of anything later, but for mere signing in."""
    later = select(AuditEntry.id).where(
        AuditEntry.id > known_until, AuditEntry.action.not_in(FOLLOWS)
    )
    return session.scalar(later.limit(1)) is not None


def unknown_to(proposal: Proposal) -> ColumnElement[bool]:
    """Entries after the question was read; older versions only tell when they were stored."""
    if proposal.known_until is None:
        return AuditEntry.at > proposal.created_at
    return AuditEntry.id > proposal.known_until


def _by_approval(plan: Plan) -> ColumnElement[bool]:
    own = Talk.round_id == plan.round.id
    return or_(
        and_(
            AuditEntry.action == "talk.approved",
            AuditEntry.subject_id.in_(select(Talk.id).where(own)),
        ),
        and_(
            AuditEntry.action == "request.scheduled",
            AuditEntry.subject_id.in_(
                select(Talk.request_id).where(own, Talk.request_id.is_not(None))
            ),
        ),
    )


def _things(session: Session, rows: Iterable[Thing]) -> set[Thing]:
    """Talks as their requests, assignments as their people: each thing once."""
    found = set(rows)
    for kind, (column, stands_for, other) in STAND_FOR.items():
        ids = {id_ for one, id_ in found if one == kind and id_ is not None}
        if not ids:
            continue
        owners = {
            row[0]: row[1]
            for row in session.execute(select(column, stands_for).where(column.in_(ids)))
        }
        found = {row for row in found if row[0] != kind} | {
            (kind, id_) if owners.get(id_) is None else (other, owners[id_]) for id_ in ids
        }
    return found
