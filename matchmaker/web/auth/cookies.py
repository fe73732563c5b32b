"""The two cookies of a sign-in: which browser asked, and who is signed in. Both are keys only."""

from __future__ import annotations

from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from matchmaker.models import Person
from matchmaker.services.people import login, sessions
from matchmaker.web.context import settings
from matchmaker.web.security import session_cookie


def _asking_cookie() -> str:
    return "__Host-asking" if settings().secure else "asking"


def asking_browser() -> str | None:
    """The key that this browser got when it asked for a link."""
    return request.cookies.get(_asking_cookie())


def remember_asking(response: Response, browser: str) -> None:
    _set(response, _asking_cookie(), browser, login.LASTS)


def sign_in(response: Response, person: Person, token: str) -> None:
    """Give the browser the session; staff's ends with the browser, others' lasts."""
    lasts = None if person.roles & sessions.STAFF else sessions.FOR_OTHERS.longest
    _set(response, session_cookie(), token, lasts)
    if asking_browser() is not None:
        _forget(response, _asking_cookie())


def sign_out(response: Response) -> None:
    _forget(response, session_cookie())


def _set(response: Response, name: str, value: str, lasts: timedelta | None) -> None:
    response.set_cookie(
        name, value, max_age=lasts, secure=settings().secure, httponly=True, samesite="Lax"
    )


def _forget(response: Response, name: str) -> None:
    response.delete_cookie(name, secure=settings().secure, httponly=True, samesite="Lax")
