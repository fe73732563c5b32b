"""Anfragen: the whole request on one page, taken by phone or changed later."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from matchmaker.dates import read_day
from matchmaker.i18n import N_
from matchmaker.models import Organisation, Person, Request
from matchmaker.models.states import OPEN_REQUESTS, TO_CLEAR, OrganisationKind
from matchmaker.services.errors import Conflict, Invalid
from matchmaker.services.intake import actions, checks
from matchmaker.services.intake.extras import (
    EXTRAS,
    SINGLE_DAY,
    exact_rows,
    press_extra,
    with_exact,
)
from matchmaker.services.intake.offer import MOST_TOPICS, feasts_between, load_offer
from matchmaker.services.intake.steps import STEPS
from matchmaker.services.intake.typed import Typed, many, text
from matchmaker.services.intake.values import DayRow, day_rows
from matchmaker.services.intake.week import DAYS, PARTS, SLOTS
from matchmaker.services.requests import clearing as steps
from matchmaker.services.requests import request_entry
from matchmaker.text import clean_line
from matchmaker.web import intake_words as words
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk
from matchmaker.web.coordinator.request_room import blueprint
from matchmaker.web.coordinator.room import WRITERS, Page
from matchmaker.web.db import db
from matchmaker.web.errors import error_text
from matchmaker.web.i18n import locale
from matchmaker.web.numbers import sent_number
from matchmaker.web.texts import _

READY, WAITING = "ready", "waiting"
AS_TOPICS = {
    checks.NO_TOPIC: N_("Topics: please choose at least one, or write something else."),
    checks.TOO_MANY_TOPICS: N_("Topics: please choose 3 at most."),
    checks.TOPIC_GONE: N_("Topics: one is no longer offered. Please choose again."),
}
"""The associations choose questions; this form calls the same field by its name in the plans."""


@blueprint.get("/neu")
@for_roles(*WRITERS)
def new() -> str:
    host = _host(clean_line(request.args.get("organisation", "")))
    return _form(request_entry.usual(desk(), host), {}, None)


@blueprint.post("/neu")
@for_roles(*WRITERS)
def enter() -> Page:
    typed = _typed()
    pressed = request.form.get("do", READY)
    if (changed := _pressed(typed, pressed)) is not None:
        return _form(changed, {}, None)
    try:
        made = request_entry.enter(
            db.session(),
            desk(),
            typed,
            ready=pressed != WAITING,
            send_confirmation="confirm" in request.form,
        )
    except Invalid as invalid:
        db.session.rollback()
        return _form(typed, invalid.fields, None), 422
    code = made.code
    commit()
    flash(_("%(code)s is entered.", code=code), "good")
    return redirect(url_for(".detail", code=code), 303)


@blueprint.get("/<code>/aendern")
@for_roles(*WRITERS)
def edit(code: str) -> Page:
    row = steps.request_by_code(db.session(), code)
    if row.state not in OPEN_REQUESTS:
        return redirect(url_for(".detail", code=code))
    return _form(request_entry.typed_request(row), {}, row)


@blueprint.post("/<code>/aendern")
@for_roles(*WRITERS)
def change(code: str) -> Page:
    row = steps.request_by_code(db.session(), code, to_write=True)
    typed = _typed()
    if (changed := _pressed(typed, request.form.get("do", ""))) is not None:
        return _form(changed, {}, row)
    version = sent_number("version", None)
    try:
        different = request_entry.change(db.session(), desk(), row, typed, version=version)
    except Invalid as invalid:
        return _again(code, typed, invalid.fields), 422
    except Conflict as conflict:
        return _again(code, typed, {}, error_text(conflict)), 409
    commit()
    flash(_("%(code)s is saved.", code=code) if different else _("Nothing has changed."), "good")
    return redirect(url_for(".detail", code=code), 303)


def _again(code: str, typed: Typed, faults: dict[str, str], conflict: str = "") -> str:
    db.session.rollback()
    return _form(typed, faults, steps.request_by_code(db.session(), code), conflict)


def _typed() -> Typed:
    typed: Typed = {}
    for step in (*STEPS, EXTRAS):
        typed |= step.read(request.form.getlist)
    typed["topics"] = [code for code in many(typed, "topics") if code]
    return with_exact(typed)


def _pressed(typed: Typed, button: str) -> Typed | None:
    """The form after a button that only changes the form."""
    return actions.press(typed, button) or press_extra(typed, button)


def _host(code: str) -> Organisation | None:
    query = select(Organisation).where(Organisation.code == code)
    options = (
        selectinload(Organisation.people).selectinload(Person.role_rows),
        selectinload(Organisation.venues),
    )
    return db.session.scalars(query.options(*options)).one_or_none() if code else None


def _form(typed: Typed, faults: dict[str, str], row: Request | None, conflict: str = "") -> str:
    offer = load_offer(db.session(), desk(), row)
    known = request_entry.speakers(db.session())
    topics = many(typed, "topics")[:MOST_TOPICS]
    return render_template(
        "coordinator/requests/form.html",
        asked=row,
        typed=typed | {name: many(typed, name) for step in (*STEPS, EXTRAS) for name in step.lists},
        topics=topics + [""] * (MOST_TOPICS - len(topics)),
        exact=list(exact_rows(typed)),
        days_off=[*day_rows(typed)] or [DayRow(0, "", "")],
        faults={name: _(AS_TOPICS.get(message, message)) for name, message in faults.items()},
        conflict=conflict,
        differences=_differences(typed, row) if conflict and row else [],
        offer=offer,
        words=words,
        speakers=[(key, _speaker(person)) for key, person in known.items()],
        hosts=[] if row else _hosts(),
        chosen_host=request.args.get("organisation", ""),
        needs_all=row is not None and row.state not in TO_CLEAR,
        send_confirmation=request.method == "GET" or "confirm" in request.form,
        **_week(typed),
    )


def _week(typed: Typed) -> dict[str, Any]:
    first = read_day(text(typed, "period_from")) or desk().today
    last = read_day(text(typed, "period_to")) or first
    names = list(zip(DAYS, words.weekdays(), strict=True))
    return {
        "days": names,
        "parts_of_day": PARTS,
        "slots": SLOTS,
        "exact_days": [*names, (SINGLE_DAY, _("one day"))],
        "feasts": [(feast, feast.name(locale())) for feast in feasts_between(first, last)],
    }


def _hosts() -> list[tuple[str, str]]:
    rows = db.session.execute(
        select(Organisation.code, Organisation.name)
        .where(Organisation.kind == OrganisationKind.MO, Organisation.active)
        .order_by(Organisation.name)
    )
    return [(code, name) for code, name in rows]


def _speaker(person: Person) -> str:
    return f"{person.name} ({person.code})"


def _differences(typed: Typed, row: Request) -> list[dict[str, str]]:
    """What is stored beside what was typed, where they differ."""
    offer = load_offer(db.session(), desk(), row)
    stored = words.lines(request_entry.typed_request(row), offer, own=False)
    mine = {line.field: line for line in words.lines(typed, offer, own=False)}
    return [
        {
            "label": line.label,
            "before": "; ".join(line.values),
            "after": "; ".join(mine[line.field].values),
        }
        for line in stored
        if line.values != mine[line.field].values
    ]
