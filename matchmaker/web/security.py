"""What the browser is told to allow, and what never gets in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Request, abort, current_app, g, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response

from matchmaker.config import Settings
from matchmaker.text import clean_typed
from matchmaker.web.context import settings

View = TypeVar("View", bound=Callable[..., Any])

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


class CleanRequest(Request):
    """A request whose form holds no control characters or directions, whoever reads it."""

    max_content_length = 1024 * 1024
    max_form_memory_size = 1024 * 1024
    max_form_parts = 5000

    def _load_form_data(self) -> None:
        """Raises RequestEntityTooLarge for more fields than any page of ours has."""
        super()._load_form_data()
        given = [*self.form.items(multi=True)]
        if len(given) > self.max_form_parts:  # werkzeug counts those of multipart forms only
            raise RequestEntityTooLarge
        # No page of ours has a field whose name must be cleaned.
        self.form = ImmutableMultiDict(
            (name, clean_typed(value)) for name, value in given if clean_typed(name) == name
        )


def takes_bytes(limit: int) -> Callable[[View], View]:
    """A view that takes more than others; `limit` in bytes, for the whole body."""

    def mark(view: View) -> View:
        view.body_limit = limit  # type: ignore[attr-defined]  # read by `allow_body`
        return view

    return mark


def allow_body() -> None:
    """Before anything of a request is read."""
    view = current_app.view_functions.get(request.endpoint or "")
    limit = getattr(view, "body_limit", None)
    if limit is not None:
        request.max_content_length = limit


class RowNumber(IntegerConverter):
    """`<int:…>` in an address: no longer than what a database takes for the number of a row."""

    regex = r"\d{1,9}"


def refuse_nul() -> None:
    """Before a request: PostgreSQL takes no NUL in any text, so such an address names nothing."""
    if "\x00" in request.path or any("\x00" in text for text in request.args.values()):
        abort(404)


def session_cookie() -> str:
    """`__Host-` makes browsers refuse the cookie from anywhere else; it needs https."""
    return "__Host-session" if settings().secure else "session"


def fixed_headers(settings: Settings) -> dict[str, str]:
    """What every answer says, whatever it is about."""
    headers = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
    if settings.secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def add_headers(response: Response) -> Response:
    headers = response.headers
    for name, value in fixed_headers(settings()).items():
        headers.setdefault(name, value)
    if g.get("person") is not None or request.view_args:
        headers.setdefault("Cache-Control", "no-store")
    return response
