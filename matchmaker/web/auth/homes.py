"""Where people land when they have signed in."""

from __future__ import annotations

from flask import current_app, url_for

from matchmaker.models import Person
from matchmaker.models.states import Role
from matchmaker.web.public import own_path

HOMES = (
    ({Role.COORDINATOR, Role.ADMIN, Role.AUDITOR}, "coordinator_today.index"),
    ({Role.SPEAKER, Role.INTERPRETER}, "speaker.home"),
    ({Role.HOST}, "host.mine"),
)


def home_of(person: Person) -> str:
    """The address of the page for which the person came."""
    for roles, endpoint in HOMES:
        if person.roles & roles and endpoint in current_app.view_functions:
            return url_for(endpoint)
    return url_for("public.start")


def landing(person: Person, next_path: str) -> str:
    """`next_path` if it is a path of this service, else the person's own page."""
    if not next_path or own_path(next_path) != next_path:
        return home_of(person)
    return next_path
