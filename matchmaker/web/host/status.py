"""The page behind the link in the mail: where the request stands, and what one can do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for

from matchmaker.i18n import N_
from matchmaker.models import Request
from matchmaker.models.states import RequestState, TokenPurpose
from matchmaker.services.errors import NotFound
from matchmaker.services.house import tokens
from matchmaker.services.house.carrier import carrier
from matchmaker.services.intake import drafts, submit
from matchmaker.services.intake.need import typed_need
from matchmaker.services.intake.offer import load_offer
from matchmaker.services.intake.submit import CHANGEABLE
from matchmaker.services.planning.reasons import why_open
from matchmaker.services.requests.request_status import SHOWN, host_invitation, talk_of
from matchmaker.web import intake_words as words
from matchmaker.web.access import by_link
from matchmaker.web.context import commit, desk
from matchmaker.web.db import db
from matchmaker.web.host.reasons import reason_items
from matchmaker.web.host.room import Page, blueprint
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
    request = submit.request_of(db.session(), desk(), token)
    return render_template("host/status.html", token=token, asked=request, **_view(request))


@blueprint.get("/<token>/zuruecknehmen")
@by_link
def ask_withdraw(token: str) -> Page:
    request = submit.request_of(db.session(), desk(), token)
    if request.state not in CHANGEABLE:
        return redirect(url_for("host.status", token=token))
    return render_template("host/withdraw.html", token=token)


@blueprint.post("/<token>/zuruecknehmen")
@by_link
def withdraw(token: str) -> Page:
    request = submit.request_of(db.session(), desk(), token, to_write=True)
    submit.withdraw(db.session(), desk(), request)
    commit()
    flash(_("Your request is withdrawn."), "good")
    return redirect(url_for("host.status", token=token), 303)


@blueprint.post("/<token>/antworten")
@by_link
@limiter.limit("60 per hour")
def answer(token: str) -> Page:
    """To the page where the host says yes or no; a link of its own is made for it."""
    request = submit.request_of(db.session(), desk(), token, to_write=True)
    talk = talk_of(db.session(), request)
    invitation = host_invitation(db.session(), talk) if talk else None
    if invitation is None:
        raise NotFound(NO_TALK)
    answer_token = tokens.issue(db.session(), desk(), TokenPurpose.ANSWER, invitation.id)
    commit()
    return redirect(url_for("answers.show", token=answer_token), 303)


@dataclass(frozen=True, slots=True)
class Next:
    """What happens now, in one sentence or two."""

    title: str
    text: str


def _view(request: Request) -> dict[str, Any]:
    offer = load_offer(db.session(), desk(), request)
    typed = typed_need(request) | drafts.who_of(request)
    talk = talk_of(db.session(), request) if request.state in SHOWN else None
    invitation = host_invitation(db.session(), talk) if talk else None
    why = why_open(db.session(), request)
    return {
        "lines": [line for line in words.lines(typed, offer) if line.values],
        "next": next_of(request, answer_by(request)),
        "track": track(request),
        "reasons": reason_items(why, request, offer),
        "talk": talk_view(invitation) if invitation else None,
        "can_change": request.state in CHANGEABLE,
        "is_changing": submit.is_changing(request),
        "is_over": request.state in OVER,
        "told_reason": told_reason(request),
    }


def answer_by(request: Request) -> str:
    """The day by which they hear from us."""
    days = timedelta(days=carrier(db.session()).answer_days)
    return day((request.submitted_at or request.created_at) + days)


def told_reason(request: Request) -> str:
    """Why the state is what it is, in the coordination's words; not those of the service."""
    if request.state not in (RequestState.NOT_POSSIBLE, RequestState.IN_CLARIFICATION):
        return ""
    return _(request.state_reason) if request.state_reason else ""


def next_of(request: Request, by: str) -> Next:
    texts = {
        RequestState.SUBMITTED: Next(
            _("We read your request."),
            _("You will hear from us by %(day)s. If we have questions, we call you.", day=by),
        ),
        RequestState.IN_CLARIFICATION: Next(
            _("We still have a question."),
            _("We call you or write to you. You can also call us."),
        ),
        RequestState.READY: Next(
            _("We are looking for an expert and a date."),
            _("Nothing is missing. We write to you as soon as there is a date."),
        ),
        RequestState.PROPOSED: Next(
            _("There is a date in sight."),
            _("We check it once more. Then you get an invitation by e-mail."),
        ),
        RequestState.SCHEDULED: Next(
            _("Your talk has a date."), _("Please tell us whether it suits you.")
        ),
        RequestState.DONE: Next(_("Your talk is over."), _("Thank you for being our hosts.")),
        RequestState.FOLLOWED_UP: Next(_("Your talk is over."), _("Thank you for telling us.")),
        RequestState.WITHDRAWN: Next(
            _("This request is withdrawn."), _("You can send a new one at any time.")
        ),
        RequestState.NOT_POSSIBLE: Next(
            _("At the moment we cannot make it happen."),
            _("We are sorry. Call us if something has changed."),
        ),
        RequestState.DUPLICATE: Next(
            _("You have sent this request twice."),
            _("That is no problem. We go on with the other one."),
        ),
    }
    return texts[request.state]


def track(request: Request) -> list[dict[str, str]]:
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
