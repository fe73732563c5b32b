"""Protokoll: who changed what. Read by auditors and the administration; nobody writes here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from matchmaker.models.states import Role
from matchmaker.services.house import audit_list
from matchmaker.services.house.audit_list import AuditFilter
from matchmaker.web.access import for_roles
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
    return render_template(
        "coordinator/audit/index.html",
        wanted=wanted,
        found=audit_list.entries(db.session(), wanted, page),
        subjects=[(kind, kind) for kind in audit_list.subjects(db.session())],
        filtered=wanted != AuditFilter(),
        chain=audit_list.chain(db.session()) if "check" in request.args else None,
        page_address=page_address,
        changes=_changes,
    )


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, str]]:
    """Each fact before and after, in the order in which they were written down."""
    names = [*before, *(name for name in after if name not in before)]
    return [
        {"label": name, "before": _shown(before.get(name)), "after": _shown(after.get(name))}
        for name in names
    ]


def _shown(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_shown(item)}" for name, item in value.items())
    return str(value)
