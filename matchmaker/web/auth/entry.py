"""Letting somebody in: always under a new key, and after the second step where there is one."""

from __future__ import annotations

from collections.abc import Callable

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from matchmaker.models import Person
from matchmaker.services.people import second_factor, sessions
from matchmaker.web.auth import cookies
from matchmaker.web.auth.homes import landing
from matchmaker.web.context import commit, desk
from matchmaker.web.db import db
from matchmaker.web.public import own_path
from matchmaker.web.security import session_cookie


def next_path() -> str:
    """Where to go afterwards; empty unless it is a path of this service."""
    wanted = request.values.get("next", "")
    return wanted if wanted and own_path(wanted) == wanted else ""


def welcome(person: Person, wanted: str) -> Response:
    """After the mailed link or code: in, or on to the second step."""
    if not second_factor.is_on(db.session(), person):
        return let_in(person, landing(person, wanted))
    token = _new_key(person, awaits_factor=True)
    commit()
    response = redirect(url_for("auth.second_step", next=wanted or None), 303)
    cookies.sign_in(response, person, token)
    return response


def let_in(person: Person, target: str) -> Response:
    """Sign in and go to `target`. Commits."""
    return keep_in(person, lambda: redirect(target, 303))


def keep_in(person: Person, answer: Callable[[], Response]) -> Response:
    """Give the browser a new session along with the answer, which is made in it. Commits."""
    token = _new_key(person)
    response = answer()
    commit()
    cookies.sign_in(response, person, token)
    return response


def _new_key(person: Person, *, awaits_factor: bool = False) -> str:
    """Whatever key the browser had before is worth nothing from now on."""
    before = request.cookies.get(session_cookie())
    if before:
        sessions.end(db.session(), desk(), before)
    token = sessions.start(db.session(), desk(), person, awaits_factor=awaits_factor)
    g.session_key = None if awaits_factor else sessions.session_key(token)
    return token
