"""Asking for a link, using it or its code, signing out. A GET changes nothing: mail programs
open links before people do."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.clock import system_clock
from matchmaker.models import Person
from matchmaker.services.desk import Actor
from matchmaker.services.errors import NotPossible
from matchmaker.services.people import login, second_factor, sessions
from matchmaker.text import clean_line
from matchmaker.web.access import by_link, public
from matchmaker.web.auth import cookies
from matchmaker.web.auth.entry import let_in, next_path, welcome
from matchmaker.web.auth.homes import landing
from matchmaker.web.context import WAKE, commit, current_person, desk
from matchmaker.web.db import db
from matchmaker.web.i18n import locale
from matchmaker.web.limits import caller, limiter
from matchmaker.web.security import session_cookie

Page = Response | str | tuple[str, int]

blueprint = Blueprint("auth", __name__)


@blueprint.before_app_request
def _keep_session_alive() -> None:
    """Doing something lets the session last; only looking does not, for a GET writes nothing."""
    token = request.cookies.get(session_cookie())
    if token and request.method == "POST" and current_person() is not None:
        sessions.touch(db.session(), desk(), token)


@blueprint.after_request
def _keep_nowhere(response: Response) -> Response:
    """These pages tell who asks to be let in, and how far they are."""
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/anmelden")
@public
def sign_in() -> Page:
    person = current_person()
    if person is not None:
        return redirect(landing(person, next_path()))
    return render_template("auth/sign_in.html", email="", error="", next_path=next_path())


@blueprint.post("/anmelden")
@public
@limiter.limit("10 per minute")
def ask() -> Page:
    email = clean_line(request.form.get("email", ""))
    if not _could_be_an_address(email):
        error = _("Please write your e-mail address. Example: name@verein.de")
        page = render_template("auth/sign_in.html", email=email, error=error, next_path=next_path())
        return page, 422
    browser = login.ask(
        db.session(), desk(), email, locale(), next_path=next_path(), asker=caller()
    )
    # For unknown addresses too: the worker wakes up and finds nothing.
    db.session().info.setdefault(WAKE, set()).add("mail")
    commit()
    response = redirect(url_for("auth.code", next=next_path() or None), 303)
    cookies.remember_asking(response, browser)
    return response


@blueprint.get("/anmelden/code")
@public
def code() -> Page:
    if cookies.asking_browser() is None:
        return redirect(url_for("auth.sign_in", next=next_path() or None))
    return render_template("auth/code.html", error="", next_path=next_path(), minutes=_minutes())


@blueprint.post("/anmelden/code")
@public
@limiter.limit("10 per minute")
def use_code() -> Page:
    browser = cookies.asking_browser()
    if browser is None:
        return redirect(url_for("auth.sign_in", next=next_path() or None), 303)
    try:
        person = login.by_code(db.session(), desk(), browser, request.form.get("code", ""))
    except NotPossible as refusal:
        commit()
        return (
            render_template(
                "auth/code.html", error=_(str(refusal)), next_path=next_path(), minutes=_minutes()
            ),
            422,
        )
    return welcome(person, next_path())


@blueprint.get("/anmelden/<token>")
@by_link
def link(token: str) -> Page:
    waiting = login.waiting(db.session(), desk(), token, cookies.asking_browser())
    if waiting is None:
        return render_template("auth/expired.html", next_path=next_path()), 410
    return render_template("auth/link.html", person=waiting.person, next_path=next_path())


@blueprint.post("/anmelden/<token>")
@by_link
@limiter.limit("10 per minute")
def use_link(token: str) -> Page:
    try:
        person = login.by_link(db.session(), desk(), token, cookies.asking_browser())
    except NotPossible:
        return render_template("auth/expired.html", next_path=next_path()), 410
    return welcome(person, next_path())


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


@blueprint.get("/anmelden/zweiter-schritt")
@public
def second_step() -> Page:
    person = _awaited()
    if person is None:
        return redirect(url_for("auth.sign_in", next=next_path() or None))
    return _second_step(person, "")


@blueprint.post("/anmelden/zweiter-schritt")
@public
@limiter.limit("10 per minute")
def take_second_step() -> Page:
    person = _awaited()
    if person is None:
        return redirect(url_for("auth.sign_in", next=next_path() or None), 303)
    try:
        acting = desk().by(Actor.of(person))
        code = request.form.get("code", "")
        second_factor.check(db.session(), acting, person, code, system_clock())
    except NotPossible as refusal:
        commit()
        return _second_step(person, _(str(refusal))), 422
    return let_in(person, landing(person, next_path()))


def _awaited() -> Person | None:
    token = request.cookies.get(session_cookie())
    return sessions.awaiting_factor(db.session(), desk(), token) if token else None


def _second_step(person: Person, error: str) -> str:
    return render_template(
        "auth/second_step.html", person=person, error=error, next_path=next_path()
    )


def _could_be_an_address(email: str) -> bool:
    name, at, host = email.partition("@")
    return bool(name and at and host) and "@" not in host and len(email) <= 254


def _minutes() -> int:
    return int(login.LASTS.total_seconds() // 60)
