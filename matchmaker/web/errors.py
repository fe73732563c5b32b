"""Error pages: what happened and what to do. Never a traceback."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from math import ceil

from flask import Flask, current_app, make_response, render_template, request
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed
from werkzeug.wrappers import Response

from matchmaker.models.states import Role
from matchmaker.services import errors
from matchmaker.web import context
from matchmaker.web.db import db
from matchmaker.web.i18n import moment
from matchmaker.web.limits import seconds_to_wait

Answer = tuple[str, int]

READ_ONLY_TRANSACTION = "25006"
RETRY_SECONDS = 60
BARE = (
    "That was our mistake. Please try again in a few minutes.\n"
    "Das war unser Fehler. Bitte versuchen Sie es in einigen Minuten noch einmal.\n"
)
"""For the case that even the error page cannot be made, whatever it lacks."""
WORKERS = frozenset({Role.COORDINATOR, Role.ADMIN, Role.AUDITOR})
"""Who finds the places of the coordination beside every page."""

STATUS: dict[type[errors.ServiceError], int] = {
    errors.NotFound: 404,
    errors.NotPossible: 409,
    errors.Conflict: 409,
    errors.Invalid: 422,
}


def install(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(RateLimitExceeded, _refused)
    app.register_error_handler(errors.ServiceError, _service)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(NoFreeConnection, _unavailable)
    app.register_error_handler(InternalServerError, _bug)


def page(
    status: int, message: str = "", *, wait_minutes: int = 0, is_refused: bool = False
) -> Answer:
    """The error page; `message` replaces the general explanation of `status`.

    A message of several sentences says what to do itself. `is_refused`: nobody else was faster.
    """
    with suppress(SQLAlchemyError):
        db.session.rollback()
    person = context.current_person() if status in {403, 409} else None
    return render_template(
        "error.html",
        status=status,
        message=message,
        wait_minutes=wait_minutes,
        is_refused=is_refused,
        is_other_role=status == 403 and not message and person is not None,
        is_framed=person is not None and not WORKERS.isdisjoint(person.roles),
        says_what_to_do=". " in message,
    ), status


def _http(error: HTTPException) -> Response:
    reasons = {
        "form-expired": _("This form was open for too long. Please go back and send it again."),
        "cross-site": _("This form was sent from another site. Please open it here and send it."),
    }
    response = make_response(page(error.code or 500, reasons.get(str(error.description), "")))
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response


def _refused(_error: RateLimitExceeded) -> Response:
    seconds = seconds_to_wait()
    response = make_response(page(429, wait_minutes=ceil(seconds / 60)))
    response.headers["Retry-After"] = str(seconds)
    return response


def _service(error: errors.ServiceError) -> Answer:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 400)
    refused = isinstance(error, errors.NotPossible)
    return page(status, error_text(error), is_refused=refused)


def error_text(error: errors.ServiceError) -> str:
    """What went wrong, in the reader's words and dates."""
    # The service's texts are message ids, marked for translation where they are written.
    facts = {
        name: moment(fact) if isinstance(fact, datetime) else fact
        for name, fact in error.facts.items()
    }
    return _(error.message, **facts) if error.message else ""


def _stale(_error: StaleDataError) -> Answer:
    return page(409, _("This has been changed in the meantime. Please look at it again."))


def _database(error: DBAPIError) -> Response:
    """The server is away, the disk is full or read-only. Anything else is a bug."""
    read_only = getattr(error.orig, "sqlstate", "") == READ_ONLY_TRANSACTION
    if read_only or isinstance(error, OperationalError | InterfaceError):
        return _unavailable(error)
    raise error


def _unavailable(error: SQLAlchemyError) -> Response:
    reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    current_app.logger.error("database unavailable: %s: %s", request.endpoint, reason)
    context.go_without_database()
    response = make_response(page(503))
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _bug(_error: InternalServerError) -> Answer | Response:
    try:
        context.go_without_database()  # it may be what is broken
        return page(500)
    except Exception:
        current_app.logger.exception("the error page failed: %s", request.endpoint)
        response = make_response(BARE, 500)
        response.mimetype = "text/plain"
        return response
