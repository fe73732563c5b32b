"""Guests at a talk: invited besides those who are planned for it, and uninvited again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.models import Invitation, Talk
from matchmaker.models.states import InvitationRole, InvitationState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Invalid, NotFound, NotPossible
from matchmaker.services.house import audit
from matchmaker.services.inviting import invitations
from matchmaker.services.inviting.feeds import refresh_feed
from matchmaker.services.people import contacts
from matchmaker.services.talks.standing import held_for_change
from matchmaker.services.talks.talk_changes import ALREADY_THERE

BEGUN = N_("This talk has begun already. Nobody can be invited to it any more.")
NOT_ACTIVE = N_("E-mail: this person is no longer active and gets no mails.")
NO_SUCH_GUEST = N_("This person is not invited to this talk as a guest.")


def invite_guest(
    session: Session,
    desk: Desk,
    code: str,
    *,
    name: str,
    email: str,
    locale: str = "de",
    version: int | None = None,
) -> Talk:
    """Invite a guest; somebody who is known by the address stays as they are.

    `locale` is the language of the mails to somebody new. Raises NotFound, Invalid (name, email,
    locale), Conflict, NotPossible.
    """
    talk = held_for_change(session, code, version)
    if talk.starts_at <= desk.now:
        raise NotPossible(BEGUN)
    person = contacts.known_or_added(session, desk, name, email, locale)
    if not person.active:
        raise Invalid({"email": NOT_ACTIVE})
    if any(row.person_id == person.id for row in _living(talk)):
        raise Invalid({"email": ALREADY_THERE})
    invitations.invite(session, desk, talk, person, InvitationRole.GUEST)
    audit.record(session, desk, "talk.guest_invited", talk, after={"person": person.code})
    refresh_feed(session, desk, person.id)
    return talk


def uninvite_guest(
    session: Session,
    desk: Desk,
    code: str,
    invitation_id: int,
    *,
    version: int | None = None,
) -> Talk:
    """End a guest's invitation; the talk takes place without them.

    Raises NotFound, Conflict, NotPossible.
    """
    talk = held_for_change(session, code, version)
    guest = next((row for row in _living(talk) if row.id == invitation_id), None)
    if guest is None or guest.role is not InvitationRole.GUEST:
        raise NotFound(NO_SUCH_GUEST)
    invitations.cancel(session, desk, guest, only_you=True)
    audit.record(session, desk, "talk.guest_uninvited", talk, before={"person": guest.person.code})
    refresh_feed(session, desk, guest.person_id)
    return talk


def _living(talk: Talk) -> list[Invitation]:
    return [row for row in talk.invitations if row.state is not InvitationState.CANCELLED]
