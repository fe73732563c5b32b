"""Every kind of mail in every language, with invented people, before anybody gets it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template

from matchmaker import i18n
from matchmaker.mail.examples import NAMES, example
from matchmaker.mail.render import MailText, render
from matchmaker.models.states import InvitationRole
from matchmaker.services.house.carrier import carrier
from matchmaker.services.sending.post import carrier_facts
from matchmaker.web.access import for_roles
from matchmaker.web.context import desk
from matchmaker.web.coordinator import sending_words
from matchmaker.web.coordinator.room import WRITERS, asked
from matchmaker.web.db import db
from matchmaker.web.mail_frame import framed
from matchmaker.web.texts import _

blueprint = Blueprint("coordinator_mail_templates", __name__, url_prefix="/koordination/mailtexte")
VIEWS = ("breit", "handy", "text")


@blueprint.get("")
@for_roles(*WRITERS)
def index() -> str:
    return render_template(
        "coordinator/post/templates.html",
        names=[(name, _title(name)) for name in NAMES],
        languages=i18n.SUPPORTED,
    )


@blueprint.get("/<name>/<language>")
@for_roles(*WRITERS)
def template(name: str, language: str) -> str:
    view = asked("ansicht")
    return render_template(
        "coordinator/post/template.html",
        name=name,
        title=_title(name) if name in NAMES else "",
        written=_written(name, language),
        language=language,
        languages=i18n.SUPPORTED,
        view=view if view in VIEWS else VIEWS[0],
        views=[("breit", _("On a screen")), ("handy", _("On a phone")), ("text", _("As text"))],
    )


@blueprint.get("/<name>/<language>/html")
@for_roles(*WRITERS)
def template_html(name: str, language: str) -> Response:
    """The HTML alone, for the sandboxed frame; its links open nothing."""
    return framed(_written(name, language).html)


def _written(name: str, language: str) -> MailText:
    if name not in NAMES or language not in i18n.SUPPORTED:
        abort(404)
    signed = carrier_facts(desk(), carrier(db.session()))
    return render(example(name, language, desk().today), language, signed)


def _title(name: str) -> str:
    """`Invitation: Speaker`; the other kinds have one text for everybody."""
    kind, _joint, role = name.partition("invitation_")
    if role in set(InvitationRole):
        invitation = sending_words.kind_name("invitation")
        return f"{invitation}: {sending_words.role_name(InvitationRole(role))}"
    return sending_words.kind_name(kind or name)
