"""An invitation sent once more: a page that shows the mail, then done."""

from __future__ import annotations

from flask import url_for

from matchmaker.models import Talk
from matchmaker.services.talks import resending
from matchmaker.web.context import desk
from matchmaker.web.coordinator.room import Page
from matchmaker.web.coordinator.talk_room import (
    Question,
    ask_or_do,
    blueprint,
    version,
    writers_only,
)
from matchmaker.web.db import db
from matchmaker.web.texts import _


@blueprint.post("/<code>/einladung/<int:invitation_id>/erneut")
@writers_only
def invite_again(code: str, invitation_id: int) -> Page:
    def change() -> Talk:
        return resending.invite_again(db.session(), desk(), code, invitation_id, version=version())

    return ask_or_do(
        code,
        change,
        Question(
            change="invite_again",
            title=_("Send the invitation once more?"),
            back=url_for(".detail", code=code),
            done=_("The invitation goes out once more. Date and answer stay as they are."),
        ),
    )
