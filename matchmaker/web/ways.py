"""The way from page to page on people's own pages: the same places above every one of them."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from matchmaker.models.states import Role
from matchmaker.web.context import current_person

PLANNED = (Role.SPEAKER, Role.INTERPRETER)
INVITED = (*PLANNED, Role.HOST)


def ways() -> dict[str, Any]:
    """For a blueprint's context processor; empty for those who have no pages of their own."""
    person = current_person()
    return {"ways": _ways_of(person.roles) if person and person.roles & set(INVITED) else []}


def _ways_of(roles: frozenset[Role]) -> list[dict[str, Any]]:
    planned = bool(roles & set(PLANNED))
    ways = [
        ("host.mine", "requests", _("My requests"), Role.HOST in roles),
        ("speaker.home", "home", _("Start"), planned),
        ("speaker.talks", "talks", _("My talks"), True),
        ("speaker.availability", "clock", _("My times"), planned),
        ("speaker.profile", "person", _("My profile"), planned),
        ("speaker.calendar", "calendar", _("Calendar"), True),
        ("speaker.contact", "phone", _("My details"), True),
    ]
    return [
        {
            "url": url_for(endpoint),
            "icon": icon,
            "label": label,
            "current": _is_here(endpoint),
        }
        for endpoint, icon, label, shown in ways
        if shown
    ]


def _is_here(endpoint: str) -> bool:
    """The page itself, or one below it; the start page lies above all of them."""
    own = url_for(endpoint).partition("?")[0]
    return request.path == own or (not own.endswith("/") and request.path.startswith(f"{own}/"))
