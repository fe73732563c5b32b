"""One more interpreter for a talk: a form, a page that shows the mails, then done."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from flask import render_template, request, url_for

from matchmaker.models import Talk
from matchmaker.models.states import AssignmentRole
from matchmaker.services.talks import talk_changes
from matchmaker.services.talks.interpreting import interpreters_missing
from matchmaker.services.talks.standing import find_talk, require_standing
from matchmaker.services.talks.substitutes import candidates
from matchmaker.web.context import desk
from matchmaker.web.coordinator.room import Page
from matchmaker.web.coordinator.talk_room import (
    NO_FAULTS,
    Question,
    ask_or_do,
    ask_or_form,
    blueprint,
    version,
    writers_only,
)
from matchmaker.web.db import db
from matchmaker.web.texts import _


@blueprint.get("/<code>/sprachmittlung")
@writers_only
def ask_interpreter(code: str) -> str:
    return _interpreter_page(code)


@blueprint.post("/<code>/sprachmittlung")
@writers_only
def add_interpreter(code: str) -> Page:
    def change() -> Talk:
        return talk_changes.add_interpreter(
            db.session(),
            desk(),
            code,
            coming=request.form.get("coming", ""),
            version=version(),
        )

    return ask_or_form(
        code,
        change,
        Question(
            change="add_interpreter",
            title=_("Add an interpreter to %(code)s?", code=code),
            back=url_for(".ask_interpreter", code=code),
            done=_("The interpreter is invited. Everybody concerned gets a mail."),
        ),
        partial(_interpreter_page, code),
        "coming",
    )


@blueprint.post("/<code>/sprachmittlung/<person>/entfernen")
@writers_only
def remove_interpreter(code: str, person: str) -> Page:
    def change() -> Talk:
        return talk_changes.remove_interpreter(
            db.session(), desk(), code, leaving=person, version=version()
        )

    return ask_or_do(
        code,
        change,
        Question(
            change="remove_interpreter",
            title=_("Take an interpreter out of %(code)s?", code=code),
            back=url_for(".detail", code=code),
            done=_("The interpreter no longer takes part."),
        ),
    )


def _interpreter_page(code: str, faults: Mapping[str, str] = NO_FAULTS) -> str:
    talk = find_talk(db.session(), code)
    require_standing(talk)
    return render_template(
        "coordinator/talks/interpreter.html",
        talk=talk,
        missing=interpreters_missing(talk),
        candidates=candidates(db.session(), desk(), talk, AssignmentRole.INTERPRETER),
        faults=faults,
        typed=request.form,
    )
