"""`/healthz`: for monitoring and load balancers."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError

from matchmaker.jobs.queue import pending
from matchmaker.services.health import report
from matchmaker.web.access import public
from matchmaker.web.context import desk, settings
from matchmaker.web.db import db

blueprint = Blueprint("health", __name__)
log = logging.getLogger(__name__)


@blueprint.get("/healthz")
@public
def healthz() -> tuple[dict[str, Any], int, dict[str, str]]:
    """503 if the database does not answer; a queue that is down only slows things."""
    fresh = {"Cache-Control": "no-store"}
    try:
        found = report.summary(db.session(), settings(), desk().now, partial(pending, settings()))
    except SQLAlchemyError as error:
        log.error("healthz: database: %s", type(error).__name__)
        return {"database": "down"}, 503, fresh
    return found, 200, fresh
