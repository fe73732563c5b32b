"""Freigabe: which evenings become talks, who gets which mail, and how far the sending is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select

from matchmaker.models import OutboxMessage, PlanningRound, Talk
from matchmaker.models.states import STAYED_MAILS, STUCK_MAILS, WAITING_MAILS, OutboxState
from matchmaker.services.errors import Conflict
from matchmaker.services.planning.rounds import find_round
from matchmaker.services.sending import mail_trouble
from matchmaker.services.talks import approval
from matchmaker.services.talks.approval import ApprovalPreview
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk, settings
from matchmaker.web.coordinator import plan_context, sending_words
from matchmaker.web.coordinator.room import READERS, WRITERS, Page
from matchmaker.web.db import db
from matchmaker.web.numbers import sent_number
from matchmaker.web.texts import _, ngettext

REASON = "reason-"
LONGEST_REASON = 1000

blueprint = Blueprint(
    "coordinator_approval", __name__, url_prefix="/koordination/planung/<int:round_id>/freigabe"
)

plan_context.install(blueprint)


@blueprint.get("")
@for_roles(*WRITERS)
def confirm(round_id: int) -> str:
    """The evenings in the address if it says `chosen`, else all that nothing stands against."""
    recounted = "chosen" in request.args
    codes = request.args.getlist("code") if recounted else None
    return _page(approval.preview(db.session(), desk(), round_id, codes), recounted=recounted)


@blueprint.post("")
@for_roles(*WRITERS)
def approve(round_id: int) -> Page:
    """Approve what the page showed; a changed choice is shown again with its own figures first."""
    codes = request.form.getlist("code")
    if codes != request.form.get("shown", "").split() or "count" in request.form:
        return _recount(round_id, codes)
    reasons = _reasons()
    missing = _missing_reasons(round_id, codes, reasons)
    if missing:
        return _page(approval.preview(db.session(), desk(), round_id, codes), missing), 422
    try:
        done = approval.approve(
            db.session(),
            desk(),
            round_id,
            requests=codes,
            proposal_id=sent_number("proposal", None),
            round_version=sent_number("version", None),
            reasons=reasons,
        )
    except Conflict as error:
        db.session.rollback()
        return _too_late(round_id, codes, error)
    commit()
    flash(_approved_text(len(done.talks)), "success")
    return redirect(url_for(".sending", round_id=round_id), 303)


@blueprint.get("/versand")
@for_roles(*READERS)
def sending(round_id: int) -> str:
    """What became of the round's mails."""
    return _sending(find_round(db.session(), round_id), "coordinator/approval/sending.html")


@blueprint.get("/versand/stand")
@for_roles(*READERS)
def progress(round_id: int) -> str:
    """The part of the page that is fetched again and again."""
    return _sending(find_round(db.session(), round_id), "coordinator/approval/_progress.html", True)


@dataclass(frozen=True, slots=True)
class Sending:
    """How many of a round's mails are out, on their way, and stuck."""

    sent: int
    waiting: int
    stuck: int
    dropped: int

    @property
    def total(self) -> int:
        return self.sent + self.waiting + self.stuck


def _page(
    found: ApprovalPreview,
    errors: Sequence[tuple[str, str]] = (),
    *,
    recounted: bool = False,
) -> str:
    evenings = found.review.evenings
    chosen = {row.code for row in found.chosen}
    return render_template(
        "coordinator/approval/confirm.html",
        round=found.review.round,
        proposal=found.review.proposal,
        found=found,
        possible=[row for row in evenings if row.possible],
        impossible=[row for row in evenings if not row.possible],
        chosen=chosen,
        mails=found.mails,
        errors=list(errors),
        faulty={name for name, _text in errors},
        recounted=recounted,
        trouble=mail_trouble.trouble(db.session(), settings()),
        typed=request.form,
        words=sending_words,
        objection_text=partial(sending_words.objection_text, evenings=evenings),
    )


def _too_late(round_id: int, codes: Sequence[str], error: Conflict) -> Page:
    """Somebody has approved some of these meanwhile: back to those that are left, if any.

    Any other conflict is raised again.
    """
    found = approval.preview(db.session(), desk(), round_id, codes)
    if found.review.approved.keys().isdisjoint(codes):
        raise error
    left = [row.code for row in found.chosen]
    if not left:
        flash(_("These talks have been approved already. Nothing was sent twice."), "info")
        return redirect(url_for(".sending", round_id=round_id), 303)
    flash(_not_sent_text(len(left)), "attention")
    return redirect(_address(round_id, left), 303)


def _recount(round_id: int, codes: Sequence[str]) -> Page:
    """At an address of its own, so that “Back” returns to it; reasons stay out of addresses."""
    if _reasons():
        return _page(approval.preview(db.session(), desk(), round_id, codes), recounted=True)
    return redirect(_address(round_id, codes), 303)


def _address(round_id: int, codes: Sequence[str]) -> str:
    return url_for(".confirm", round_id=round_id, chosen=1, code=list(codes))


def _reasons() -> dict[str, str]:
    """By code, as typed."""
    return {
        name.removeprefix(REASON): text.strip()[:LONGEST_REASON]
        for name, text in request.form.items()
        if name.startswith(REASON) and text.strip()
    }


def _missing_reasons(
    round_id: int, codes: Sequence[str], reasons: Collection[str]
) -> list[tuple[str, str]]:
    found = approval.preview(db.session(), desk(), round_id, codes)
    return [
        (
            f"{REASON}{row.code}",
            _(
                "%(request)s: please give a reason for breaking the rule, or leave it out.",
                request=row.code,
            ),
        )
        for row in found.chosen
        if row.needs_reason and row.code not in reasons
    ]


def _approved_text(number: int) -> str:
    return ngettext("%(num)s talk is approved.", "%(num)s talks are approved.", number)


def _not_sent_text(left: int) -> str:
    return ngettext(
        "Nothing was sent: some of these talks have been approved meanwhile. "
        "%(num)s talk is not approved yet.",
        "Nothing was sent: some of these talks have been approved meanwhile. "
        "%(num)s talks are not approved yet.",
        left,
    )


def _heading(sending: Sending) -> str:
    if sending.waiting:
        return _("The invitations are on their way")
    if sending.stuck:
        return _("Some invitations wait for you")
    return _("The invitations are out") if sending.total else _("No invitations yet")


def _sending(planning_round: PlanningRound, template: str, live: bool = False) -> str:
    counted = {
        row[0]: row[1]
        for row in db.session.execute(
            select(OutboxMessage.state, func.count())
            .join(Talk, Talk.id == OutboxMessage.talk_id)
            .where(Talk.round_id == planning_round.id)
            .group_by(OutboxMessage.state)
        )
    }

    def of(*states: OutboxState) -> int:
        return sum(counted.get(state, 0) for state in states)

    found = Sending(
        sent=of(OutboxState.SENT),
        waiting=of(*WAITING_MAILS),
        stuck=of(*STUCK_MAILS),
        dropped=of(*STAYED_MAILS),
    )
    return render_template(
        template,
        live=live,
        round=planning_round,
        sending=found,
        heading=_heading(found),
        trouble=mail_trouble.trouble(db.session(), settings()),
    )
