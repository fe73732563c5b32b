"""Post: every mail, what became of it, and what can still be done."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from matchmaker.jobs.queue import poke
from matchmaker.models import Invitation, Person, Talk
from matchmaker.models.states import STUCK_MAILS, WAITING_MAILS, OutboxState
from matchmaker.services.inviting.invitations import may_go_again
from matchmaker.services.sending import (
    arrivals,
    holding,
    mail_list,
    mail_preview,
    mail_trouble,
    outbox,
    second_tries,
)
from matchmaker.services.sending.mail_list import MailFilter
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk, settings
from matchmaker.web.coordinator import sending_words
from matchmaker.web.coordinator.room import WRITERS, asked, page_address, page_number
from matchmaker.web.db import db
from matchmaker.web.texts import _, ngettext

blueprint = Blueprint("coordinator_post", __name__, url_prefix="/koordination/post")


@blueprint.get("")
@for_roles(*WRITERS)
def index() -> str:
    session, wanted = db.session(), _wanted()
    page = page_number()
    kinds, states = mail_list.kinds_and_states(session)
    return render_template(
        "coordinator/post/index.html",
        wanted=wanted,
        filtered=wanted != MailFilter(),
        found=mail_list.mails(session, wanted, page),
        kinds=[(kind, sending_words.kind_name(kind)) for kind in kinds],
        figures=_figures(states),
        any_mail=any(states.values()),
        uncertain=states[OutboxState.UNCERTAIN],
        states=_state_choices(),
        trouble=mail_trouble.trouble(session, settings()),
        repeated=[found for found in second_tries.failures(session) if len(found.ids) > 1],
        page_address=page_address,
        kind_name=sending_words.kind_name,
        known=sending_words.known,
    )


@blueprint.get("/<int:message_id>")
@for_roles(*WRITERS)
def detail(message_id: int) -> str:
    session = db.session()
    mail = outbox.get(session, message_id)
    invitation = session.get(Invitation, mail.invitation_id) if mail.invitation_id else None
    return render_template(
        "coordinator/post/detail.html",
        mail=mail,
        seen=mail_preview.preview(mail.body, mail.kind),
        person=_row(session, Person, mail.person_id),
        talk=_row(session, Talk, mail.talk_id),
        kind_name=sending_words.kind_name,
        known=sending_words.known,
        can_resend=mail.state in STUCK_MAILS,
        can_drop=mail.state in (*STUCK_MAILS, OutboxState.QUEUED),
        can_arrive=mail.state is OutboxState.UNCERTAIN
        or (mail.state is OutboxState.QUEUED and holding.held(session) is not None),
        invitation=invitation,
        can_invite_again=mail.state is OutboxState.SENT
        and invitation is not None
        and may_go_again(invitation, desk().now),
    )


@blueprint.post("/<int:message_id>/erneut")
@for_roles(*WRITERS)
def resend(message_id: int) -> Response:
    outbox.resend(db.session(), desk(), message_id)
    commit()
    poke(settings(), "mail")
    flash(_("The mail goes out once more, exactly as it was."), "success")
    return redirect(url_for(".detail", message_id=message_id), 303)


@blueprint.get("/<int:message_id>/alle-erneut")
@for_roles(*WRITERS)
def ask_all_again(message_id: int) -> str:
    """How many mails died of the same as this one, before they all go again."""
    failure = second_tries.failure_of(db.session(), message_id)
    return render_template(
        "coordinator/post/all_again.html", failure=failure, message_id=message_id
    )


@blueprint.post("/<int:message_id>/alle-erneut")
@for_roles(*WRITERS)
def send_all_again(message_id: int) -> Response:
    session = db.session()
    failure = second_tries.failure_of(session, message_id)
    return _sent_again(second_tries.send_again(session, desk(), failure.ids))


def _sent_again(done: second_tries.Retried) -> Response:
    commit()
    poke(settings(), "mail")
    if done.sent:
        said = ngettext("%(num)s mail goes out again.", "%(num)s mails go out again.", done.sent)
        flash(said, "success")
    for reason, number in done.left.items():
        stay = ngettext("%(num)s mail stays here:", "%(num)s mails stay here:", number)
        flash(f"{stay} {_(reason)}", "attention")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:message_id>/angekommen")
@for_roles(*WRITERS)
def arrived(message_id: int) -> Response:
    """The person has it, as they or the provider's log say."""
    arrivals.note(db.session(), desk(), message_id)
    commit()
    flash(_("Noted: the mail has arrived."), "success")
    return redirect(url_for(".detail", message_id=message_id), 303)


@blueprint.get("/ungewiss")
@for_roles(*WRITERS)
def ask_all_uncertain() -> str:
    """All of which nobody knows whether they arrived, decided together."""
    found = arrivals.uncertain(db.session())
    return render_template("coordinator/post/all_uncertain.html", number=len(found))


@blueprint.post("/ungewiss/angekommen")
@for_roles(*WRITERS)
def all_arrived() -> Response:
    session = db.session()
    noted = arrivals.note_all(session, desk(), arrivals.uncertain(session))
    commit()
    flash(
        ngettext("%(num)s mail is noted as arrived.", "%(num)s mails are noted as arrived.", noted),
        "success",
    )
    return redirect(url_for(".index"), 303)


@blueprint.post("/ungewiss/erneut")
@for_roles(*WRITERS)
def all_uncertain_again() -> Response:
    session = db.session()
    return _sent_again(second_tries.send_again(session, desk(), arrivals.uncertain(session)))


@blueprint.post("/<int:message_id>/verwerfen")
@for_roles(*WRITERS)
def drop(message_id: int) -> Response:
    outbox.drop(db.session(), desk(), message_id)
    commit()
    flash(_("The mail will not be sent."), "success")
    return redirect(url_for(".detail", message_id=message_id), 303)


@blueprint.post("/versuchen")
@for_roles(*WRITERS)
def try_again() -> Response:
    """End the pause after a refused login."""
    mail_trouble.end(db.session())
    commit()
    poke(settings(), "mail")
    flash(_("The waiting mails are tried again now."), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/anhalten")
@for_roles(*WRITERS)
def hold() -> Response:
    """Something is wrong with what is about to leave."""
    holding.hold(db.session(), desk())
    commit()
    flash(_("Mail is held. Nothing leaves until you release it."), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/freigeben")
@for_roles(*WRITERS)
def release() -> Response:
    holding.release(db.session(), desk())
    commit()
    poke(settings(), "mail")
    flash(_("The mails that were held leave now."), "success")
    return redirect(url_for(".index"), 303)


def _wanted() -> MailFilter:
    return MailFilter(
        state=asked("status"),
        kind=asked("art"),
        text=asked("q"),
        person=asked("person"),
        talk=asked("termin"),
    )


def _state_choices() -> list[tuple[str, str]]:
    return [
        ("", _("all")),
        ("stuck", _("wait for you")),
        ("waiting", _("waiting to be sent")),
        (OutboxState.SENT.value, _("sent")),
        (OutboxState.DEAD.value, _("not deliverable")),
        (OutboxState.UNCERTAIN.value, _("uncertain")),
        (OutboxState.DROPPED.value, _("taken out")),
        (OutboxState.SKIPPED.value, _("skipped")),
        (mail_list.RETURNED, _("came back")),
    ]


def _figures(states: Mapping[OutboxState, int]) -> list[dict[str, object]]:
    stuck = sum(states[state] for state in STUCK_MAILS)
    waiting = sum(states[state] for state in WAITING_MAILS)
    return [
        {
            "value": stuck,
            "label": _("wait for you"),
            "tone": "problem" if stuck else "",
            "url": url_for(".index", status="stuck") if stuck else "",
        },
        {
            "value": waiting,
            "label": _("waiting to be sent"),
            "url": url_for(".index", status="waiting") if waiting else "",
        },
        {
            "value": states[OutboxState.SENT],
            "label": _("sent"),
            "url": url_for(".index", status="sent") if states[OutboxState.SENT] else "",
        },
    ]


def _row(session: Session, table: type, row_id: int | None) -> object:
    return session.get(table, row_id) if row_id is not None else None
