"""Anfragen: two that look like one, side by side; a person decides."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from matchmaker.models import DuplicateFlag, Request
from matchmaker.models.states import OPEN_REQUESTS, DuplicateState
from matchmaker.services.errors import Conflict, NotPossible
from matchmaker.services.intake import drafts
from matchmaker.services.intake.need import typed_need
from matchmaker.services.intake.offer import load_offer
from matchmaker.services.requests import clearing as steps
from matchmaker.services.requests import duplicates
from matchmaker.web import intake_words as words
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk
from matchmaker.web.coordinator.request_room import blueprint
from matchmaker.web.coordinator.room import READERS, WRITERS, Page, may_write
from matchmaker.web.db import db
from matchmaker.web.errors import error_text
from matchmaker.web.numbers import NOBODYS, sent_number
from matchmaker.web.texts import _


@blueprint.get("/doppelt/<int:number>")
@for_roles(*READERS)
def double(number: int) -> str:
    return _page(duplicates.flag_by_id(db.session(), number))


@blueprint.post("/doppelt/<int:number>/zusammenfuehren")
@for_roles(*WRITERS)
def merge(number: int) -> Page:
    row = duplicates.flag_by_id(db.session(), number)
    kept = steps.request_by_code(db.session(), request.form.get("keep", ""))
    versions = tuple(sent_number(name, NOBODYS) for name in ("first", "second"))
    try:
        other = duplicates.merge(
            db.session(), desk(), row, kept, versions=(versions[0], versions[1])
        )
    except (Conflict, NotPossible) as refusal:
        return _refused(number, error_text(refusal))
    codes = {"kept": kept.code, "other": other.code}
    commit()
    flash(_("%(other)s is merged into %(kept)s.", **codes), "good")
    return redirect(url_for(".detail", code=codes["kept"]), 303)


@blueprint.post("/doppelt/<int:number>/beide-behalten")
@for_roles(*WRITERS)
def keep_both(number: int) -> Page:
    row = duplicates.flag_by_id(db.session(), number)
    code = row.first.code
    try:
        duplicates.keep_both(db.session(), desk(), row)
    except Conflict as refusal:
        return _refused(number, error_text(refusal))
    return _kept(code)


def _kept(code: str) -> Response:
    commit()
    flash(_("Both requests stay."), "good")
    return redirect(url_for(".detail", code=code), 303)


def _refused(number: int, message: str) -> tuple[str, int]:
    db.session.rollback()
    return _page(duplicates.flag_by_id(db.session(), number), message), 409


def _page(row: DuplicateFlag, message: str = "") -> str:
    sides = [steps.request_by_code(db.session(), one.code) for one in (row.first, row.second)]
    return render_template(
        "coordinator/requests/double.html",
        flag=row,
        sides=sides,
        fuller=duplicates.fuller(row),
        differ=duplicates.fullness(row.first) != duplicates.fullness(row.second),
        rows=_rows(sides[0], sides[1]),
        message=message,
        is_decided=row.state is not DuplicateState.OPEN,
        is_open=duplicates.undecided(row),
        mergeable=OPEN_REQUESTS,
        may_change=may_write(),
    )


def _rows(first: Request, second: Request) -> list[dict[str, object]]:
    """Every answer of both, and whether they are the same."""
    offer = load_offer(db.session(), desk())
    left, right = (
        words.lines(typed_need(one) | drafts.who_of(one), offer, own=False)
        for one in (first, second)
    )
    return [
        {
            "label": mine.label,
            "first": mine.values,
            "second": other.values,
            "same": mine.values == other.values,
        }
        for mine, other in zip(left, right, strict=True)
        if mine.values or other.values
    ]
