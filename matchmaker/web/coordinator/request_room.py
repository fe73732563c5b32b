"""Anfragen: the place's blueprint and who may enter."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from matchmaker.models.states import Role
from matchmaker.web.context import signed_in

Page = Response | str | tuple[str, int]

WRITERS = (Role.COORDINATOR, Role.ADMIN)
READERS = (*WRITERS, Role.AUDITOR)

blueprint = Blueprint("coordinator_requests", __name__, url_prefix="/koordination/anfragen")


def may_write() -> bool:
    return bool(signed_in().roles & set(WRITERS))
