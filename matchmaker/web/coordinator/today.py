"""Heute: what needs me, the most urgent first, each with the one thing to do about it."""

from __future__ import annotations

from flask import Blueprint, render_template

from matchmaker.services import worklist
from matchmaker.services.people import second_factor
from matchmaker.web.access import for_roles
from matchmaker.web.context import desk, signed_in
from matchmaker.web.coordinator.room import READERS, may_write
from matchmaker.web.coordinator.task_words import line_of
from matchmaker.web.coordinator.today_figures import figures_of
from matchmaker.web.db import db

blueprint = Blueprint("coordinator_today", __name__, url_prefix="/koordination")


@blueprint.get("/")
@for_roles(*READERS)
def index() -> str:
    """Auditors see how things stand, not what others have to do."""
    session = db.session()
    may_act = may_write()
    tasks = worklist.worklist(session, desk()) if may_act else []
    return render_template(
        "coordinator/today/index.html",
        figures=figures_of(worklist.figures(session, desk())),
        lines=[line_of(task) for task in tasks],
        may_act=may_act,
        hint_factor=not second_factor.is_on(session, signed_in()),
        today=desk().today,
    )
