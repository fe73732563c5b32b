"""A new request: step by step, saved at each, sent at the end."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from matchmaker.models import Request
from matchmaker.models.states import TokenPurpose
from matchmaker.services.errors import Invalid, NotFound
from matchmaker.services.house import links, tokens
from matchmaker.services.house.contact_data import is_email
from matchmaker.services.intake import drafts, submit
from matchmaker.services.intake.typed import text
from matchmaker.services.sending import post
from matchmaker.web.access import by_link
from matchmaker.web.context import commit, current_person, desk, settings
from matchmaker.web.db import db
from matchmaker.web.host import journey
from matchmaker.web.host.journey import Journey
from matchmaker.web.host.room import Page, blueprint, draft_behind
from matchmaker.web.limits import limiter
from matchmaker.web.texts import _


def _sent(token: str) -> bool:
    """Whether the link leads to a request by now: it was sent from another tab, or twice."""
    number = tokens.subject_of(db.session(), desk(), TokenPurpose.REQUEST_STATUS, token)
    return number is not None


def _to_status(token: str) -> Page:
    return redirect(url_for("host.status", token=token), 303)


@blueprint.get("/entwurf/<token>")
@by_link
def resume(token: str) -> Page:
    """Where the typing stopped: the first step that is not complete."""
    if _sent(token):
        return _to_status(token)
    draft = draft_behind(token)
    return redirect(url_for("host.step", token=token, step=journey.first_open(draft)))


@blueprint.get("/entwurf/<token>/<int:step>")
@by_link
def step(token: str, step: int) -> Page:
    if _sent(token):
        return _to_status(token)
    draft = draft_behind(token)
    return journey.show(Journey(draft, token, is_new=True), step)


@blueprint.post("/entwurf/<token>/<int:step>")
@by_link
@limiter.limit("600 per hour")
def save_step(token: str, step: int) -> Page:
    if _sent(token):
        return _to_status(token)
    draft = draft_behind(token, to_write=True)
    return journey.keep(Journey(draft, token, is_new=True), step)


@blueprint.post("/entwurf/<token>/senden")
@by_link
@limiter.limit("20 per hour")
def send(token: str) -> Page:
    """Pressed twice, it is still one request."""
    if _sent(token):
        return _to_status(token)
    draft = draft_behind(token, to_write=True)
    try:
        submit.submit(db.session(), desk(), draft, person=current_person())
    except Invalid:
        db.session.rollback()
        draft = draft_behind(token)
        return journey.refused(Journey(draft, token, is_new=True))
    commit()
    flash(_sent_words(draft), "good")
    return _to_status(token)


def _sent_words(request: Request) -> str:
    thanks = _("Your request is sent. Thank you!")
    person = request.contact
    if person is None or not post.reachable(desk(), person):
        return thanks
    told = _("We have sent the link to this page to %(email)s.", email=person.email)
    return f"{thanks} {told}"


@blueprint.get("/entwurf/<token>/spaeter")
@by_link
def later(token: str) -> Page:
    """The link to come back by, to be copied or mailed."""
    if _sent(token):
        return _to_status(token)
    draft = draft_behind(token)
    email = text(drafts.fields_of(draft), "email")
    return render_template(
        "host/later.html",
        token=token,
        link=links.draft(settings(), token),
        email=email if is_email(email) else "",
        last_day=(desk().now + drafts.KEPT),
        step=journey.first_open(draft),
    )


@blueprint.post("/entwurf/<token>/spaeter")
@by_link
@limiter.limit("5 per hour")
def mail_link(token: str) -> Page:
    if _sent(token):
        raise NotFound(drafts.NO_SUCH_DRAFT)
    draft = draft_behind(token, to_write=True)
    email = drafts.mail_link(db.session(), desk(), draft, token)
    commit()
    flash(_("We have sent the link to %(email)s.", email=email), "good")
    return redirect(url_for("host.later", token=token), 303)
