"""A signed-in host's requests and talks."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, url_for

from matchmaker.i18n import N_
from matchmaker.models import Request, Talk
from matchmaker.models.states import Role, TokenPurpose
from matchmaker.services.errors import NotFound
from matchmaker.services.house import tokens
from matchmaker.services.inviting.own_talks import own_talks
from matchmaker.services.inviting.responses import is_cancelled
from matchmaker.services.requests.request_status import own_requests, standing_of
from matchmaker.web import intake_words as words
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk, signed_in
from matchmaker.web.db import db
from matchmaker.web.host.room import Page, blueprint
from matchmaker.web.host.status import OVER
from matchmaker.web.host.status_words import Words, told
from matchmaker.web.talk_view import talk_view
from matchmaker.web.texts import _

NO_SUCH_REQUEST = N_("We do not know this request.")


@dataclass(frozen=True, slots=True)
class Entry:
    """A request in the list: what it is about, where it stands, and the talk that came of it."""

    request: Request
    title: str
    told: Words
    talk: Talk | None


@blueprint.get("/meine")
@for_roles(Role.HOST)
def mine() -> str:
    requests = own_requests(db.session(), signed_in())
    talks = own_talks(db.session(), desk(), signed_in())
    return render_template(
        "host/mine.html",
        current=[_entry(row) for row in requests if row.state not in OVER],
        past=[_entry(row) for row in requests if row.state in OVER],
        talks=[talk_view(row) for row in talks.upcoming if not is_cancelled(row)],
    )


@blueprint.post("/meine/<code>")
@for_roles(Role.HOST)
def open_mine(code: str) -> Page:
    """To the request's page. A link is made for it, so this is no plain address."""
    request = next(
        (row for row in own_requests(db.session(), signed_in()) if row.code == code), None
    )
    if request is None:
        raise NotFound(NO_SUCH_REQUEST)
    token = tokens.issue(db.session(), desk(), TokenPurpose.REQUEST_STATUS, request.id)
    commit()
    return redirect(url_for("host.status", token=token), 303)


def _entry(request: Request) -> Entry:
    """Named by the question that those who asked chose first."""
    names = [words.topic_question(row.topic) for row in request.topics]
    title = names[0] if names else (request.other_topic or _("Your own question"))
    standing = standing_of(db.session(), desk(), request)
    return Entry(request, title, told(standing, request), standing.talk)
