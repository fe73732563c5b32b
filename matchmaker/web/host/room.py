"""The room's blueprint and what its pages share."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

Page = Response | str | tuple[str, int]

blueprint = Blueprint("host", __name__, url_prefix="/anfrage")
