"""Reading the audit log: who changed what, and whether the chain is whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from matchmaker.models import AuditEntry, Organisation, Person, Request, Talk
from matchmaker.services.house import audit
from matchmaker.services.house.paging import A_PAGE, Shown

Coded = Organisation | Person | Request | Talk


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """`subject` is a kind of record, `actor` a code or part of a name, `action` part of a verb."""

    subject: str = ""
    actor: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """`name` is the acting person's, empty for the service and for people without account.

    `code` is that of the record, for the kinds that people know by one.
    """

    entry: AuditEntry
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The state of the chain; `broken` are the ids of entries that do not fit."""

    entries: int
    broken: tuple[int, ...]


def entries(session: Session, wanted: AuditFilter, page: int = 1) -> Shown[Entry]:
    """One page, the newest first."""
    where = _conditions(wanted)
    joined = select(AuditEntry, Person.name, _code()).outerjoin(
        Person, Person.id == AuditEntry.actor_id
    )
    total = session.scalar(
        select(func.count())
        .select_from(AuditEntry)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(*where)
    )
    found = session.execute(
        joined.where(*where)
        .order_by(AuditEntry.id.desc())
        .limit(A_PAGE)
        .offset((page - 1) * A_PAGE)
    )
    return Shown([Entry(row[0], row[1] or "", row[2] or "") for row in found], total or 0, page)


def _code() -> ColumnElement[str | None]:
    tables: tuple[type[Coded], ...] = (Organisation, Person, Request, Talk)
    return case(*map(_code_of, tables), else_="")


def _code_of(table: type[Coded]) -> tuple[Any, Any]:
    """Whether the entry is about a row of `table`, and that row's code."""
    # Under another name: the entry's own join knows the acting person.
    record = aliased(table)
    code = select(record.code).where(record.id == AuditEntry.subject_id).correlate(AuditEntry)
    return AuditEntry.subject_kind == table.__tablename__, code.scalar_subquery()


def kinds(session: Session) -> tuple[set[str], set[str]]:
    """The kinds of records that the log knows, and what has been done to them."""
    found = session.execute(select(AuditEntry.subject_kind, AuditEntry.action).distinct()).all()
    return {row[0] for row in found}, {row[1] for row in found}


def chain(session: Session) -> Chain:
    """Recompute every hash; takes a moment for a long log."""
    count = session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    return Chain(count, tuple(audit.broken_links(session)))


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.subject:
        conditions.append(AuditEntry.subject_kind == wanted.subject)
    if wanted.action:
        conditions.append(AuditEntry.action.contains(wanted.action, autoescape=True))
    if wanted.actor:
        conditions.append(
            or_(
                AuditEntry.actor == wanted.actor,
                Person.name.icontains(wanted.actor, autoescape=True),
            )
        )
    return conditions
