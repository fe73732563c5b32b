"""The settings' blueprint and who may enter."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from matchmaker.models.states import Role

Page = Response | str | tuple[str, int]
WRITERS = (Role.COORDINATOR, Role.ADMIN)

blueprint = Blueprint("coordinator_settings", __name__, url_prefix="/koordination/einstellungen")
