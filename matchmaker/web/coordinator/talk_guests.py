"""Guests of a talk: a form, a page that shows the mail, then done."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from flask import render_template, request, url_for

from matchmaker.models import Talk
from matchmaker.services.talks import guests
from matchmaker.services.talks.standing import find_talk, require_standing
from matchmaker.web.context import desk
from matchmaker.web.coordinator.contact_words import locale_choices
from matchmaker.web.coordinator.room import Page
from matchmaker.web.coordinator.talk_room import (
    NO_FAULTS,
    Question,
    ask_or_do,
    ask_or_form,
    blueprint,
    version,
    writers_only,
)
from matchmaker.web.db import db
from matchmaker.web.texts import _


@blueprint.get("/<code>/gast")
@writers_only
def ask_guest(code: str) -> str:
    return _guest_page(code)


@blueprint.post("/<code>/gast")
@writers_only
def invite_guest(code: str) -> Page:
    def change() -> Talk:
        return guests.invite_guest(
            db.session(),
            desk(),
            code,
            name=request.form.get("name", ""),
            email=request.form.get("email", ""),
            locale=request.form.get("locale", "de"),
            version=version(),
        )

    return ask_or_form(
        code,
        change,
        Question(
            change="invite_guest",
            title=_("Invite a guest to %(code)s?", code=code),
            back=url_for(".ask_guest", code=code),
            done=_("The guest is invited."),
        ),
        partial(_guest_page, code),
        "email",
    )


@blueprint.post("/<code>/gast/<int:invitation_id>/ausladen")
@writers_only
def uninvite_guest(code: str, invitation_id: int) -> Page:
    def change() -> Talk:
        return guests.uninvite_guest(db.session(), desk(), code, invitation_id, version=version())

    return ask_or_do(
        code,
        change,
        Question(
            change="uninvite_guest",
            title=_("Take the guest’s invitation to %(code)s back?", code=code),
            back=url_for(".detail", code=code),
            done=_("The guest is no longer invited."),
        ),
    )


def _guest_page(code: str, faults: Mapping[str, str] = NO_FAULTS) -> str:
    talk = find_talk(db.session(), code)
    require_standing(talk)
    return render_template(
        "coordinator/talks/guest.html",
        talk=talk,
        locale_choices=locale_choices(),
        faults=faults,
        typed=request.form,
    )
