"""The room's blueprint and who may enter."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from matchmaker.web import ways
from matchmaker.web.ways import INVITED, PLANNED

__all__ = ["INVITED", "PLANNED", "Page", "blueprint"]

Page = Response | str | tuple[str, int]

blueprint = Blueprint("speaker", __name__, url_prefix="/mein")
blueprint.context_processor(ways.ways)
