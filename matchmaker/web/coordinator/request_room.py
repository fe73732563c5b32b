"""Anfragen: the place's blueprint and who may enter."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("coordinator_requests", __name__, url_prefix="/koordination/anfragen")
