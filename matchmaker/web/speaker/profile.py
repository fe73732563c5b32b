"""What somebody can do, and how much of it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from matchmaker.services.errors import Conflict, Invalid
from matchmaker.services.people import profiles
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk
from matchmaker.web.db import db
from matchmaker.web.numbers import sent_number
from matchmaker.web.speaker import profile_form
from matchmaker.web.speaker.profile_form import ProfileForm
from matchmaker.web.speaker.room import PLANNED, Page, blueprint, own_profile


@blueprint.get("/profil")
@for_roles(*PLANNED)
def profile() -> str:
    return _page(profile_form.from_facts(profiles.read(own_profile())), {})


@blueprint.post("/profil")
@for_roles(*PLANNED)
def change_profile() -> Page:
    own = own_profile()
    order = tuple(row.language_tag for row in own.languages)
    typed = profile_form.from_request(request.form, order)
    wanted = profile_form.to_facts(typed, own)
    try:
        profiles.change(
            db.session(), desk(), own, wanted, version=sent_number("version", None)
        )
    except Invalid as invalid:
        return _page(typed, {name: _(fault) for name, fault in invalid.fields.items()}), 422
    except Conflict as conflict:
        return _page(typed, {}, _(str(conflict))), 409
    commit()
    flash(_("Your profile is saved."), "good")
    return redirect(url_for("speaker.profile"), 303)


def _page(typed: ProfileForm, faults: dict[str, str], conflict: str = "") -> str:
    own = own_profile()
    offer = profile_form.choices(db.session(), desk(), own)
    return render_template(
        "speaker/profile.html",
        profile=own,
        is_speaker=own.kind == profiles.SPEAKER,
        form=typed,
        faults=faults,
        conflict=conflict,
        differences=_differences(typed, offer) if conflict else [],
        offer=offer,
        levels=[(str(level), word) for level, word in profile_form.level_words().items()],
        modes=list(profile_form.mode_words().items()),
    )


def _differences(typed: ProfileForm, offer: profile_form.Choices) -> list[dict[str, str]]:
    """What is stored beside what was typed, where they differ."""
    own = own_profile()
    stored = profile_form.in_words(profiles.read(own), offer)
    wanted = dict(profile_form.in_words(profile_form.to_facts(typed, own), offer))
    return [
        {"label": label, "before": text, "after": wanted[label]}
        for label, text in stored
        if text != wanted[label]
    ]
