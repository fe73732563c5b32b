"""Answering an invitation by the link in its mail. A GET changes nothing, however often."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as HttpResponse

from matchmaker.dates import read_day
from matchmaker.i18n import N_, SUPPORTED, format_when, supported
from matchmaker.models import Invitation, Request
from matchmaker.models.states import AnswerVia, InvitationRole, InvitationState, TokenPurpose
from matchmaker.services.desk import Actor
from matchmaker.services.errors import Invalid, NotFound
from matchmaker.services.house import tokens
from matchmaker.services.inviting import answer_links, responses
from matchmaker.services.inviting.answer_links import AnswerLink, LinkState
from matchmaker.services.inviting.responses import Outcome
from matchmaker.services.requests.request_status import standing_of
from matchmaker.web.access import by_link
from matchmaker.web.calendar_file import calendar_file
from matchmaker.web.context import commit, desk
from matchmaker.web.db import db
from matchmaker.web.host.status_words import told
from matchmaker.web.i18n import locale
from matchmaker.web.limits import limiter
from matchmaker.web.numbers import NOBODYS, sent_number
from matchmaker.web.talk_view import TalkView, talk_view

Page = HttpResponse | str | tuple[str, int]

CHOOSE = N_("Please choose yes, maybe or no.")

blueprint = Blueprint("answers", __name__, url_prefix="/antwort")


@dataclass(frozen=True, slots=True)
class Typed:
    """What the person has filled in; `other_day` as typed, `day` as read."""

    answer: InvitationState | None = None
    sequence: int = -1
    comment: str = ""
    other_day: str = ""
    substitute: str = ""
    day: date | None = None


@blueprint.get("/<token>")
@by_link
def show(token: str) -> Page:
    link = _link(token)
    if link.state is not LinkState.OPEN:
        return _closed(link)
    return _form(token, link, Typed(answer=_answer(request.args.get("antwort", ""))), {})


@blueprint.post("/<token>")
@by_link
@limiter.limit("120 per hour")
def answer(token: str) -> Page:
    link = _link(token)
    if link.state is LinkState.EXPIRED:
        return _closed(link)
    typed, faults = read_answer()
    if link.state is not LinkState.OPEN:
        if typed.answer is not None:
            record(link.invitation, typed)
        return _closed(link)
    if faults:
        return _form(token, link, typed, faults), 422
    outcome = record(link.invitation, typed)
    if outcome is Outcome.OUTDATED:
        return redirect(url_for("answers.show", token=token, stand="neu"), 303)
    stand = "belegt" if outcome is Outcome.TAKEN else None
    return redirect(url_for("answers.result", token=token, stand=stand), 303)


@blueprint.get("/<token>/danke")
@by_link
def result(token: str) -> Page:
    """What has been taken down, and the way to change it."""
    link = _link(token)
    if link.state is not LinkState.OPEN:
        return _closed(link)
    invitation = link.invitation
    if invitation.state is InvitationState.OPEN:
        return redirect(url_for("answers.show", token=token))
    log = responses.history(db.session(), invitation)
    return render_template(
        "answers/result.html",
        token=token,
        view=talk_view(invitation),
        details=responses.details(invitation, log),
        taken=request.args.get("stand") == "belegt",
        is_fixed=responses.all_agreed(invitation.talk),
        has_request=_asked(invitation) is not None,
        today=desk().today.isoformat(),
    )


@blueprint.post("/<token>/anfrage")
@by_link
@limiter.limit("60 per hour")
def to_request(token: str) -> Page:
    """From the answer to the request that it belongs to; a link of its own is made for it."""
    link = _link(token)
    asked = _asked(link.invitation)
    if link.state in {LinkState.CANCELLED, LinkState.EXPIRED} or asked is None:
        return _closed(link)
    status = tokens.issue(db.session(), desk(), TokenPurpose.REQUEST_STATUS, asked.id)
    commit()
    return redirect(url_for("host.status", token=status), 303)


def _asked(invitation: Invitation) -> Request | None:
    """The request of those who asked; nobody else is led there."""
    return invitation.talk.request if invitation.role is InvitationRole.HOST else None


@blueprint.get("/<token>/termin.ics")
@by_link
def download(token: str) -> Page:
    """The talk as a file, for people without an account."""
    link = _link(token)
    if link.state in {LinkState.CANCELLED, LinkState.EXPIRED}:
        return _closed(link)
    return calendar_file(link.invitation)


def record(invitation: Invitation, typed: Typed) -> Outcome:
    """Take an answer down and keep it; the speakers' own pages do the same."""
    if typed.answer is None:
        raise Invalid({"antwort": CHOOSE})
    # The link speaks for its person, even where a coordinator is signed in.
    row = responses.record_response(
        db.session(),
        desk().by(Actor.of(invitation.person)),
        invitation,
        typed.answer,
        sequence=typed.sequence,
        stamp=desk().now,
        via=AnswerVia.WEB,
        comment=typed.comment,
        other_day=typed.day,
        substitute=typed.substitute,
    )
    outcome = Outcome(row.outcome)
    commit()
    return outcome


def read_answer() -> tuple[Typed, dict[str, str]]:
    """What a form with an answer says, and what is wrong with it (field → message id).

    Another day and a substitute belong to a "No" alone.
    """
    form = request.form
    typed = Typed(
        answer=_answer(form.get("antwort", "")),
        sequence=sent_number("sequence", NOBODYS),
        comment=form.get("comment", "")[: responses.MAX_COMMENT],
    )
    if typed.answer is None:
        return typed, {"antwort": CHOOSE}
    if typed.answer is not InvitationState.DECLINED:
        return typed, {}
    other_day = form.get("other_day", "").strip()
    typed = replace(
        typed,
        other_day=other_day,
        substitute=form.get("substitute", "")[: responses.MAX_SUBSTITUTE],
        day=read_day(other_day),
    )
    if other_day and (typed.day is None or typed.day < desk().today):
        return typed, {"other_day": N_("Other day: please give a day that is not over yet.")}
    return typed, {}


def _answer(text: str) -> InvitationState | None:
    return next((state for state in responses.ANSWERS if state.value == text), None)


def _link(token: str) -> AnswerLink:
    """The link, and from here on the person's own language; NotFound for unknown tokens."""
    link = answer_links.answer_link(db.session(), desk(), token)
    if link is None:
        raise NotFound(N_("We do not know this link. Please open it from our e-mail once more."))
    if request.args.get("lang") not in SUPPORTED:
        g.locale = supported(link.invitation.person.locale)
    return link


def _form(token: str, link: AnswerLink, typed: Typed, faults: dict[str, str]) -> str:
    view = talk_view(link.invitation)
    return render_template(
        "answers/show.html",
        token=token,
        view=view,
        changes=_changes(link, view),
        typed=typed,
        faults={name: _(message) for name, message in faults.items()},
        moved=request.args.get("stand") == "neu",
        today=desk().today.isoformat(),
    )


def _closed(link: AnswerLink) -> Page:
    """Nothing to answer any more: what has happened, and whom to call."""
    status = 200 if link.state is LinkState.OVER else 410
    asked = _asked(link.invitation)
    return render_template(
        "answers/closed.html",
        view=talk_view(link.invitation),
        state=link.state.value,
        reason=link.invitation.talk.cancel_reason,
        goes_on=told(standing_of(db.session(), desk(), asked), asked) if asked else None,
    ), status


def _changes(link: AnswerLink, view: TalkView) -> list[dict[str, str]]:
    """What the mail with this link said, beside what is true now."""
    said = answer_links.said_before(db.session(), link)
    if said is None:
        return []
    before = format_when(said.start, said.end, locale())
    rows = [
        {"label": _("When"), "before": before, "after": view.when},
        {"label": _("Where"), "before": said.location, "after": view.where},
    ]
    return [row for row in rows if row["before"] != row["after"]]
