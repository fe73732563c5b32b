"""Changing a request that was sent: the same steps, filled in; nothing counts before the end."""

from __future__ import annotations

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from matchmaker.models.states import OPEN_REQUESTS
from matchmaker.services.errors import Invalid
from matchmaker.services.intake import submit
from matchmaker.services.intake.steps import LAST
from matchmaker.web.access import by_link
from matchmaker.web.context import commit, current_person, desk
from matchmaker.web.db import db
from matchmaker.web.host import journey
from matchmaker.web.host.journey import Journey
from matchmaker.web.host.room import Page, blueprint, request_behind
from matchmaker.web.limits import limiter
from matchmaker.web.texts import _


def _journey(token: str, *, to_write: bool = False) -> Journey:
    """Of a request that may be changed; else its own page says where it stands."""
    request = request_behind(token, to_write=to_write)
    if request.state not in OPEN_REQUESTS:
        if not submit.can_restore(request):
            flash(_(submit.CALL_US), "attention")
        abort(_to_status(token))
    return Journey(request, token, is_new=False)


def _to_status(token: str) -> Response:
    return redirect(url_for("host.status", token=token), 303)


@blueprint.post("/<token>/aendern")
@by_link
@limiter.limit("60 per hour")
def change(token: str) -> Page:
    way = _journey(token, to_write=True)
    submit.begin_change(db.session(), way.request)
    commit()
    return redirect(way.url(LAST), 303)


@blueprint.get("/<token>/aendern/<int:step>")
@by_link
def change_step(token: str, step: int) -> Page:
    way = _journey(token)
    if not submit.is_changing(way.request):
        return _to_status(token)
    return journey.show(way, step)


@blueprint.post("/<token>/aendern/<int:step>")
@by_link
@limiter.limit("600 per hour")
def save_change(token: str, step: int) -> Page:
    way = _journey(token, to_write=True)
    if not submit.is_changing(way.request):
        return _to_status(token)
    return journey.keep(way, step)


@blueprint.post("/<token>/aendern/senden")
@by_link
@limiter.limit("20 per hour")
def send_change(token: str) -> Page:
    way = _journey(token, to_write=True)
    try:
        changed = submit.send_change(db.session(), desk(), way.request, person=current_person())
    except Invalid:
        db.session.rollback()
        return journey.refused(_journey(token))
    commit()
    flash(_("Your changes are saved.") if changed else _("Nothing has changed."), "good")
    return _to_status(token)


@blueprint.post("/<token>/aendern/verwerfen")
@by_link
@limiter.limit("60 per hour")
def drop_change(token: str) -> Page:
    """Everything stays as it was sent."""
    way = _journey(token, to_write=True)
    submit.drop_change(db.session(), way.request)
    commit()
    return _to_status(token)
