"""When somebody has time: one page, one form; whatever button is pressed keeps everything."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.models import Profile
from matchmaker.services.errors import Conflict, Invalid
from matchmaker.services.inviting.own_talks import at_odds, own_talks
from matchmaker.services.people import availability as times
from matchmaker.services.people.availability_picture import picture
from matchmaker.services.sources.sources import sources_of
from matchmaker.services.times.availability_facts import BANDS, PARTS, Availability
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk, signed_in
from matchmaker.web.db import db
from matchmaker.web.i18n import locale
from matchmaker.web.numbers import sent_number
from matchmaker.web.speaker import availability_form as form
from matchmaker.web.speaker import calendar_words
from matchmaker.web.speaker.room import PLANNED, Page, blueprint
from matchmaker.web.speaker.whose import Whose, own

ADDED = ("other", "days")
"""The sections to whose end something can be added, as their buttons are named."""
UNDO_OFFERED = timedelta(hours=1)


@blueprint.get("/zeiten")
@for_roles(*PLANNED)
def availability() -> str:
    return show(own(signed_in()))


@blueprint.post("/zeiten")
@for_roles(*PLANNED)
def change_availability() -> Page:
    return save(own(signed_in()))


@blueprint.post("/zeiten/stimmt")
@for_roles(*PLANNED)
def confirm_availability() -> Response:
    return confirm(own(signed_in()))


@blueprint.post("/zeiten/zurueck")
@for_roles(*PLANNED)
def undo_availability() -> Response:
    return undo(own(signed_in()))


def show(whose: Whose) -> str:
    """The times as a form, here and in the address book."""
    return _page(whose, form.from_facts(times.read(whose.profile)), {})


def save(whose: Whose) -> Page:
    stored = times.read(whose.profile)
    typed = form.from_request(request.form)
    wanted, faults = form.to_facts(typed, stored)
    if faults:
        return _with_faults(whose, typed, faults)
    try:
        version = sent_number("version", None)
        changed = times.change(db.session(), desk(), whose.profile, wanted, version=version)
    except Invalid as invalid:
        return _with_faults(whose, typed, invalid.fields)
    except Conflict as conflict:
        return _page(whose, typed, {}, _(str(conflict)), wanted), 409
    commit()
    anchor = next((part for part in ADDED if part in request.form), None)
    flash(
        form.saved_words(whose.helped) if changed else form.hold_words(whose.helped),
        f"at-{anchor}" if anchor else "good",
    )
    return redirect(whose.address("availability", _anchor=anchor), 303)


def confirm(whose: Whose) -> Response:
    times.confirm(db.session(), desk(), whose.profile)
    commit()
    flash(form.hold_words(whose.helped), "good")
    page = "home" if "home" in request.form and not whose.helped else "availability"
    return redirect(whose.address(page), 303)


def undo(whose: Whose) -> Response:
    version = sent_number("version", None)
    times.undo(db.session(), desk(), whose.profile, version=version)
    commit()
    flash(form.undone_words(whose.helped), "good")
    return redirect(whose.address("availability"), 303)


def _with_faults(whose: Whose, typed: form.Typed, faults: dict[str, str]) -> tuple[str, int]:
    return _page(whose, typed, {name: _(fault) for name, fault in faults.items()}), 422


def _page(
    whose: Whose,
    typed: form.Typed,
    faults: dict[str, str],
    conflict: str = "",
    wanted: Availability | None = None,
) -> str:
    profile = whose.profile
    stored = times.read(profile)
    today = desk().today
    return render_template(
        "speaker/availability.html",
        whose=whose,
        profile=profile,
        form=form,
        typed=typed,
        faults=faults,
        conflict=conflict,
        differences=form.differences(stored, wanted) if wanted else [],
        parts=PARTS,
        bands=BANDS,
        other_weekly=stored.other_weekly,
        single_days=[row for row in stored.days if row.last_day >= today],
        at_odds=at_odds(own_talks(db.session(), desk(), profile.person), stored.days),
        is_empty=stored.is_empty,
        due=times.is_due(profile, desk().now),
        can_undo=not faults and not conflict and _can_undo(profile),
        weeks=picture(db.session(), desk(), profile, locale()),
        first_day=today + timedelta(days=profile.lead_days),
        today=today.isoformat(),
        calendars=[] if whose.helped else sources_of(db.session(), profile),
        calendar_words=calendar_words,
    )


def _can_undo(profile: Profile) -> bool:
    """For a while after a change of one's own, as long as nothing else has come in between."""
    last = times.undoable(db.session(), desk(), profile)
    return last is not None and desk().now - last.at <= UNDO_OFFERED
