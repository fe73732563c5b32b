"""Mail that came in: what needs a decision, with its reason and one press for each way out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from matchmaker.jobs.queue import poke
from matchmaker.models import IncomingMail
from matchmaker.models.states import AssignmentState
from matchmaker.services.errors import NotPossible
from matchmaker.services.incoming import review
from matchmaker.services.incoming.deciding import Reason
from matchmaker.services.incoming.review import Decision
from matchmaker.services.inviting.responses import is_cancelled, is_over
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
        other_date=review.other_date,
        way_out=way_out,
        is_doubtful=review.is_doubtful,
        is_granted=review.is_granted,
        delegates=review.delegates,
        page_address=page_address,
    )


@blueprint.post("/<int:mail_id>")
@for_roles(*WRITERS)
def decide(mail_id: int) -> Response:
    wanted = sent("entscheidung")
    if wanted not in set(Decision):
        raise NotPossible(review.NOT_OFFERED)
    shown = sent("stand")
    review.decide(
        db.session(),
        desk(),
        mail_id,
        Decision(wanted),
        shown=int(shown) if re.fullmatch("[0-9]{1,9}", shown) else None,
    )
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
    return datetime.fromisoformat(start) if start and row.reason == Reason.COUNTER else None


@dataclass(frozen=True, slots=True)
class Way:
    """A page on which the coordination can do what a mail asks for."""

    label: str
    url: str


def way_out(row: IncomingMail) -> Way | None:
    """To move the talk, with the proposed time filled in, or to send somebody else."""
    invitation = row.invitation
    if invitation is None or is_cancelled(invitation) or is_over(invitation, desk().now):
        return None
    code, assignment = invitation.talk.code, invitation.assignment
    if row.reason == Reason.COUNTER:
        if review.is_granted(row):
            return None
        start = proposed(row)
        local = start.astimezone(settings().zone) if start else None
        day, clock = (f"{local:%Y-%m-%d}", f"{local:%H:%M}") if local else (None, None)
        url = url_for("coordinator_talks.ask_move", code=code, day=day, starts=clock)
        return Way(_("Move the talk"), url)
    if row.reason not in {Reason.DELEGATED, Reason.TAKEN}:
        return None
    if assignment is None or assignment.state is AssignmentState.CANCELLED:
        url = url_for("coordinator_talks.detail", code=code)
    else:
        person = invitation.person.code
        url = url_for("coordinator_talks.ask_replace", code=code, person=person)
    return Way(_("Send somebody else"), url)
