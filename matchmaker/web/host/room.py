"""The room's blueprint and what its pages share."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from matchmaker.models import Request
from matchmaker.services.intake import drafts, submit
from matchmaker.web import ways
from matchmaker.web.context import desk
from matchmaker.web.db import db
from matchmaker.web.i18n import speak

Page = Response | str | tuple[str, int]

blueprint = Blueprint("host", __name__, url_prefix="/anfrage")
blueprint.context_processor(ways.ways)


def request_behind(token: str, *, to_write: bool = False) -> Request:
    """The request of a link, shown in the language of whoever sent it. Raises NotFound."""
    found = submit.request_of(db.session(), desk(), token, to_write=to_write)
    if found.contact is not None:
        speak(found.contact.locale)
    return found


def draft_behind(token: str, *, to_write: bool = False) -> Request:
    """The draft of a link, in the language in which it was filled in last. Raises NotFound."""
    found = drafts.draft_of(db.session(), desk(), token, to_write=to_write)
    speak(drafts.locale_of(found))
    return found
