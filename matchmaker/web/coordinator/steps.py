"""Changes that take several pages: each leads on to the next one when it is done."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from matchmaker.web.public import own_path
from matchmaker.web.texts import _

NEXT = "danach"
"""What addresses and forms call the page that comes next."""


def next_step() -> str:
    """The page after this one; empty unless it is one of this service."""
    wanted = request.values.get(NEXT, "")
    return wanted if wanted and own_path(wanted) == wanted else ""


def chained(pages: Sequence[str]) -> str:
    """The address of the first page, from which the others follow one after the other."""
    first, *rest = pages
    if not rest:
        return first
    address, mark, place = first.partition("#")
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{urlencode({NEXT: chained(rest)})}{mark}{place}"


def onward(page: str) -> Response:
    """On to what comes next, if anything does, otherwise to this page."""
    following = next_step()
    if following:
        flash(_("This step is done. Here is the next one."), "info")
    return redirect(following or page, 303)
