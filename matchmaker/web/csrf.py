"""Forms can only be sent from our own pages: a signed token in the form, and the origin checked.

The token is bound to the signed-in session and needs no cookie of its own, so that pages for
people without an account set none.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import abort, g, request
from itsdangerous import BadData, URLSafeTimedSerializer
from markupsafe import Markup

from matchmaker.web.context import settings

FIELD = "csrf_token"
LASTS_SECONDS = 24 * 3600
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt="form")


def _holder() -> str:
    return str(g.get("session_key") or "public")


def csrf_token() -> str:
    return str(_signer().dumps(_holder()))


def csrf_field() -> Markup:
    """The hidden field that every form with method post needs."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, csrf_token())


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # such as http://[x
        return ""


def check_form() -> None:
    """Before a request that changes something: 400 if it does not come from our own page."""
    if request.method in SAFE_METHODS or request.endpoint is None:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        abort(400, "cross-site")
    origin = request.headers.get("Origin")
    if origin and origin != "null" and _host_of(origin) != request.host:
        abort(400, "cross-site")
    try:
        holder = _signer().loads(request.form.get(FIELD, ""), max_age=LASTS_SECONDS)
    except BadData:
        abort(400, "form-expired")
    if holder != _holder():
        abort(400, "form-expired")
