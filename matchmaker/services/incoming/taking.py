"""One mail taken in: its raw octets become a row, and the row what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.calendars.event import from_snapshot
from matchmaker.calendars.reply import Fault, Reply, ReplyError, read_reply
from matchmaker.mail.bounces import read_bounce
from matchmaker.mail.incoming import (
    Envelope,
    UnreadableMail,
    digest,
    read_envelope,
    read_mail,
)
from matchmaker.mail.incoming import IncomingMail as Mail
from matchmaker.models import IncomingMail, Invitation, Response
from matchmaker.models.states import AnswerVia, IncomingKind, IncomingState
from matchmaker.services.desk import Actor, Desk
from matchmaker.services.incoming import bounced
from matchmaker.services.incoming.deciding import Given, Invited, Letter, Reason, decide
from matchmaker.services.inviting.responses import Outcome, record_response

MOST_TRIES = 3
_TO_SETTLE = {
    Outcome.OUTDATED: Reason.OUTDATED,
    Outcome.AHEAD: Reason.AHEAD,
    Outcome.TAKEN: Reason.TAKEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A mail as it was found in the mailbox; `raw` is its head alone if it is not `whole`."""

    folder: str
    uidvalidity: int
    uid: int
    raw: bytes
    whole: bool
    received_at: datetime


def keep(session: Session, desk: Desk, found: Found) -> IncomingMail:
    """The mail's row, the one that there is if this mail or a copy of it came before.

    Its place is that of the first copy, until the mailbox numbers itself anew. Nothing is read yet.
    """
    known = session.scalars(
        select(IncomingMail).where(IncomingMail.digest == digest(found.raw))
    ).one_or_none()
    row = known or IncomingMail(
        digest=digest(found.raw),
        received_at=found.received_at,
        fetched_at=desk.now,
        kind=IncomingKind.UNREADABLE,
        state=IncomingState.NEW,
        reason="" if found.whole else Reason.TOO_LARGE.value,
        body=found.raw,
        tries=0,
    )
    if known is None or (row.folder, row.uidvalidity) != (found.folder, found.uidvalidity):
        row.folder, row.uidvalidity, row.uid = found.folder, found.uidvalidity, found.uid
    session.add(row)
    session.flush()
    return row


def take(session: Session, desk: Desk, row: IncomingMail, *, authserv: str = "") -> None:
    """Understand a new mail and do what follows from it, once.

    The octets are given away with it: what a person needs stands in the row, and the mail itself
    lies in the mailbox.
    """
    if row.state is not IncomingState.NEW:
        return
    raw, row.body = row.body or b"", None
    try:
        if row.reason == Reason.TOO_LARGE:
            _note_head(row, read_envelope(raw, authserv=authserv))
            _to_person(row, IncomingKind.UNREADABLE, Reason.TOO_LARGE)
            return
        mail = read_mail(raw, authserv=authserv)
    except UnreadableMail as error:
        _to_person(row, IncomingKind.UNREADABLE, Reason(error.why.value))
        return
    _note_head(row, mail.envelope)
    _follow(session, desk, row, mail)


def give_up(row: IncomingMail) -> None:
    """Reading it has failed as often as it may; a person looks at it in the mailbox."""
    row.body = None
    _to_person(row, IncomingKind.UNREADABLE, Reason.CRASHED)


def _note_head(row: IncomingMail, head: Envelope) -> None:
    row.message_id = head.message_id or None
    row.sender, row.sender_name = head.sender, head.name
    row.subject = head.subject


def _follow(session: Session, desk: Desk, row: IncomingMail, mail: Mail) -> None:
    bounce = read_bounce(mail)
    if bounce is not None:
        bounced.note(session, desk, row, bounce, forged=mail.envelope.dmarc == "fail")
        return
    try:
        reply = _reply(desk, mail)
    except ReplyError as error:
        row.facts = {"fault": error.fault.value}
        # An invitation to us, or a calendar that somebody sends along, is a letter like any other.
        harmless = error.fault in {Fault.OTHER_METHOD, Fault.NO_EVENT, Fault.NO_CALENDAR}
        kind = IncomingKind.HUMAN if harmless else IncomingKind.UNREADABLE
        _to_person(row, kind, Reason.WORDS if harmless else Reason.CALENDAR_FAULT)
        return
    if reply is not None:
        _answered(session, desk, row, mail, reply)
    elif mail.sealed:
        _to_person(row, IncomingKind.UNREADABLE, Reason.SEALED)
    elif mail.envelope.automatic:
        row.kind, row.state = IncomingKind.AUTOMATIC, IncomingState.LISTED
    else:
        _to_person(row, IncomingKind.HUMAN, Reason.WORDS)


def _reply(desk: Desk, mail: Mail) -> Reply | None:
    """The first calendar part that is an answer. Raises what the first said if none is."""
    first: ReplyError | None = None
    for part in mail.calendars:
        try:
            return read_reply(
                part.content,
                charset=part.charset,
                method=part.method,
                zone=desk.settings.timezone,
            )
        except ReplyError as error:
            first = first or error
    if first is not None:
        raise first
    return None


def _answered(session: Session, desk: Desk, row: IncomingMail, mail: Mail, reply: Reply) -> None:
    row.facts = _facts(reply, mail)
    invitation = session.scalars(
        select(Invitation).where(Invitation.uid == reply.uid.casefold())
    ).one_or_none()
    if invitation is None:
        _not_invited(desk, row, reply)
        return
    row.invitation, row.person_id = invitation, invitation.person_id
    event = from_snapshot(invitation.snapshot)
    invited = Invited(
        address=event.attendee_email,
        sequence=invitation.sequence,
        stamp=invitation.stamp,
        start=event.start_utc,
    )
    letter = Letter(
        sender=row.sender,
        dmarc=mail.envelope.dmarc,
        date=mail.envelope.date,
        received=row.received_at,
    )
    verdict = decide(letter, reply, invited)
    row.kind = verdict.kind
    row.facts = {**row.facts, "said": verdict.said.value if verdict.said else None}
    if verdict.given is None:
        _to_person(row, verdict.kind, verdict.reason or Reason.NO_ANSWER)
    else:
        _record(session, desk, row, verdict.given, reply.comment)


def _not_invited(desk: Desk, row: IncomingMail, reply: Reply) -> None:
    """Invitations are never removed: such a UID comes from elsewhere, or has been made up."""
    host = reply.uid.casefold().rpartition("@")[2]
    if host == desk.settings.uid_host.casefold():
        _to_person(row, IncomingKind.FOREIGN, Reason.UNKNOWN_UID)
    else:
        row.kind, row.state = IncomingKind.FOREIGN, IncomingState.LISTED
        row.reason = Reason.NOT_OURS.value


def _record(session: Session, desk: Desk, row: IncomingMail, given: Given, comment: str) -> None:
    invitation = row.invitation
    if invitation is None:
        raise ValueError("an answer without its invitation")
    response = record_response(
        session,
        desk.by(Actor.of(invitation.person)),
        invitation,
        given.answer,
        sequence=given.sequence,
        stamp=given.stamp,
        via=AnswerVia.MAIL,
        # Exchange uses a Message-ID for two answers; the digest tells them apart.
        message_id=row.digest,
        comment=comment,
    )
    session.flush()
    row.response_id = response.id
    doubt = _TO_SETTLE.get(Outcome(response.outcome)) or _same_time(session, response, invitation)
    if doubt is not None:
        _to_person(row, row.kind, doubt)
    else:
        row.state = IncomingState.APPLIED


def _same_time(session: Session, response: Response, invitation: Invitation) -> Reason | None:
    """Two different answers with one stamp: nobody but the person knows which one holds."""
    if response.outcome != Outcome.OLDER or response.answer is invitation.state:
        return None
    other = session.scalars(
        select(Response.id).where(
            Response.invitation_id == invitation.id,
            Response.stamp == response.stamp,
            Response.applied,
            Response.id != response.id,
        )
    ).first()
    return Reason.SAME_TIME if other is not None else None


def _to_person(row: IncomingMail, kind: IncomingKind, reason: Reason) -> None:
    row.kind, row.state, row.reason = kind, IncomingState.REVIEW, reason.value


def _facts(reply: Reply, mail: Mail) -> dict[str, Any]:
    """What a person needs to decide; JSON values."""
    return {
        "method": reply.method.value,
        "uid": reply.uid,
        "attendees": [
            {
                "address": row.address,
                "name": row.name,
                "partstat": row.partstat,
                "delegated_to": list(row.delegated_to),
            }
            for row in reply.attendees
        ],
        "sequence": reply.sequence,
        "start": reply.start.isoformat() if reply.start else None,
        "end": reply.end.isoformat() if reply.end else None,
        "comment": reply.comment,
        "dmarc": mail.envelope.dmarc,
    }
