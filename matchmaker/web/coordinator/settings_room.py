"""The settings' blueprint and who may enter."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("coordinator_settings", __name__, url_prefix="/koordination/einstellungen")
