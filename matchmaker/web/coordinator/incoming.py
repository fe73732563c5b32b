"""Mail that came in: what needs a decision, with its reason and one press for each way out."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from matchmaker.jobs.queue import poke
from matchmaker.models import IncomingMail
from matchmaker.services.errors import NotPossible
from matchmaker.services.incoming import review
from matchmaker.services.incoming.review import Decision
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk, settings
from matchmaker.web.coordinator import incoming_words
from matchmaker.web.coordinator.room import WRITERS, page_address, page_number, sent
from matchmaker.web.db import db
from matchmaker.web.texts import _

blueprint = Blueprint("coordinator_incoming", __name__, url_prefix="/koordination/post/eingang")


@blueprint.get("")
@for_roles(*WRITERS)
def index() -> str:
    session, now = db.session(), desk().now
    return render_template(
        "coordinator/incoming/index.html",
        found=review.waiting(session, page_number()),
        lately=review.lately(session),
        mailbox=review.mailbox(session),
        is_set=settings().imap_url is not None,
        choices=lambda row: review.choices(row, now),
        words=incoming_words,
        proposed=proposed,
        page_address=page_address,
    )


@blueprint.post("/<int:mail_id>")
@for_roles(*WRITERS)
def decide(mail_id: int) -> Response:
    wanted = sent("entscheidung")
    if wanted not in set(Decision):
        raise NotPossible(review.NOT_OFFERED)
    review.decide(db.session(), desk(), mail_id, Decision(wanted))
    commit()
    if wanted == Decision.SEND_AGAIN:
        poke(settings(), "mail")
    flash(incoming_words.done(Decision(wanted)), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/abrufen")
@for_roles(*WRITERS)
def fetch() -> Response:
    """Wake whoever reads the mailbox."""
    poke(settings(), "incoming")
    flash(_("The mailbox is read now. Please look again in a moment."), "success")
    return redirect(url_for(".index"), 303)


def proposed(row: IncomingMail) -> datetime | None:
    """The other time that a mail asks for."""
    start = row.facts.get("start")
    return datetime.fromisoformat(start) if start and row.reason == "counter" else None
