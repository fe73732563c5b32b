"""A talk that was held, corrected: how many came, or that it was marked by mistake."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from matchmaker.services.errors import Invalid
from matchmaker.services.talks import talk_outcomes
from matchmaker.services.talks.standing import find_talk
from matchmaker.web.context import commit, desk
from matchmaker.web.coordinator import sending_words
from matchmaker.web.coordinator.room import Page
from matchmaker.web.coordinator.talk_room import NO_FAULTS, blueprint, version, writers_only
from matchmaker.web.db import db
from matchmaker.web.texts import _

LONGEST_NUMBER = 8


@blueprint.get("/<code>/berichtigen")
@writers_only
def ask_correction(code: str) -> str:
    return _page(code)


@blueprint.post("/<code>/berichtigen")
@writers_only
def correct(code: str) -> Page:
    """No mails follow, so there is nothing to confirm."""
    try:
        talk_outcomes.correct_participants(
            db.session(), desk(), code, read_participants(request.form), version=version()
        )
    except Invalid as error:
        db.session.rollback()
        return _page(code, sending_words.field_errors(error)), 422
    commit()
    flash(_("The number of participants is corrected."), "success")
    return redirect(url_for(".detail", code=code), 303)


@blueprint.post("/<code>/durchgefuehrt/zuruecknehmen")
@writers_only
def take_back_held(code: str) -> Response:
    talk_outcomes.take_back_held(db.session(), desk(), code, version=version())
    commit()
    flash(_("The talk is no longer marked as held."), "success")
    return redirect(url_for(".detail", code=code), 303)


def read_participants(form: Mapping[str, str]) -> int | None:
    """The number typed, None for an empty field; raises Invalid (participants)."""
    typed = form.get("participants", "").strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_NUMBER):
        raise Invalid({"participants": talk_outcomes.HOW_MANY})
    return int(typed)


def _page(code: str, faults: Mapping[str, str] = NO_FAULTS) -> str:
    talk = find_talk(db.session(), code)
    talk_outcomes.require_held(talk)
    known = "" if talk.participants is None else str(talk.participants)
    return render_template(
        "coordinator/talks/correct.html",
        talk=talk,
        faults=faults,
        typed=request.form or {"participants": known},
    )
