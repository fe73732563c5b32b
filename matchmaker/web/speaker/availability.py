"""When somebody has time: one page, one form; whatever button is pressed keeps everything."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.models import Profile
from matchmaker.services.errors import Conflict, Invalid
from matchmaker.services.people import availability as times
from matchmaker.services.people.availability_facts import BANDS, PARTS, Availability, from_json
from matchmaker.services.people.availability_picture import picture
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk
from matchmaker.web.db import db
from matchmaker.web.i18n import locale
from matchmaker.web.numbers import sent_number
from matchmaker.web.speaker import availability_form as form
from matchmaker.web.speaker.room import PLANNED, Page, blueprint, own_profile

UNDO_OFFERED = timedelta(hours=1)


@blueprint.get("/zeiten")
@for_roles(*PLANNED)
def availability() -> str:
    return _page(own_profile(), form.from_facts(times.read(own_profile())), {})


@blueprint.post("/zeiten")
@for_roles(*PLANNED)
def change_availability() -> Page:
    profile = own_profile()
    stored = times.read(profile)
    typed = form.from_request(request.form)
    wanted, faults = form.to_facts(typed, stored)
    if faults:
        return _with_faults(profile, typed, faults)
    try:
        version = sent_number("version", None)
        changed = times.change(db.session(), desk(), profile, wanted, version=version)
    except Invalid as invalid:
        return _with_faults(profile, typed, invalid.fields)
    except Conflict as conflict:
        return _page(profile, typed, {}, _(str(conflict)), wanted), 409
    commit()
    flash(_("Your times are saved.") if changed else _("Thank you. Your times hold."), "good")
    anchor = next((part for part in ("weekly", "days") if part in request.form), None)
    return redirect(url_for("speaker.availability", _anchor=anchor), 303)


@blueprint.post("/zeiten/stimmt")
@for_roles(*PLANNED)
def confirm_availability() -> Response:
    times.confirm(db.session(), desk(), own_profile())
    commit()
    flash(_("Thank you. Your times hold."), "good")
    page = "speaker.home" if "home" in request.form else "speaker.availability"
    return redirect(url_for(page), 303)


@blueprint.post("/zeiten/zurueck")
@for_roles(*PLANNED)
def undo_availability() -> Response:
    version = sent_number("version", None)
    times.undo(db.session(), desk(), own_profile(), version=version)
    commit()
    flash(_("Your times are as they were before."), "good")
    return redirect(url_for("speaker.availability"), 303)


def _with_faults(profile: Profile, typed: form.Typed, faults: dict[str, str]) -> tuple[str, int]:
    return _page(profile, typed, {name: _(fault) for name, fault in faults.items()}), 422


def _page(
    profile: Profile,
    typed: form.Typed,
    faults: dict[str, str],
    conflict: str = "",
    wanted: Availability | None = None,
) -> str:
    stored = times.read(profile)
    today = desk().today
    return render_template(
        "speaker/availability.html",
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
        is_empty=stored.is_empty,
        due=times.is_due(profile, desk().now),
        can_undo=not faults and not conflict and _can_undo(profile, stored),
        weeks=picture(db.session(), desk(), profile, locale()),
        first_day=today + timedelta(days=profile.lead_days),
        today=today.isoformat(),
    )


def _can_undo(profile: Profile, stored: Availability) -> bool:
    """For a while after a change of one's own, as long as nothing else has come in between."""
    last = times.last_change(db.session(), profile)
    if last is None or desk().now - last.at > UNDO_OFFERED:
        return False
    return last.actor_id == desk().actor.id and from_json(last.after) == stored
