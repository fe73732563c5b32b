"""Kontakte: people's profiles and times, filled in for them when they call.

The pages are the ones that speakers and interpreters have themselves.
"""

from __future__ import annotations

from werkzeug.wrappers import Response

from matchmaker.services.people import contacts
from matchmaker.web.access import for_roles
from matchmaker.web.coordinator.contact_room import blueprint
from matchmaker.web.coordinator.room import WRITERS, Page
from matchmaker.web.db import db
from matchmaker.web.speaker import availability as times_pages
from matchmaker.web.speaker import profile as profile_pages
from matchmaker.web.speaker.whose import Whose, on_behalf_of


@blueprint.get("/person/<code>/profil")
@for_roles(*WRITERS)
def profile(code: str) -> str:
    return profile_pages.show(_whose(code))


@blueprint.post("/person/<code>/profil")
@for_roles(*WRITERS)
def change_profile(code: str) -> Page:
    return profile_pages.save(_whose(code))


@blueprint.get("/person/<code>/zeiten")
@for_roles(*WRITERS)
def availability(code: str) -> str:
    return times_pages.show(_whose(code))


@blueprint.post("/person/<code>/zeiten")
@for_roles(*WRITERS)
def change_availability(code: str) -> Page:
    return times_pages.save(_whose(code))


@blueprint.post("/person/<code>/zeiten/stimmt")
@for_roles(*WRITERS)
def confirm_availability(code: str) -> Response:
    return times_pages.confirm(_whose(code))


@blueprint.post("/person/<code>/zeiten/zurueck")
@for_roles(*WRITERS)
def undo_availability(code: str) -> Response:
    return times_pages.undo(_whose(code))


def _whose(code: str) -> Whose:
    return on_behalf_of(contacts.person_by_code(db.session(), code))
