"""Who may call what. Every view says so; the app does not start if one does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from matchmaker.models.states import Role
from matchmaker.web.context import current_person, needs_factor
from matchmaker.web.texts import _

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """`key` is "public", "link" (a token in the address) or "roles"; the rest only for the last.

    `before_factor`: also for somebody who must set up a second factor before anything else.
    """

    key: str
    roles: frozenset[Role] = frozenset()
    before_factor: bool = False


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]  # read by `access_of`
        return view

    return mark


def public(view: View) -> View:
    """Anybody may call it."""
    return _declare(Access("public"))(view)


def by_link(view: View) -> View:
    """Whoever has the link may call it; the view checks the token."""
    return _declare(Access("link"))(view)


def for_roles(*roles: Role, before_factor: bool = False) -> Callable[[View], View]:
    """Only signed-in people with one of the roles may call it."""
    return _declare(Access("roles", frozenset(roles), before_factor))


def access_of(app: Flask, endpoint: str) -> Access | None:
    access = getattr(app.view_functions[endpoint], "access", None)
    return access if isinstance(access, Access) else None


def require_declarations(app: Flask) -> None:
    """Raise RuntimeError naming the views that do not say who may call them."""
    missing = [name for name in app.view_functions if access_of(app, name) is None]
    if missing:
        raise RuntimeError(f"views without access: {', '.join(sorted(missing))}")


def check_access() -> Response | None:
    """Before a request: refuse, or send to the sign-in page and back."""
    if request.endpoint is None:
        return None
    access = access_of(current_app, request.endpoint)
    if access is None:
        abort(404)
    if access.key != "roles":
        return None
    person = current_person()
    if person is None:
        if request.method not in {"GET", "HEAD"}:
            abort(401)
        return redirect(url_for("auth.sign_in", next=request.full_path.rstrip("?")))
    if not person.roles & access.roles:
        abort(403)
    if needs_factor() and not access.before_factor:
        flash(_("Please set up your second factor first. Then everything is open to you."))
        return redirect(url_for("coordinator_factor.index"), 303)
    return None
