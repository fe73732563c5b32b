"""One's own second factor: set it up, see whether it is on, turn it off."""

from __future__ import annotations

import segno
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for

from matchmaker.clock import system_clock
from matchmaker.services.errors import NotPossible
from matchmaker.services.people import factor_rule, second_factor
from matchmaker.services.people.sessions import STAFF
from matchmaker.web.access import for_roles
from matchmaker.web.auth.entry import keep_in
from matchmaker.web.context import commit, desk, settings, signed_in, whose
from matchmaker.web.coordinator.room import Page
from matchmaker.web.db import db
from matchmaker.web.limits import limiter
from matchmaker.web.texts import _

blueprint = Blueprint("coordinator_factor", __name__, url_prefix="/koordination/zweiter-faktor")


@blueprint.get("")
@for_roles(*STAFF, before_factor=True)
def index() -> Page:
    return _page("")


@blueprint.post("")
@for_roles(*STAFF, before_factor=True)
def begin() -> Page:
    second_factor.begin(db.session(), desk(), signed_in())
    commit()
    return redirect(url_for(".index"), 303)


@blueprint.post("/bestaetigen")
@for_roles(*STAFF, before_factor=True)
@limiter.limit("20 per minute")
def confirm() -> Page:
    """The recovery codes stand on this one answer and nowhere else."""
    person, code = signed_in(), request.form.get("code", "")
    try:
        codes = second_factor.confirm(db.session(), desk(), person, code, system_clock())
    except NotPossible as refusal:
        commit()
        return _page(_(str(refusal))), 422
    template = "coordinator/factor/codes.html"
    return keep_in(person, lambda: make_response(render_template(template, codes=codes)))


@blueprint.post("/ausschalten")
@for_roles(*STAFF)
@limiter.limit("20 per minute")
def end() -> Page:
    person, code = signed_in(), request.form.get("code", "")
    try:
        second_factor.end(db.session(), desk(), person, code, system_clock())
    except NotPossible as refusal:
        commit()
        return _page(_(str(refusal))), 422
    commit()
    flash(_("Your second factor is turned off."), "good")
    return redirect(url_for(".index"), 303)


def _page(error: str) -> str:
    person = signed_in()
    factor = second_factor.factor_of(db.session(), person)
    if factor is None:
        return render_template("coordinator/factor/start.html")
    if factor.confirmed_at is not None:
        return render_template(
            "coordinator/factor/on.html",
            factor=factor,
            left=second_factor.codes_left(factor),
            required=factor_rule.is_required(db.session()),
            error=error,
        )
    secret = second_factor.secret(settings(), factor)
    address = second_factor.app_address(settings(), factor, person, whose().short_name)
    return render_template(
        "coordinator/factor/set_up.html",
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        address=address,
        picture=_picture(address),
        error=error,
    )


def _picture(address: str) -> str:
    """Black on white in dark pages, too; a data address, so that the key lies in no cache."""
    code = segno.make_qr(address, error="m")
    return str(code.png_data_uri(scale=5, border=4, dark="#000", light="#fff"))
