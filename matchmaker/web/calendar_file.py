"""One talk as a file for the calendar."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _

from matchmaker.calendars.download import file_bytes
from matchmaker.calendars.event import from_snapshot
from matchmaker.i18n import N_
from matchmaker.models import Invitation
from matchmaker.services.errors import NotFound


def calendar_file(invitation: Invitation) -> Response:
    """The invitation as it was last sent, to save and open."""
    if not invitation.snapshot:
        raise NotFound(N_("We do not know this talk."))
    content = file_bytes(from_snapshot(invitation.snapshot), _("Cancelled: "))
    response = Response(content, content_type="text/calendar; charset=utf-8")
    name = f"arbeitsmarktgespraech-{invitation.talk.code}.ics"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
