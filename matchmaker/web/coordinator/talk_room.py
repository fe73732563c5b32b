"""What the pages of talks share: the blueprint, words, and asking before mails go out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select

from matchmaker.models import Person, Request, Talk
from matchmaker.services.errors import Conflict, Invalid
from matchmaker.services.inviting import talk_facts
from matchmaker.services.planning.judging import RulesBroken
from matchmaker.services.planning.rehearsal import Rehearsal, carry_out, rehearse
from matchmaker.services.talks.standing import find_talk
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk
from matchmaker.web.coordinator import sending_words
from matchmaker.web.coordinator.room import READERS, WRITERS, Page, may_write
from matchmaker.web.coordinator.steps import NEXT, next_step, onward
from matchmaker.web.db import db
from matchmaker.web.errors import error_text
from matchmaker.web.i18n import locale
from matchmaker.web.numbers import sent_number
from matchmaker.web.plan_words import breach_text, rule_name
from matchmaker.web.texts import _

NO_FAULTS: Mapping[str, str] = {}

blueprint = Blueprint("coordinator_talks", __name__, url_prefix="/koordination/termine")
writers_only, readers = for_roles(*WRITERS), for_roles(*READERS)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "may_write": may_write(),
        "next_step": next_step(),
        "words": sending_words,
        "rule_name": rule_name,
        "topic_names": topic_names,
    }


def topic_names(talk: Talk) -> list[str]:
    return talk_facts.topic_names(talk, locale())


def back_to(endpoint: str, **values: str) -> str:
    """The address of a form of several steps, with what comes next."""
    following = next_step()
    kept: dict[str, Any] = {**values, NEXT: following} if following else {**values}
    return url_for(endpoint, **kept)


def version() -> int | None:
    """The talk's version that the form was made from."""
    return sent_number("version", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a confirm page asks and says: `change` as in `sending_words.change_label`.

    `before_after` are the old and the new date of a talk that moves.
    """

    change: str
    title: str
    back: str
    done: str
    before_after: tuple[str, str] | None = None


def ask_or_do(
    code: str,
    change: Callable[[], Talk],
    page: Question,
) -> Page:
    """First show who would get which mail; with the form's `sure` do it and go to the talk.

    A change that breaks a rule needs the field `note`. Raises what `change` raises.
    """
    if "sure" not in request.form:
        return _ask(code, change, page)
    try:
        talk = carry_out(
            db.session(),
            desk(),
            change,
            talk=_known(code),
            reason=request.form.get("note", ""),
        )
    except RulesBroken:
        db.session.rollback()
        return _ask(code, change, page, _("Please give a reason for breaking the rule.")), 422
    commit()
    flash(page.done, "success")
    return onward(url_for("coordinator_talks.detail", code=talk.code))


def _known(code: str) -> Talk | None:
    return find_talk(db.session(), code) if code else None


def _ask(code: str, change: Callable[[], Talk], page: Question, fault: str = "") -> str:
    seen = rehearse(db.session(), desk(), change, talk=_known(code))
    db.session.rollback()
    kept = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in {"csrf_token", "note"}
    ]
    return render_template(
        "coordinator/talks/confirm.html",
        talk=_known(code),
        seen=seen,
        page=page,
        label=sending_words.change_label(page.change, len(seen.mails)),
        kept=kept,
        fault=fault,
        note=request.form.get("note", ""),
        breach_texts=_breach_texts(seen),
        day_text=sending_words.day_text(seen.opinion.day),
    )


def _breach_texts(seen: Rehearsal) -> list[tuple[str, str]]:
    """Each broken rule and what it is about, with names instead of codes."""
    codes = {code for breach in seen.breaches for code in breach.persons}
    asked = {code for breach in seen.breaches for code in breach.requests}
    people = db.session.scalars(select(Person).where(Person.code.in_(codes)))
    requests = db.session.scalars(select(Request).where(Request.code.in_(asked)))
    by_code = {row.code: row for row in people}, {row.code: row for row in requests}
    return [(rule_name(row.code), breach_text(row, *by_code)) for row in seen.breaches]


def ask_or_form(
    code: str,
    change: Callable[[], Talk],
    page: Question,
    form: Callable[[Mapping[str, str]], str],
    field: str,
) -> Page:
    """`ask_or_do`, and where the change cannot be made the `form` again with what is wrong.

    A conflict is told at `field`.
    """
    try:
        return ask_or_do(code, change, page)
    except (Invalid, Conflict) as error:
        db.session.rollback()
        return form(faults_of(error, field)), 422 if isinstance(error, Invalid) else 409


def faults_of(error: Invalid | Conflict, field: str) -> Mapping[str, str]:
    """What went wrong by field; a conflict stands at `field`."""
    if isinstance(error, Invalid):
        return sending_words.field_errors(error)
    return {field: error_text(error)}
