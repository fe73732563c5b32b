"""Somebody says that an invitation has never arrived: the coordination sends it once more."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matchmaker.models import Talk
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import invitations
from matchmaker.services.talks.standing import held_for_change
from matchmaker.services.talks.talk_outcomes import invitation_of


def invite_again(
    session: Session, desk: Desk, code: str, invitation_id: int, *, version: int | None = None
) -> Talk:
    """Send a person's invitation to a talk once more, as `invitations.send_again` does.

    Raises NotFound, Conflict, NotPossible.
    """
    talk = held_for_change(session, code, version)
    invitations.send_again(session, desk, invitation_of(talk, invitation_id))
    return talk
