"""The subscriptions, as calendar programs fetch them: no sign-in, no cookie, no redirect.

They ask every hour, and mostly nothing is new. `Shortcut` answers whatever is served as it is
stored before Flask has begun its work; the view does the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, request
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import Headers
from werkzeug.http import http_date, parse_date, parse_etags

from matchmaker.database import only_reads
from matchmaker.services.inviting import feed_serving
from matchmaker.services.inviting.feed_keys import NAME
from matchmaker.services.inviting.feed_serving import ServedFeed
from matchmaker.web import security
from matchmaker.web.access import by_link
from matchmaker.web.context import desk, known_clock, settings
from matchmaker.web.db import db

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FRESH_SECONDS = 300
PLACE, ENDING = "kalender", ".ics"

blueprint = Blueprint("feeds", __name__)


@dataclass(frozen=True, slots=True)
class Known:
    """What the program says that it has: both headers as they came, None if they did not."""

    tags: str | None
    since: str | None

    def covers(self, served: ServedFeed) -> bool:
        """Whether it has these bytes already (RFC 9110, 13.2.2)."""
        if self.tags is not None:
            tags = parse_etags(self.tags)
            return tags.star_tag or tags.contains_weak(served.etag)
        since = parse_date(self.since)
        return since is not None and served.changed_at.replace(microsecond=0) <= since


class NotModified(Response):
    """A 304 with both validators; werkzeug alone drops Last-Modified from it."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        headers = super().get_wsgi_headers(environ)
        headers["Last-Modified"] = self.headers["Last-Modified"]
        return headers


class Shortcut:
    """Answers what is served as stored, and leaves everything else to the pages.

    That is also what happens when the database does not answer: they say so in a clear page.
    """

    def __init__(self, app: Flask, pages: WSGIApplication, engine: Engine) -> None:
        self.app, self.pages, self.engine = app, pages, engine
        self.settings = app.config["MATCHMAKER"]
        self.fixed = [*security.fixed_headers(self.settings).items()]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        token = _token_in(environ)
        answer = self._answer(environ, token) if token else None
        if answer is None:
            return self.pages(environ, start_response)
        status, headers, body = answer
        start_response(f"{status.value} {status.phrase.upper()}", [*headers, *self.fixed])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _answer(
        self, environ: WSGIEnvironment, token: str
    ) -> tuple[HTTPStatus, list[tuple[str, str]], bytes] | None:
        clock = known_clock(self.app)
        if clock is None:
            return None
        today = clock().astimezone(self.settings.zone).date()
        known = Known(environ.get("HTTP_IF_NONE_MATCH"), environ.get("HTTP_IF_MODIFIED_SINCE"))
        reading = only_reads.set(True)
        try:
            with self.engine.connect() as connection:
                served = feed_serving.stored_feed(connection, today, token)
                if served is None:
                    return None
                if known.covers(served):
                    return HTTPStatus.NOT_MODIFIED, [*_validators(served).items()], b""
                body = feed_serving.content(connection, self.settings, served, token)
        except SQLAlchemyError:
            return None
        finally:
            only_reads.reset(reading)
        length = ("Content-Length", str(len(body)))
        return HTTPStatus.OK, [*_content_headers(served).items(), length], body


@blueprint.get(f"/{PLACE}/<token>/<name>{ENDING}")
@by_link
def serve(token: str, name: str) -> Response:  # noqa: ARG001  # people read the name, nobody else
    """The calendar, whatever the program says that it accepts."""
    session = db.session()
    served = feed_serving.served_feed(session, desk(), token)
    if served is None:
        return _refuse(404, "There is no such calendar. / Diesen Kalender gibt es nicht.")
    if served.revoked:
        return _refuse(
            410,
            "This address no longer works. There may be a new one. / "
            "Diese Adresse gilt nicht mehr. Vielleicht gibt es eine neue.",
        )
    given = request.headers
    if Known(given.get("If-None-Match"), given.get("If-Modified-Since")).covers(served):
        return NotModified(status=304, headers=_validators(served))
    body = feed_serving.content(session.connection(), settings(), served, token)
    return Response(body, headers=_content_headers(served))


def _token_in(environ: WSGIEnvironment) -> str | None:
    """The token in the address, if it is that of a feed and only reads it."""
    parts = environ["PATH_INFO"].split("/")
    is_feed = len(parts) == 4 and parts[1] == PLACE and parts[3].endswith(ENDING)
    if not is_feed or environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
        return None
    return None if "\x00" in environ["PATH_INFO"] else parts[2]


def _validators(served: ServedFeed) -> dict[str, str]:
    return {
        "ETag": f'"{served.etag}"',
        "Last-Modified": http_date(served.changed_at),
        "Cache-Control": f"private, max-age={FRESH_SECONDS}",
    }


def _content_headers(served: ServedFeed) -> dict[str, str]:
    return {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": f'inline; filename="{NAME}.ics"',
        **_validators(served),
    }


def _refuse(status: int, text: str) -> Response:
    return Response(f"{text}\n", status, content_type="text/plain; charset=utf-8")
