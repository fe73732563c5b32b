"""The page behind the link in the mail: where the request stands, and what one can do."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from matchmaker.i18n import N_
from matchmaker.models import Request
from matchmaker.models.states import OPEN_REQUESTS, RequestState, TokenPurpose
from matchmaker.services.errors import NotFound
from matchmaker.services.house import tokens
from matchmaker.services.intake import drafts, submit
from matchmaker.services.intake.need import typed_need
from matchmaker.services.intake.offer import load_offer
from matchmaker.services.planning.reasons import why_open
from matchmaker.services.requests.request_status import (
    ANSWER_WANTED,
    ANSWERABLE,
    Situation,
    host_invitation,
    standing_of,
    talk_of,
)
from matchmaker.web import intake_words as words
from matchmaker.web.access import by_link
from matchmaker.web.context import commit, desk
from matchmaker.web.db import db
from matchmaker.web.host import status_words
from matchmaker.web.host.reasons import reason_items
from matchmaker.web.host.room import Page, blueprint, request_behind
from matchmaker.web.i18n import day
from matchmaker.web.limits import limiter
from matchmaker.web.talk_view import talk_view
from matchmaker.web.texts import _

OVER = (RequestState.WITHDRAWN, RequestState.NOT_POSSIBLE, RequestState.DUPLICATE)
NO_TALK = N_("There is no date for this request yet.")
REACHED, CURRENT, AHEAD = "reached", "current", "ahead"


@blueprint.get("/<token>")
@by_link
def status(token: str) -> str:
    request = request_behind(token)
    return render_template("host/status.html", token=token, asked=request, **_view(request))


@blueprint.get("/<token>/zuruecknehmen")
@by_link
def ask_withdraw(token: str) -> Page:
    request = request_behind(token)
    if request.state not in OPEN_REQUESTS:
        return redirect(url_for("host.status", token=token))
    return render_template("host/withdraw.html", token=token)


@blueprint.post("/<token>/zuruecknehmen")
@by_link
@limiter.limit("10 per hour")
def withdraw(token: str) -> Page:
    request = request_behind(token, to_write=True)
    submit.withdraw(db.session(), desk(), request)
    commit()
    flash(_("Your request is withdrawn."), "good")
    return redirect(url_for("host.status", token=token), 303)


@blueprint.post("/<token>/antworten")
@by_link
@limiter.limit("60 per hour")
def answer(token: str) -> Page:
    """To the page where the host says yes or no; a link of its own is made for it."""
    request = request_behind(token, to_write=True)
    talk = talk_of(db.session(), request)
    invitation = host_invitation(db.session(), talk) if talk else None
    if invitation is None:
        raise NotFound(NO_TALK)
    answer_token = tokens.issue(db.session(), desk(), TokenPurpose.ANSWER, invitation.id)
    commit()
    return redirect(url_for("answers.show", token=answer_token), 303)


@blueprint.post("/<token>/doch")
@by_link
@limiter.limit("10 per hour")
def restore(token: str) -> Page:
    """Withdrawn by mistake: everything is as it was."""
    request = request_behind(token, to_write=True)
    submit.restore(db.session(), desk(), request)
    commit()
    flash(_("Your request counts again."), "good")
    return redirect(url_for("host.status", token=token), 303)


def _view(request: Request) -> dict[str, Any]:
    offer = load_offer(db.session(), desk(), request)
    typed = typed_need(request) | drafts.who_of(request)
    standing = standing_of(db.session(), desk(), request)
    why = why_open(db.session(), request)
    return {
        "lines": [line for line in words.lines(typed, offer) if line.values],
        "standing": standing,
        "told": status_words.told(standing, request),
        "wants_answer": standing.situation in ANSWER_WANTED,
        "can_answer": standing.situation in ANSWERABLE,
        "track": track(request, standing.situation),
        "reasons": reason_items(why, request, offer),
        "talk": talk_view(standing.invitation) if standing.invitation else None,
        "answers": status_words.answers(standing),
        "can_change": request.state in OPEN_REQUESTS,
        "can_restore": submit.can_restore(request),
        "is_changing": submit.is_changing(request),
        "is_over": request.state in OVER,
    }


def track(request: Request, situation: Situation) -> list[dict[str, str]]:
    """From the request to the talk, in four steps."""
    if request.state in OVER:
        return []
    place = {
        RequestState.SUBMITTED: 1,
        RequestState.IN_CLARIFICATION: 1,
        RequestState.READY: 2,
        RequestState.PROPOSED: 2,
        RequestState.SCHEDULED: 3,
    }.get(request.state, 4)
    if situation is Situation.HOST_CANNOT:
        place = 2  # there is a date, but not one that will be kept
    titles = (
        (_("Request sent"), day(request.submitted_at) if request.submitted_at else ""),
        (_("We read and ask"), ""),
        (_("We look for an expert and a date"), ""),
        (_("The talk takes place"), ""),
    )
    return [
        {
            "title": title,
            "detail": detail,
            "state": REACHED if number < place else CURRENT if number == place else AHEAD,
        }
        for number, (title, detail) in enumerate(titles)
    ]
