"""A draft becomes a request, and a request is changed by those who sent it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matchmaker.i18n import N_, language_name, translations_for
from matchmaker.models import AccessToken, AuditEntry, OutboxMessage, Person, Request
from matchmaker.models.states import (
    OPEN_REQUESTS,
    STAYED_MAILS,
    TO_PLAN,
    MeetingMode,
    OutboxState,
    RequestState,
    TokenPurpose,
)
from matchmaker.services.desk import Actor, Desk
from matchmaker.services.errors import Invalid, NotFound, NotPossible
from matchmaker.services.house import audit, tokens
from matchmaker.services.house.carrier import carrier
from matchmaker.services.house.codes import next_code, one_after_the_other
from matchmaker.services.house.topics import topic_titles
from matchmaker.services.intake import drafts, hosts, look_alikes
from matchmaker.services.intake.checks import faults
from matchmaker.services.intake.need import Who, read_need, read_who, typed_need
from matchmaker.services.intake.offer import Offer, load_offer
from matchmaker.services.intake.record import differences, put_host, put_need, snapshot
from matchmaker.services.intake.steps import WHO
from matchmaker.services.intake.typed import Typed
from matchmaker.services.sending import no_date_letters, outbox, request_letters

BY_LINK = " (link)"
"""Ends the log's name of whoever came by the link of the person with the code before it."""

SMALL = frozenset({"people", "children", "questions", "contact"})
"""What may change without anybody reading it first: approval judges a plan by the new numbers."""
CODE = "A"

NO_SUCH_REQUEST = N_("We do not know this request. Please check the link, or call us.")
CALL_US = N_("This request can no longer be changed here. Please call us.")
CHANGED_BY_HOST = N_("The association has changed its request.")
WITHDRAWN_BY_HOST = N_("The association has withdrawn its request.")


def submit(session: Session, desk: Desk, request: Request, *, person: Person | None = None) -> None:
    """Send a draft: the association, the contact and the room are found or written down.

    A draft that was sent already stays as it is. `person` is who is signed in. Raises Invalid
    with every fault; nothing is changed then.
    """
    one_after_the_other(session)
    session.scalars(select(Request.id).where(Request.id == request.id).with_for_update()).one()
    session.refresh(request)
    if request.state is not RequestState.DRAFT:
        return
    typed = drafts.fields_of(request)
    offer = load_offer(session, desk)
    _require_no_faults(typed, offer)
    who, locale = read_who(typed, offer), drafts.locale_of(request)
    is_new = _put_who(session, desk, request, who, person=person, locale=locale)
    adds_room = is_new or _is_member(person, request)
    put_need(session, request, read_need(typed, offer), adds_room=adds_room)
    request.code = next_code(session, Request.code, CODE, 3)
    request.state = RequestState.SUBMITTED
    request.submitted_at = request.updated_at = desk.now
    request.draft = {drafts.WHO: {name: typed.get(name, "") for name in WHO.fields}}
    session.flush()
    _open_status(session, request)
    audit.record(
        session,
        _as_host(desk, request),
        "request.submitted",
        request,
        before={"state": RequestState.DRAFT.value},
        after={"state": request.state.value, **snapshot(request)},
    )
    look_alikes.flag(session, desk, request)
    confirm(session, desk, request)


def _require_no_faults(typed: Typed, offer: Offer) -> None:
    found = faults(typed, offer)
    if found:
        raise Invalid({fault.field: fault.message for fault in reversed(found)})


def _put_who(
    session: Session,
    desk: Desk,
    request: Request,
    who: Who,
    *,
    person: Person | None,
    locale: str,
) -> bool:
    """Whether the association is new."""
    own = person.organisation if person else request.organisation
    organisation, is_new = hosts.find_or_add_organisation(session, desk, who, own)
    contact = hosts.find_or_add_contact(
        session, desk, who, organisation, is_new=is_new, locale=locale
    )
    put_host(request, organisation, contact, who)
    return is_new


def _is_member(person: Person | None, request: Request) -> bool:
    """Whether somebody who is signed in asks for their own association."""
    host = request.organisation
    return person is not None and host is not None and person.organisation_id == host.id


def _open_status(session: Session, request: Request) -> None:
    """The link to the form becomes the link to the request, for as long as there is one."""
    session.execute(
        update(AccessToken)
        .where(AccessToken.purpose == TokenPurpose.DRAFT, AccessToken.subject_id == request.id)
        .values(purpose=TokenPurpose.REQUEST_STATUS, expires_at=None)
    )


def confirm(session: Session, desk: Desk, request: Request) -> None:
    """Mail the contact what has arrived and the link to it, if they can be reached."""
    by_phone = request.contact is not None and bool(request.contact.phone)
    request_letters.write(
        session,
        desk,
        request,
        "request_received",
        lambda locale: {
            "topics": tuple(topic_titles(session, request, locale)),
            "language": ", ".join(
                language_name(row.language_tag, locale) for row in request.languages
            ),
            "place": _place(request, locale),
            "hear_by": desk.today + timedelta(days=carrier(session).answer_days),
            "by_phone": by_phone,
        },
    )


def _place(request: Request, locale: str) -> str:
    if request.mode is MeetingMode.ONLINE:
        return translations_for(locale).pgettext("mail", "Online")
    return request.address


def request_of(session: Session, desk: Desk, token: str, *, to_write: bool = False) -> Request:
    """The request behind a status link; NotFound if there is none."""
    number = tokens.subject_of(session, desk, TokenPurpose.REQUEST_STATUS, token)
    query = select(Request).where(Request.id == number)
    if to_write:
        query = query.with_for_update().execution_options(populate_existing=True)
    request = session.scalars(query).one_or_none() if number else None
    if request is None:
        raise NotFound(NO_SUCH_REQUEST)
    return request


def begin_change(session: Session, request: Request) -> Typed:
    """Put the request back into the form; nothing is changed before it is sent again."""
    require_changeable(request)
    typed = drafts.fields_of(request) or typed_need(request) | drafts.who_of(request)
    drafts.keep_draft(session, request, {**request.draft, drafts.FIELDS: typed})
    return typed


def drop_change(session: Session, request: Request) -> None:
    """Forget what was typed and not sent."""
    kept = {name: value for name, value in request.draft.items() if name != drafts.FIELDS}
    drafts.keep_draft(session, request, kept)


def is_changing(request: Request) -> bool:
    return request.state is not RequestState.DRAFT and bool(drafts.fields_of(request))


def require_changeable(request: Request) -> None:
    if request.state not in OPEN_REQUESTS:
        raise NotPossible(CALL_US)


def send_change(
    session: Session, desk: Desk, request: Request, *, person: Person | None = None
) -> bool:
    """Make the typed changes; a plan takes the request up again once somebody has read them.

    `SMALL` changes need no reading.

    Returns whether anything is different now. Raises Invalid, NotPossible.
    """
    one_after_the_other(session)
    require_changeable(request)
    typed = drafts.fields_of(request)
    if not typed:
        return False
    offer = load_offer(session, desk, request)
    _require_no_faults(typed, offer)
    before, state = snapshot(request), request.state
    who = read_who(typed, offer)
    if {name: typed.get(name) for name in WHO.fields} != drafts.who_of(request):
        contact = request.contact
        locale = contact.locale if contact else "de"
        _put_who(session, desk, request, who, person=person, locale=locale)
    put_need(session, request, read_need(typed, offer), adds_room=_is_member(person, request))
    request.draft = {drafts.WHO: {name: typed.get(name, "") for name in WHO.fields}}
    session.flush()
    was, becomes = differences(before, snapshot(request))
    if not becomes:
        return False
    request.updated_at = desk.now
    if state in TO_PLAN and not becomes.keys() <= SMALL:
        request.state, request.state_reason = RequestState.IN_CLARIFICATION, CHANGED_BY_HOST
        was, becomes = was | {"state": state.value}, becomes | {"state": request.state.value}
    audit.record(
        session, _as_host(desk, request), "request.changed", request, before=was, after=becomes
    )
    look_alikes.flag(session, desk, request)
    return True


def withdraw(session: Session, desk: Desk, request: Request) -> None:
    """Take the request back; a second time changes nothing. Raises NotPossible."""
    if request.state is RequestState.WITHDRAWN:
        return
    require_changeable(request)
    before = request.state
    request.state, request.state_reason = RequestState.WITHDRAWN, WITHDRAWN_BY_HOST
    request.updated_at = desk.now
    no_date_letters.take_back(session, request)
    audit.record(
        session,
        _as_host(desk, request),
        "request.withdrawn",
        request,
        before={"state": before.value},
        after={"state": request.state.value},
    )
    _confirm_withdrawal(session, desk, request)


def _confirm_withdrawal(session: Session, desk: Desk, request: Request) -> None:
    """Whoever has the link may have pressed the button: the contact hears of it."""
    request_letters.write(
        session,
        desk,
        request,
        "request_withdrawn",
        lambda locale: {"topic": topic_titles(session, request, locale)[0]},
        sequence=request.version,
        order_key=_withdrawal_key(request),
    )


def _withdrawal_key(request: Request) -> str:
    return f"withdrawal:{request.id}"


def _confirm_restoring(session: Session, desk: Desk, request: Request) -> None:
    """Whoever was told of the withdrawal hears that it no longer holds; nobody else need."""
    key = _withdrawal_key(request)
    outbox.drop_unsent(session, key, OutboxState.QUEUED, OutboxState.DEAD)
    newest = session.scalars(
        select(OutboxMessage.kind)
        .where(OutboxMessage.order_key == key, OutboxMessage.state.not_in(STAYED_MAILS))
        .order_by(OutboxMessage.id.desc())
        .limit(1)
    ).one_or_none()
    if newest != "request_withdrawn":
        return
    request_letters.write(
        session,
        desk,
        request,
        "request_restored",
        lambda locale: {"topic": topic_titles(session, request, locale)[0]},
        sequence=request.version,
        order_key=key,
    )


def can_restore(request: Request) -> bool:
    """Whether those who asked took the request back themselves."""
    withdrawn = request.state is RequestState.WITHDRAWN
    return withdrawn and request.state_reason == WITHDRAWN_BY_HOST


def restore(session: Session, desk: Desk, request: Request) -> None:
    """Undo taking the request back; a second time changes nothing. Raises NotPossible.

    What was ready for planning is so again; everything else is read once more.
    """
    if request.state in OPEN_REQUESTS:
        return
    if not can_restore(request):
        raise NotPossible(CALL_US)
    was = _state_before_withdrawing(session, request)
    request.state = RequestState.READY if was in TO_PLAN else RequestState.SUBMITTED
    request.state_reason, request.updated_at = "", desk.now
    audit.record(
        session,
        _as_host(desk, request),
        "request.restored",
        request,
        before={"state": RequestState.WITHDRAWN.value},
        after={"state": request.state.value},
    )
    look_alikes.flag(session, desk, request)
    _confirm_restoring(session, desk, request)


def _state_before_withdrawing(session: Session, request: Request) -> str:
    entry = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.subject_kind == Request.__tablename__,
            AuditEntry.subject_id == request.id,
            AuditEntry.action == "request.withdrawn",
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).one_or_none()
    return str(entry.before.get("state", "")) if entry else ""


def _as_host(desk: Desk, request: Request) -> Desk:
    """Who has the link is not known to be the contact, so the log names only the link."""
    if desk.actor.id is not None or request.contact is None:
        return desk
    return desk.by(Actor(None, request.contact.code + BY_LINK))
