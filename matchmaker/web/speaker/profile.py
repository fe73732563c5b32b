"""What somebody can do, and how much of it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _

from matchmaker.models import Profile
from matchmaker.services.errors import Conflict, Invalid
from matchmaker.services.people import profiles
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk, signed_in
from matchmaker.web.db import db
from matchmaker.web.numbers import sent_number
from matchmaker.web.speaker import profile_form
from matchmaker.web.speaker.profile_form import ProfileForm
from matchmaker.web.speaker.room import PLANNED, Page, blueprint
from matchmaker.web.speaker.whose import Whose, own


@blueprint.get("/profil")
@for_roles(*PLANNED)
def profile() -> str:
    return show(own(signed_in()))


@blueprint.post("/profil")
@for_roles(*PLANNED)
def change_profile() -> Page:
    return save(own(signed_in()))


def show(whose: Whose) -> str:
    """The profile as a form, here and in the address book."""
    return _page(whose, profile_form.from_facts(profiles.read(whose.profile)), {})


def save(whose: Whose) -> Page:
    row = whose.profile
    order = tuple(language.language_tag for language in row.languages)
    typed = profile_form.from_request(request.form, order)
    wanted = profile_form.to_facts(typed, row)
    try:
        profiles.change(db.session(), desk(), row, wanted, version=sent_number("version", None))
    except Invalid as invalid:
        return _page(whose, typed, {name: _(fault) for name, fault in invalid.fields.items()}), 422
    except Conflict as conflict:
        return _page(whose, typed, {}, _(str(conflict))), 409
    commit()
    if whose.helped:
        flash(_("The profile of %(name)s is saved.", name=whose.helped.name), "good")
    else:
        flash(_("Your profile is saved."), "good")
    return redirect(whose.address("profile"), 303)


def _page(whose: Whose, typed: ProfileForm, faults: dict[str, str], conflict: str = "") -> str:
    row = whose.profile
    offer = profile_form.choices(db.session(), desk(), row)
    return render_template(
        "speaker/profile.html",
        whose=whose,
        profile=row,
        is_speaker=row.kind == profiles.SPEAKER,
        form=typed,
        faults=faults,
        conflict=conflict,
        differences=_differences(row, typed, offer) if conflict else [],
        offer=offer,
        levels=[(str(level), word) for level, word in profile_form.level_words().items()],
        modes=list(profile_form.mode_words().items()),
    )


def _differences(
    row: Profile, typed: ProfileForm, offer: profile_form.Choices
) -> list[dict[str, str]]:
    """What is stored beside what was typed, where they differ."""
    stored = profile_form.in_words(profiles.read(row), offer)
    wanted = dict(profile_form.in_words(profile_form.to_facts(typed, row), offer))
    return [
        {"label": label, "before": text, "after": wanted[label]}
        for label, text in stored
        if text != wanted[label]
    ]
