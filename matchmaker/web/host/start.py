"""What is asked and how long it takes; then the form begins."""

from __future__ import annotations

from flask import redirect, render_template, url_for

from matchmaker.models.states import Role
from matchmaker.services.intake import drafts
from matchmaker.services.intake.checks import check_step
from matchmaker.services.intake.offer import load_offer
from matchmaker.services.intake.steps import WHO
from matchmaker.web.access import public
from matchmaker.web.context import commit, current_person, desk
from matchmaker.web.db import db
from matchmaker.web.host.room import Page, blueprint
from matchmaker.web.i18n import locale
from matchmaker.web.limits import limiter


@blueprint.get("")
@public
def start() -> str:
    person = current_person()
    is_host = person is not None and Role.HOST in person.roles
    return render_template("host/start.html", is_host=is_host)


@blueprint.post("")
@public
@limiter.limit("20 per hour")
def begin() -> Page:
    """A new draft; who is signed in as a host starts where the questions begin."""
    person = current_person()
    host = person if person is not None and Role.HOST in person.roles else None
    request, token = drafts.start(db.session(), desk(), person=host, locale=locale())
    offer = load_offer(db.session(), desk())
    known = host is not None and not check_step(WHO, drafts.fields_of(request), offer)
    commit()
    return redirect(url_for("host.step", token=token, step=2 if known else 1), 303)
