"""The links that somebody has been mailed, when the mailbox or the account is no longer theirs."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from matchmaker.models import AccessToken, Invitation, Person, Request
from matchmaker.models.states import OWN_FEEDS, TokenPurpose
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import feeds, wide_feeds


def end_links(session: Session, desk: Desk, person: Person) -> None:
    """End the answer links of the person, and those to what they have asked for.

    Whoever signs in gets new ones; so does whoever is invited once more afterwards. The link to a
    draft stays: it is the only way to it.
    """
    invitations = select(Invitation.id).where(Invitation.person_id == person.id)
    requests = select(Request.id).where(Request.contact_id == person.id)
    theirs: ColumnElement[bool] = or_(
        and_(AccessToken.purpose == TokenPurpose.ANSWER, AccessToken.subject_id.in_(invitations)),
        and_(
            AccessToken.purpose == TokenPurpose.REQUEST_STATUS,
            AccessToken.subject_id.in_(requests),
        ),
    )
    session.execute(
        update(AccessToken)
        .where(theirs, AccessToken.revoked_at.is_(None))
        .values(revoked_at=desk.now)
        .execution_options(synchronize_session="fetch")
    )


def end_subscriptions(session: Session, desk: Desk, person: Person) -> None:
    """From now on the addresses of the person's calendars are answered with 410."""
    for scope in OWN_FEEDS:
        feeds.revoke(session, desk, person, scope)
    wide_feeds.revoke(session, desk, wide_feeds.Whose(person=person))
