"""Requests as the coordination writes them: taken by phone, or changed afterwards."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.i18n import supported
from matchmaker.models import Organisation, Person, PersonRole, Request
from matchmaker.models.states import OPEN_REQUESTS, TO_CLEAR, RequestSource, RequestState, Role
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, Invalid, NotPossible
from matchmaker.services.house import audit
from matchmaker.services.house.codes import next_code, one_after_the_other
from matchmaker.services.intake import drafts, extras, hosts, look_alikes
from matchmaker.services.intake.checks import Fault, faults
from matchmaker.services.intake.need import read_need, read_who, typed_need
from matchmaker.services.intake.offer import Offer, load_offer
from matchmaker.services.intake.record import differences, put_host, put_need, snapshot
from matchmaker.services.intake.steps import WHO
from matchmaker.services.intake.submit import CODE, confirm
from matchmaker.services.intake.typed import Typed
from matchmaker.services.requests.clearing import HAS_DATE, STALE

CANNOT_WAIT = ("organisation", "name", "email")
"""Without these nobody could be asked for the rest."""


def speakers(session: Session) -> dict[str, Person]:
    """All active speakers by their id as text, by name."""
    rows = session.scalars(
        select(Person)
        .join(PersonRole)
        .where(PersonRole.role == Role.SPEAKER, Person.active)
        .order_by(Person.name, Person.id)
    )
    return {str(row.id): row for row in rows}


def usual(desk: Desk, host: Organisation | None = None) -> Typed:
    """An empty form, with what is known of the association that calls."""
    typed = drafts.usual(desk) | extras.USUAL
    if host is None:
        return typed
    typed |= {"organisation": host.name, "district": host.district_nr or ""}
    contact = next((row for row in host.people if row.active and Role.HOST in row.roles), None)
    if contact is not None:
        typed |= {"name": contact.name, "email": contact.email, "phone": contact.phone or ""}
    if host.venues:
        venue = host.venues[0]
        typed |= {
            "address": venue.address,
            "capacity": str(venue.capacity or ""),
            "step_free": "yes" if venue.step_free else "no",
        }
    return typed


def typed_request(request: Request) -> Typed:
    """A request as its form shows it."""
    typed = typed_need(request) | drafts.who_of(request) | extras.typed_extras(request)
    return typed | extras.typed_exact([str(row) for row in typed["exact"]])


def check(
    typed: Typed, offer: Offer, known: Mapping[str, Person], *, complete: bool
) -> dict[str, str]:
    """Faults by field; gaps count only if the request has to be `complete`."""
    found = list(faults(extras.with_exact(typed), offer)) + list(extras.check_extras(typed, known))
    said: dict[str, str] = {}
    for row in found:
        if complete or not _can_wait(row):
            said.setdefault(row.field, row.message)
    return said


def _can_wait(fault: Fault) -> bool:
    return fault.missing and fault.field not in CANNOT_WAIT


def enter(
    session: Session,
    desk: Desk,
    typed: Typed,
    *,
    ready: bool,
    send_confirmation: bool = False,
    locale: str = "de",
) -> Request:
    """Write down a request taken by phone: ready for planning, or with gaps in clarification.

    Raises Invalid with the faults by field.
    """
    one_after_the_other(session)
    offer = load_offer(session, desk)
    _require(typed, offer, speakers(session), complete=ready)
    request = Request(
        code=next_code(session, Request.code, CODE, 3),
        state=RequestState.READY if ready else RequestState.IN_CLARIFICATION,
        source=RequestSource.PHONE,
        created_at=desk.now,
        submitted_at=desk.now,
        updated_at=desk.now,
    )
    _write(session, desk, request, typed, offer, locale=locale)
    session.add(request)
    session.flush()
    audit.record(
        session,
        desk,
        "request.entered",
        request,
        after={"state": request.state.value, **snapshot(request)},
    )
    look_alikes.flag(session, desk, request)
    if send_confirmation:
        confirm(session, desk, request)
    return request


def change(
    session: Session, desk: Desk, request: Request, typed: Typed, *, version: int | None = None
) -> bool:
    """Write the form into the request; returns whether anything is different now.

    A request in a plan has to stay complete, and is planned anew. Raises Invalid, Conflict if
    `version` is not the one that was shown, NotPossible once there is a date.
    """
    if version is not None and version != request.version:
        raise Conflict(STALE)
    if request.state not in OPEN_REQUESTS:
        raise NotPossible(HAS_DATE)
    offer = load_offer(session, desk, request)
    complete = request.state not in TO_CLEAR
    _require(typed, offer, speakers(session), complete=complete)
    before, state = snapshot(request), request.state
    _write(session, desk, request, typed, offer, locale="de")
    session.flush()
    was, becomes = differences(before, snapshot(request))
    if not becomes:
        return False
    request.updated_at = desk.now
    if state is RequestState.PROPOSED:
        request.state = RequestState.READY
        was, becomes = was | {"state": state.value}, becomes | {"state": request.state.value}
    audit.record(session, desk, "request.changed", request, before=was, after=becomes)
    look_alikes.flag(session, desk, request)
    return True


def _require(typed: Typed, offer: Offer, known: Mapping[str, Person], *, complete: bool) -> None:
    found = check(typed, offer, known, complete=complete)
    if found:
        raise Invalid(found)


def _write(
    session: Session, desk: Desk, request: Request, typed: Typed, offer: Offer, *, locale: str
) -> None:
    typed = extras.with_exact(typed)
    who = read_who(typed, offer)
    host, is_new = hosts.find_or_add_organisation(session, desk, who, request.organisation)
    contact = hosts.find_or_add_contact(
        session, desk, who, host, is_new=is_new, locale=supported(locale)
    )
    put_host(request, host, contact, who)
    put_need(session, request, read_need(typed, offer), adds_room=True)
    extras.put_extras(request, typed)
    who_typed = {name: typed.get(name, "") for name in WHO.fields}
    request.draft = {**(request.draft or {}), drafts.WHO: who_typed}
