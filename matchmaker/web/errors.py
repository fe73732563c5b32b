"""Error pages: what happened and what to do. Never a traceback."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, render_template, request
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError

from matchmaker.services import errors
from matchmaker.web.db import db
from matchmaker.web.i18n import moment

Answer = tuple[str, int]

STATUS: dict[type[errors.ServiceError], int] = {
    errors.NotFound: 404,
    errors.NotPossible: 409,
    errors.Conflict: 409,
    errors.Invalid: 422,
}


def install(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(errors.ServiceError, _service)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(InternalServerError, _bug)


def page(status: int, message: str = "") -> Answer:
    """The error page; `message` replaces the general explanation of `status`."""
    db.session.rollback()
    return render_template("error.html", status=status, message=message), status


def _http(error: HTTPException) -> Answer:
    reasons = {
        "form-expired": _("This form was open for too long. Please go back and send it again."),
        "cross-site": _("This form was sent from another site. Please open it here and send it."),
    }
    return page(error.code or 500, reasons.get(str(error.description), ""))


def _service(error: errors.ServiceError) -> Answer:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 400)
    return page(status, error_text(error))


def error_text(error: errors.ServiceError) -> str:
    """What went wrong, in the reader's words and dates."""
    # The service's texts are message ids, marked for translation where they are written.
    facts = {
        name: moment(fact) if isinstance(fact, datetime) else fact
        for name, fact in error.facts.items()
    }
    return _(error.message, **facts) if error.message else ""


def _stale(_error: StaleDataError) -> Answer:
    return page(409, _("Somebody else has changed this in the meantime. Please look at it again."))


def _database(error: OperationalError) -> Answer:
    from flask import current_app  # noqa: PLC0415  # only for the rare case

    current_app.logger.error("database unavailable: %s %s", request.endpoint, type(error.orig))
    return page(503)


def _bug(_error: InternalServerError) -> Answer:
    return page(500)
