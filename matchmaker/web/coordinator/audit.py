"""Protokoll: who changed what. Read by auditors and the administration; nobody writes here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter

from flask import Blueprint, render_template, request

from matchmaker.models import AuditEntry
from matchmaker.models.states import Role
from matchmaker.services.house import audit_list
from matchmaker.services.house.audit_list import AuditFilter
from matchmaker.web.access import for_roles
from matchmaker.web.coordinator import audit_words, request_words
from matchmaker.web.coordinator.room import asked, page_address, page_number
from matchmaker.web.db import db

READERS = (Role.AUDITOR, Role.ADMIN)

blueprint = Blueprint("coordinator_audit", __name__, url_prefix="/koordination/protokoll")


@blueprint.get("")
@for_roles(*READERS)
def index() -> str:
    wanted = AuditFilter(
        subject=asked("subject"),
        actor=asked("actor"),
        action=asked("action"),
    )
    page = page_number()
    subjects, actions = audit_list.kinds(db.session())
    return render_template(
        "coordinator/audit/index.html",
        wanted=wanted,
        found=audit_list.entries(db.session(), wanted, page),
        subjects=_named(subjects, audit_words.subject_name),
        actions=_named(actions, audit_words.action_name),
        filtered=wanted != AuditFilter(),
        chain=audit_list.chain(db.session()) if "check" in request.args else None,
        page_address=page_address,
        changes=_changes,
        action_name=audit_words.action_name,
        reason_text=audit_words.reason_text,
        subject_name=audit_words.subject_name,
    )


def _named(codes: Iterable[str], name: Callable[[str], str]) -> list[tuple[str, str]]:
    """Choices of a list in the order of their names."""
    return sorted(((code, name(code)) for code in codes), key=itemgetter(1))


def _changes(entry: AuditEntry) -> list[dict[str, str]]:
    """Each fact before and after, in the order in which they were written down."""
    before, after = entry.before, entry.after
    return [
        {
            "label": request_words.field_name(name),
            "before": audit_words.value_words(entry.subject_kind, name, before.get(name)),
            "after": audit_words.value_words(entry.subject_kind, name, after.get(name)),
        }
        for name in dict.fromkeys([*before, *after])
    ]
