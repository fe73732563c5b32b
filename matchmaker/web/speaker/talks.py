"""A person's talks: what is coming, what was, and an answer without leaving the page."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.i18n import N_
from matchmaker.models.states import InvitationState
from matchmaker.services.inviting import responses
from matchmaker.services.inviting.own_talks import own_invitation, own_talks
from matchmaker.services.inviting.responses import Outcome
from matchmaker.web.access import for_roles
from matchmaker.web.answers import read_answer, record
from matchmaker.web.calendar_file import calendar_file
from matchmaker.web.context import desk, signed_in
from matchmaker.web.db import db
from matchmaker.web.speaker.room import INVITED, Page, blueprint
from matchmaker.web.talk_view import talk_view

TOLD = {
    Outcome.APPLIED: ("good", N_("Thank you. Your answer is saved.")),
    Outcome.REPEATED: ("good", N_("Thank you. Your answer is saved.")),
    Outcome.OLDER: ("attention", N_("You have answered elsewhere in the meantime.")),
    Outcome.OUTDATED: (
        "attention",
        N_("The date has changed since you opened the page. Please look at it and answer again."),
    ),
    Outcome.AHEAD: ("attention", N_("That did not work. Please answer again.")),
    Outcome.TAKEN: (
        "attention",
        N_("By now you are planned for another talk at this time. Please call us."),
    ),
    Outcome.CANCELLED: ("attention", N_("This date has been called off. No answer is needed.")),
    Outcome.PAST: ("attention", N_("This talk is over. No answer is needed.")),
}


@blueprint.get("/termine")
@for_roles(*INVITED)
def talks() -> str:
    mine = own_talks(db.session(), desk(), signed_in())
    return render_template(
        "speaker/talks.html",
        upcoming=[talk_view(row) for row in mine.upcoming],
        past=[talk_view(row) for row in mine.past],
    )


@blueprint.get("/termine/<int:invitation_id>/absagen")
@for_roles(*INVITED)
def decline(invitation_id: int) -> Page:
    """Asks once more and takes the reason, another day and a substitute."""
    invitation = own_invitation(db.session(), signed_in(), invitation_id)
    if responses.is_cancelled(invitation) or responses.is_over(invitation, desk().now):
        return redirect(url_for("speaker.talks"))
    return render_template(
        "speaker/decline.html",
        view=talk_view(invitation),
        typed=None,
        faults={},
        today=desk().today.isoformat(),
    )


@blueprint.post("/termine/<int:invitation_id>/antwort")
@for_roles(*INVITED)
def answer(invitation_id: int) -> Page:
    invitation = own_invitation(db.session(), signed_in(), invitation_id)
    typed, faults = read_answer()
    if faults and typed.answer is InvitationState.DECLINED:
        page = render_template(
            "speaker/decline.html",
            view=talk_view(invitation),
            typed=typed,
            faults={name: _(message) for name, message in faults.items()},
            today=desk().today.isoformat(),
        )
        return page, 422
    tone, message = TOLD[record(invitation, typed)]
    flash(_(message), tone)
    return redirect(url_for("speaker.talks"), 303)


@blueprint.get("/termine/<int:invitation_id>.ics")
@for_roles(*INVITED)
def download(invitation_id: int) -> Response:
    return calendar_file(own_invitation(db.session(), signed_in(), invitation_id))
