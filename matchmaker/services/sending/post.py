"""Letters: words for one person, made into bytes once and put into the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.mail import facts as letters
from matchmaker.mail.address import AddressError, wire_address
from matchmaker.mail.facts import CarrierFacts, MailFacts
from matchmaker.mail.message import CalendarPart, OutgoingMail, RenderedMail, compose
from matchmaker.mail.render import render
from matchmaker.models import OutboxMessage, Person
from matchmaker.models.states import MailPriority
from matchmaker.services.desk import Desk
from matchmaker.services.errors import NotPossible
from matchmaker.services.house import links
from matchmaker.services.house.carrier import Carrier, carrier
from matchmaker.services.sending import outbox

NO_ADDRESS = N_("This person has no mail address that a mail can be sent to.")

_KINDS: Mapping[str, type[MailFacts]] = {
    kind.kind: kind
    for kind in (
        letters.RequestReceived,
        letters.Invitation,
        letters.DateConfirmed,
        letters.InvitationChanged,
        letters.InvitationCancelled,
        letters.Login,
        letters.NoSlotFound,
        letters.RequestQuestion,
        letters.RequestWithdrawn,
        letters.RequestRestored,
        letters.AccountChanged,
        letters.RequestStatusLink,
        letters.Reminder,
        letters.AnswerReminder,
        letters.FeedbackRequest,
    )
}
KINDS = tuple(_KINDS)


def queue_letter(
    session: Session,
    desk: Desk,
    *,
    kind: str,
    subject_key: str,
    person: Person,
    facts: Mapping[str, Any],
    sequence: int | str = 0,
    calendar: CalendarPart | None = None,
    message_id: str | None = None,
    in_reply_to: str | None = None,
    sender: str | None = None,
    order_key: str | None = None,
    request_id: int | None = None,
    talk_id: int | None = None,
    invitation_id: int | None = None,
    due_at: datetime | None = None,
    not_after: datetime | None = None,
    priority: MailPriority = MailPriority.USUAL,
    whose: Carrier | None = None,
    is_first: bool = False,
) -> OutboxMessage:
    """Write a mail to `person` in their language; the same key again gives the row there is.

    `facts` are the fields of the kind in `matchmaker.mail.facts`; the recipient's name is filled
    in. The key is kind:subject_key:sequence:address. `sender` None means the service's mailbox.
    `whose` saves reading the carrier again; the rest is as in `outbox.enqueue`. Raises NotPossible
    if the person's address is unusable.
    """
    mail = _written(
        desk,
        carrier_facts(desk, whose or carrier(session)),
        person,
        _KINDS[kind](recipient_name=person.name, **facts),
        message_id=message_id or outbox.new_message_id(desk),
        sender_email=sender or desk.settings.mail_from,
        calendar=calendar,
        in_reply_to=in_reply_to,
    )
    return outbox.enqueue(
        session,
        desk,
        mail,
        kind=kind,
        subject_key=subject_key,
        sequence=sequence,
        method=calendar.method if calendar else None,
        order_key=order_key,
        person_id=person.id,
        request_id=request_id,
        talk_id=talk_id,
        invitation_id=invitation_id,
        due_at=due_at,
        not_after=not_after,
        priority=priority,
        is_first=is_first,
    )


def _written(
    desk: Desk, signed: CarrierFacts, person: Person, said: MailFacts, **headers: Any
) -> RenderedMail:
    mail = OutgoingMail(
        date=desk.now,
        locale=person.locale,
        sender_name=signed.name,
        recipient_name=person.name,
        recipient_email=person.email,
        **render(said, person.locale, signed)._asdict(),
        **headers,
    )
    try:
        return compose(mail)
    except AddressError as error:
        raise NotPossible(NO_ADDRESS) from error


def reachable(desk: Desk, person: Person) -> bool:
    """Whether a mail can go to the person: an address that is usable and not our own."""
    try:
        address = wire_address(person.email)
    except AddressError:
        return False
    return person.active and address.casefold() != desk.settings.mail_from.casefold()


def carrier_facts(desk: Desk, whose: Carrier) -> CarrierFacts:
    """Who signs the mails."""
    return CarrierFacts(
        name=whose.name,
        email=whose.email or desk.settings.mail_from,
        phone=whose.phone,
        imprint_url=links.page(desk.settings, "/impressum"),
        privacy_url=links.page(desk.settings, "/datenschutz"),
        service=whose.short_name,
    )
