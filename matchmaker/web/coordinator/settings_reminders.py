"""Reminders: how many days before, and when an answer is missing."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from matchmaker.services.errors import Invalid
from matchmaker.services.reminding import sweep
from matchmaker.services.reminding.rules import (
    RANGES,
    ReminderRules,
    change_reminder_rules,
    reminder_rules,
)
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk
from matchmaker.web.coordinator.room import WRITERS, Page, told
from matchmaker.web.coordinator.settings_room import blueprint
from matchmaker.web.db import db
from matchmaker.web.numbers import typed_number
from matchmaker.web.texts import _


@blueprint.get("/erinnerungen")
@for_roles(*WRITERS)
def reminders_page() -> str:
    return _shown(asdict(reminder_rules(db.session())), {})


@blueprint.post("/erinnerungen")
@for_roles(*WRITERS)
def change_reminders() -> Page:
    """What becomes due by the change leaves at once, so it is said before."""
    session = db.session()
    typed = {field.name: request.form.get(field.name, "") for field in fields(ReminderRules)}
    changes = {name: typed_number(text) for name, text in typed.items()}
    before = len(sweep.due(session, desk()))
    try:
        change_reminder_rules(session, desk(), **changes)
        session.flush()
    except Invalid as invalid:
        return _shown(typed, invalid.fields), 422
    more = len(sweep.due(session, desk())) - before
    if more > 0 and request.form.get("seen") != str(more):
        session.rollback()
        return _shown(typed, {}, more)
    commit()
    flash(_("The changes are saved."), "good")
    return redirect(url_for(".reminders_page"), 303)


def _shown(form: dict[str, Any], faults: dict[str, str], more: int = 0) -> str:
    """`more`: so many would be written to at once."""
    return render_template(
        "coordinator/settings/reminders.html",
        form=form,
        faults=told(faults),
        ranges=RANGES,
        more=more,
    )
