"""Asking for a link, using it or its code, signing out. A GET changes nothing: mail programs
open links before people do."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.models import Person
from matchmaker.services.errors import NotPossible
from matchmaker.services.people import login, sessions
from matchmaker.text import clean_line
from matchmaker.web.access import by_link, public
from matchmaker.web.auth import cookies
from matchmaker.web.auth.homes import home_of, landing
from matchmaker.web.context import WAKE, commit, current_person, desk
from matchmaker.web.db import db
from matchmaker.web.i18n import locale
from matchmaker.web.limits import limiter
from matchmaker.web.public import own_path
from matchmaker.web.security import session_cookie

Page = Response | str | tuple[str, int]

blueprint = Blueprint("auth", __name__)


@blueprint.before_app_request
def _keep_session_alive() -> None:
    """Doing something lets the session last; only looking does not, for a GET writes nothing."""
    token = request.cookies.get(session_cookie())
    if token and request.method == "POST" and current_person() is not None:
        sessions.touch(db.session(), desk(), token)


@blueprint.get("/anmelden")
@public
def sign_in() -> Page:
    person = current_person()
    if person is not None:
        return redirect(landing(person, _next()))
    return render_template("auth/sign_in.html", email="", error="", next_path=_next())


@blueprint.post("/anmelden")
@public
@limiter.limit("10 per minute")
def ask() -> Page:
    email = clean_line(request.form.get("email", ""))
    if not _could_be_an_address(email):
        error = _("Please write your e-mail address. Example: name@verein.de")
        page = render_template("auth/sign_in.html", email=email, error=error, next_path=_next())
        return page, 422
    browser = login.ask(db.session(), desk(), email, locale(), _next())
    # For unknown addresses too: the worker wakes up and finds nothing.
    db.session().info.setdefault(WAKE, set()).add("mail")
    commit()
    response = redirect(url_for("auth.code", next=_next() or None), 303)
    cookies.remember_asking(response, browser)
    return response


@blueprint.get("/anmelden/code")
@public
def code() -> Page:
    if cookies.asking_browser() is None:
        return redirect(url_for("auth.sign_in", next=_next() or None))
    return render_template("auth/code.html", error="", next_path=_next(), minutes=_minutes())


@blueprint.post("/anmelden/code")
@public
@limiter.limit("10 per minute")
def use_code() -> Page:
    browser = cookies.asking_browser()
    if browser is None:
        return redirect(url_for("auth.sign_in", next=_next() or None), 303)
    try:
        person = login.by_code(db.session(), desk(), browser, request.form.get("code", ""))
    except NotPossible as refusal:
        commit()
        return (
            render_template(
                "auth/code.html", error=_(str(refusal)), next_path=_next(), minutes=_minutes()
            ),
            422,
        )
    return _welcome(person)


@blueprint.get("/anmelden/<token>")
@by_link
def link(token: str) -> Page:
    waiting = login.waiting(db.session(), desk(), token, cookies.asking_browser())
    if waiting is None:
        return render_template("auth/expired.html", next_path=_next()), 410
    return render_template("auth/link.html", person=waiting.person, next_path=_next())


@blueprint.post("/anmelden/<token>")
@by_link
@limiter.limit("10 per minute")
def use_link(token: str) -> Page:
    try:
        person = login.by_link(db.session(), desk(), token, cookies.asking_browser())
    except NotPossible:
        return render_template("auth/expired.html", next_path=_next()), 410
    return _welcome(person)


@blueprint.post("/abmelden")
@public
def sign_out() -> Page:
    token = request.cookies.get(session_cookie())
    if token:
        sessions.end(db.session(), desk(), token)
        commit()
    g.pop("person", None)
    flash(_("You are signed out."), "good")
    response = redirect(url_for("public.start"), 303)
    cookies.sign_out(response)
    return response


def _welcome(person: Person) -> Response:
    """Sign in under a new key, whatever key the browser had before."""
    before = request.cookies.get(session_cookie())
    if before:
        sessions.end(db.session(), desk(), before)
    token = sessions.start(db.session(), desk(), person)
    commit()
    target = landing(person, _next()) if _next() else home_of(person)
    response = redirect(target, 303)
    cookies.sign_in(response, person, token)
    return response


def _next() -> str:
    """Where to go afterwards; empty unless it is a path of this service."""
    wanted = request.values.get("next", "")
    return wanted if wanted and own_path(wanted) == wanted else ""


def _could_be_an_address(email: str) -> bool:
    name, at, host = email.partition("@")
    return bool(name and at and host) and "@" not in host and len(email) <= 254


def _minutes() -> int:
    return int(login.LASTS.total_seconds() // 60)
