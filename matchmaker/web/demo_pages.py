"""The demo's own pages: every mail, signing in as anybody, the components. Never outside of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from sqlalchemy import func, select
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response

from matchmaker import i18n
from matchmaker.models import OutboxMessage, Person, PersonRole
from matchmaker.models.states import Role
from matchmaker.services.people import sessions
from matchmaker.services.sending import mail_reading
from matchmaker.services.sending.mail_preview import CalendarFacts
from matchmaker.web.access import public
from matchmaker.web.auth import cookies
from matchmaker.web.auth.homes import landing
from matchmaker.web.context import begin_write, commit, desk, settings
from matchmaker.web.coordinator.sending_words import kind_name
from matchmaker.web.db import db
from matchmaker.web.i18n import locale
from matchmaker.web.mail_frame import framed
from matchmaker.web.security import session_cookie

A_PAGE = 50
MOST_PAGES = 100_000
SHOWN_AS = {
    Role.COORDINATOR: lazy_gettext("Coordination"),
    Role.SPEAKER: lazy_gettext("Speaker"),
    Role.INTERPRETER: lazy_gettext("Interpreter"),
    Role.HOST: lazy_gettext("Association"),
    Role.AUDITOR: lazy_gettext("Auditor"),
    Role.ADMIN: lazy_gettext("Administration"),
}
FIRST_CHOICE = {Role.SPEAKER: "R07", Role.INTERPRETER: "S1", Role.HOST: "H01"}
"""People of the demo quarter with something to look at; else the first with the role."""

blueprint = Blueprint("demo", __name__, url_prefix="/demo")


@blueprint.before_request
def _only_in_the_demo() -> None:
    """The app does not even know these pages elsewhere; this is the second lock."""
    if not (settings().demo or settings().testing):
        abort(404)


@blueprint.app_context_processor
def _roles() -> dict[str, Any]:
    return {"demo_roles": [(role.value, label) for role, label in SHOWN_AS.items()]}


@blueprint.get("/als/<role>")
@public
def sign_in_as(role: str) -> Response:
    """One click and one is in, also by GET: allowed because everything here is invented."""
    if role not in set(Role):
        abort(404)
    begin_write()
    person = _representative(Role(role), request.args.get("person", ""))
    before = request.cookies.get(session_cookie())
    if before:
        sessions.end(db.session(), desk(), before)
    token = sessions.start(db.session(), desk(), person)
    commit()
    response = redirect(landing(person, request.args.get("next", "")), 303)
    cookies.sign_in(response, person, token)
    return response


@blueprint.get("/post")
@public
def post() -> str:
    chosen = request.args.get("person", "")
    page = max(1, min(request.args.get("page", 1, type=int), MOST_PAGES))
    query = select(OutboxMessage).order_by(OutboxMessage.id.desc())
    if chosen:
        query = query.where(OutboxMessage.recipient == chosen)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    mails = db.session.scalars(query.limit(A_PAGE).offset((page - 1) * A_PAGE)).all()
    return render_template(
        "demo/post.html",
        mails=mails,
        recipients=_recipients(),
        chosen=chosen,
        total=total,
        page=page,
        pages=-(-total // A_PAGE),
        page_address=lambda number: url_for("demo.post", person=chosen or None, page=number),
    )


@blueprint.get("/post/<int:message_id>")
@public
def message(message_id: int) -> str:
    row = _mail(message_id)
    neighbours = select(OutboxMessage.id).where(OutboxMessage.recipient == row.recipient)
    older = neighbours.where(OutboxMessage.id < row.id).order_by(OutboxMessage.id.desc())
    newer = neighbours.where(OutboxMessage.id > row.id).order_by(OutboxMessage.id)
    return render_template(
        "demo/message.html",
        row=row,
        mail=mail_reading.read(row.body),
        when_of=_when,
        kind_name=kind_name,
        older=db.session.scalar(older.limit(1)),
        newer=db.session.scalar(newer.limit(1)),
    )


@blueprint.get("/post/<int:message_id>/html")
@public
def message_html(message_id: int) -> Response:
    """The mail's HTML alone, for the sandboxed frame."""
    mail = mail_reading.read(_mail(message_id).body)
    return framed(mail.html, links_open=True)


@blueprint.get("/post/<int:message_id>/mail.eml")
@public
def message_raw(message_id: int) -> Response:
    return _download(_mail(message_id).body, "message/rfc822", f"mail-{message_id}.eml")


@blueprint.get("/post/<int:message_id>/invite.ics")
@public
def message_calendar(message_id: int) -> Response:
    calendar = mail_reading.read(_mail(message_id).body).raw_calendar
    if not calendar:
        abort(404)
    return _download(calendar.encode(), "text/calendar; charset=utf-8", "invite.ics")


@blueprint.get("/bausteine")
@public
def components() -> str:
    return render_template("styleguide.html", shape=None)


def _when(event: CalendarFacts) -> str:
    """The event's own wall times."""
    if event.start is None or event.end is None:
        return "–"
    return i18n.format_when(event.start, event.end, locale())


def _representative(role: Role, code: str) -> Person:
    query = (
        select(Person)
        .join(PersonRole)
        .where(PersonRole.role == role, Person.active)
        .order_by(Person.code != (code or FIRST_CHOICE.get(role, "")), Person.id)
    )
    person = db.session.scalars(query.limit(1)).one_or_none()
    if person is None or (code and person.code != code):
        abort(404)
    return person


def _recipients() -> list[tuple[str, str]]:
    """Who has mail: address and name, with how many."""
    rows = db.session.execute(
        select(OutboxMessage.recipient, func.max(Person.name), func.count())
        .outerjoin(Person, Person.id == OutboxMessage.person_id)
        .group_by(OutboxMessage.recipient)
        .order_by(func.max(Person.name))
    )
    return [(row[0], f"{row[1] or row[0]} ({row[2]})") for row in rows]


def _mail(message_id: int) -> OutboxMessage:
    row = db.session.get(OutboxMessage, message_id, options=[undefer(OutboxMessage.body)])
    if row is None:
        abort(404)
    return row


def _download(body: bytes, kind: str, name: str) -> Response:
    response = make_response(body)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
