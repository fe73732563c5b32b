"""Drafts: begun without an account, saved at every step, found again by their link."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from matchmaker.i18n import N_, supported, translations_for
from matchmaker.mail.facts import RequestLink
from matchmaker.models import AccessToken, Person, Request
from matchmaker.models.states import (
    InterpretingNeed,
    MeetingMode,
    RequestSource,
    RequestState,
    TokenPurpose,
)
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Invalid, NotFound
from matchmaker.services.house import links, tokens, tries
from matchmaker.services.house.contact_data import is_email
from matchmaker.services.intake.need import typed_need
from matchmaker.services.intake.typed import Typed, text
from matchmaker.services.sending import post

KEPT = timedelta(days=30)
"""How long a draft lies untouched before it goes."""
A_DAY = timedelta(days=1)
MAILS_A_DAY = 3
USUAL_NOTICE, USUAL_PERIOD = timedelta(days=14), timedelta(weeks=12)
FIELDS, WHO, LOCALE, MAILED = "fields", "who", "locale", "mailed"

NO_SUCH_DRAFT = N_("This form is no longer there. Please start again, or call us.")
NO_ADDRESS = N_("E-mail: please write your address in step 1 first.")

GO_ON = N_("Go on with your request")


def start(
    session: Session, desk: Desk, *, person: Person | None = None, locale: str = "de"
) -> tuple[Request, str]:
    """A new draft and the token of its link; what is known of `person` stands in it already."""
    request = Request(
        code=f"D-{secrets.token_hex(6)}",
        state=RequestState.DRAFT,
        source=RequestSource.WEB,
        draft={
            FIELDS: usual(desk) | (known_of(session, person) if person else {}),
            LOCALE: supported(locale),
        },
        created_at=desk.now,
        updated_at=desk.now,
    )
    session.add(request)
    session.flush()
    expires = desk.now + KEPT
    token = tokens.issue(session, desk, TokenPurpose.DRAFT, request.id, expires_at=expires)
    return request, token


def usual(desk: Desk) -> Typed:
    """What most associations would type; nothing of it says anything about them."""
    begin = desk.today + USUAL_NOTICE
    begin += timedelta(days=-begin.weekday() % 7)
    return {
        "period_from": begin.isoformat(),
        "period_to": (begin + USUAL_PERIOD).isoformat(),
        "mode": MeetingMode.ONSITE.value,
        "interpreting": InterpretingNeed.IF_NEEDED.value,
    }


def locale_of(draft: Request) -> str:
    """The language in which the form was filled in last."""
    return str(draft.draft.get(LOCALE, "de"))


def known_of(session: Session, person: Person) -> Typed:
    """What a host need not type again: who they are, their room, the group's languages."""
    known: Typed = {"name": person.name, "email": person.email, "phone": person.phone or ""}
    host = person.organisation
    latest = _latest(session, person)
    if latest is not None:
        host = host or latest.organisation
        again = ("mode", "needs_room", "address", "capacity", "step_free", "people", "womens_group",
                 "language_1", "language_2", "language_3", "interpreting")  # fmt: skip
        before = typed_need(latest)
        known |= {name: before[name] for name in again}
    elif host is not None and host.venues:
        venue = host.venues[0]
        known |= {"address": venue.address, "capacity": str(venue.capacity or "")}
    if host is not None:
        known |= {"organisation": host.name, "district": host.district_nr or ""}
    return known


def _latest(session: Session, person: Person) -> Request | None:
    return session.scalars(
        select(Request)
        .where(Request.contact_id == person.id, Request.state != RequestState.DRAFT)
        .order_by(Request.submitted_at.desc())
        .limit(1)
    ).one_or_none()


def draft_of(session: Session, desk: Desk, token: str, *, to_write: bool = False) -> Request:
    """The draft behind a link; NotFound if it is gone, sent, or was never there."""
    number = tokens.subject_of(session, desk, TokenPurpose.DRAFT, token)
    query = select(Request).where(Request.id == number, Request.state == RequestState.DRAFT)
    if to_write:
        query = query.with_for_update().execution_options(populate_existing=True)
    request = session.scalars(query).one_or_none() if number else None
    if request is None:
        raise NotFound(NO_SUCH_DRAFT)
    return request


def fields_of(request: Request) -> Typed:
    """What was typed so far."""
    return dict(request.draft.get(FIELDS) or {})


def who_of(request: Request) -> Typed:
    """Who asks, as they wrote it; for requests from elsewhere, as it is known."""
    kept = request.draft.get(WHO)
    if kept:
        return dict(kept)
    contact, host = request.contact, request.organisation
    return {
        "organisation": host.name if host else "",
        "name": contact.name if contact else "",
        "email": contact.email if contact else "",
        "phone": (contact.phone or "") if contact else "",
        "district": request.district_nr or "",
    }


def save(
    session: Session, desk: Desk, request: Request, typed: Typed, *, locale: str = ""
) -> Typed:
    """Add what was typed, right or wrong; returns everything typed so far.

    `locale` is the language of the form from now on; without one it stays.
    The version stays as it is: somebody's typing is no change that another tab could overwrite.
    """
    fields = fields_of(request) | typed
    spoken = {LOCALE: supported(locale)} if locale else {}
    keep_draft(session, request, {**request.draft, FIELDS: fields, **spoken})
    if request.state is RequestState.DRAFT:
        session.execute(update(Request).where(Request.id == request.id).values(updated_at=desk.now))
        session.execute(
            update(AccessToken)
            .where(AccessToken.purpose == TokenPurpose.DRAFT, AccessToken.subject_id == request.id)
            .values(expires_at=desk.now + KEPT)
        )
    return fields


def keep_draft(session: Session, request: Request, draft: Mapping[str, Any]) -> None:
    session.flush()
    session.execute(update(Request).where(Request.id == request.id).values(draft=dict(draft)))
    session.refresh(request, ["draft", "updated_at"])


def mail_link_once(session: Session, desk: Desk, request: Request, token: str) -> str:
    """Mail the way back as soon as there is an address; where it went, empty if it went before."""
    email = text(fields_of(request), "email").lower()
    if request.draft.get(MAILED) or not is_email(email):
        return ""
    keep_draft(session, request, {**request.draft, MAILED: True})
    return mail_link(session, desk, request, token)


def mail_link(session: Session, desk: Desk, request: Request, token: str) -> str:
    """Mail the way back to the form, at most once a day; returns the address it goes to.

    Anybody can type anybody's address, so a mailbox gets only MAILS_A_DAY; nobody is told.
    """
    typed = fields_of(request)
    email = text(typed, "email").lower()
    if not is_email(email):
        raise Invalid({"email": NO_ADDRESS})
    key = f"draft link:{email}"
    if tries.count(session, desk.settings, desk.now, key, within=A_DAY) > MAILS_A_DAY:
        return email
    locale = locale_of(request)
    label = translations_for(locale).gettext(GO_ON)
    # Nobody is written down before they have sent their request.
    reader = Person(name=text(typed, "name")[:120], email=email, locale=locale, active=True)
    post.queue_letter(
        session,
        desk,
        kind="request_status_link",
        subject_key=f"draft:{request.id}",
        sequence=desk.today.isoformat(),
        person=reader,
        facts={
            "requests": (RequestLink(topic=label, url=links.draft(desk.settings, token)),),
            "valid_until": (desk.now + KEPT).astimezone(desk.settings.zone).date(),
        },
    )
    return email


def expire(session: Session, desk: Desk) -> int:
    """Remove the drafts that nobody has touched for 30 days; returns how many."""
    # In one statement: a draft that is being sent just now is no longer one.
    gone = session.scalars(
        delete(Request)
        .where(Request.state == RequestState.DRAFT, Request.updated_at < desk.now - KEPT)
        .returning(Request.id)
        .execution_options(synchronize_session=False)
    ).all()
    session.execute(
        delete(AccessToken).where(
            AccessToken.purpose == TokenPurpose.DRAFT, AccessToken.subject_id.in_(gone)
        )
    )
    return len(gone)
