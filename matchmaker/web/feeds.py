"""The subscriptions, as calendar programs fetch them: no sign-in, no cookie, no redirect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from werkzeug.datastructures import Headers
from werkzeug.http import http_date

from matchmaker.services.inviting import feed_serving
from matchmaker.services.inviting.feed_serving import ServedFeed
from matchmaker.services.inviting.feeds import NAME
from matchmaker.web.access import by_link
from matchmaker.web.context import desk
from matchmaker.web.db import db

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

FRESH_SECONDS = 300

blueprint = Blueprint("feeds", __name__)


class NotModified(Response):
    """A 304 with both validators; werkzeug alone drops Last-Modified from it."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        headers = super().get_wsgi_headers(environ)
        headers["Last-Modified"] = self.headers["Last-Modified"]
        return headers


@blueprint.get("/kalender/<token>/<name>.ics")
@by_link
def serve(token: str, name: str) -> Response:  # noqa: ARG001  # people read the name, nobody else
    """The calendar, whatever the program says that it accepts."""
    session, at = db.session(), desk()
    served = feed_serving.served_feed(session, at, token)
    if served is None:
        return _refuse(404, "There is no such calendar. / Diesen Kalender gibt es nicht.")
    if served.revoked:
        return _refuse(
            410, "This calendar has a new address. / Dieser Kalender hat eine neue Adresse."
        )
    if _is_known(served):
        response: Response = NotModified(status=304)
    else:
        response = Response(
            feed_serving.content(session, at, served, token),
            content_type="text/calendar; charset=utf-8",
        )
        response.headers["Content-Disposition"] = f'inline; filename="{NAME}.ics"'
    response.headers["ETag"] = f'"{served.etag}"'
    response.headers["Last-Modified"] = http_date(served.changed_at)
    response.headers["Cache-Control"] = f"private, max-age={FRESH_SECONDS}"
    return response


def _is_known(served: ServedFeed) -> bool:
    """Whether the caller has these bytes already (RFC 9110, 13.2.2)."""
    if "If-None-Match" in request.headers:
        known = request.if_none_match
        return known.star_tag or known.contains_weak(served.etag)
    since = request.if_modified_since
    return since is not None and served.changed_at.replace(microsecond=0) <= since


def _refuse(status: int, text: str) -> Response:
    return Response(f"{text}\n", status, content_type="text/plain; charset=utf-8")
