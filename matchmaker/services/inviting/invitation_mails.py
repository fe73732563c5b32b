"""What an invitation says, as a calendar entry and as a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.calendars.event import CalendarEvent
from matchmaker.calendars.invite import cancel_bytes, request_bytes
from matchmaker.mail.address import wire_or_typed
from matchmaker.mail.facts import AnswerLinks, Role, TalkFacts
from matchmaker.mail.message import CalendarPart
from matchmaker.models import Invitation, OutboxMessage
from matchmaker.models.states import InvitationRole, InvitationState, TokenPurpose
from matchmaker.services.desk import Desk
from matchmaker.services.house import links, tokens
from matchmaker.services.house.carrier import Carrier
from matchmaker.services.inviting import calendar_way, deadlines
from matchmaker.services.inviting.talk_facts import description, summary
from matchmaker.services.sending import post
from matchmaker.services.sending.overtaking import MAY_HAVE_LEFT


@dataclass(frozen=True, slots=True)
class Letter:
    """A revision on its way; `token` opens the answer page (a cancellation has none)."""

    invitation: Invitation
    event: CalendarEvent
    facts: TalkFacts
    token: str = ""

    @property
    def role(self) -> Role:
        return Role(self.invitation.role.value)


def event(desk: Desk, whose: Carrier, invitation: Invitation, facts: TalkFacts) -> CalendarEvent:
    """The person's calendar entry for the talk as it is now, under the present sequence."""
    talk, person = invitation.talk, invitation.person
    comes = invitation.role in {InvitationRole.SPEAKER, InvitationRole.INTERPRETER}
    return CalendarEvent(
        uid=invitation.uid,
        sequence=invitation.sequence,
        stamp=invitation.stamp,
        created=invitation.created_at,
        last_modified=invitation.stamp,
        start=talk.local_start,
        end=talk.local_end,
        timezone=talk.timezone,
        summary=summary(talk, facts, person.locale),
        description=description(facts, invitation.role, person.locale, _contact(desk, whose)),
        location=facts.place,
        url=links.page(desk.settings, "/mein/termine") if comes else "",
        organizer_name=whose.name,
        organizer_email=desk.settings.mail_from,
        attendee_name=person.name,
        attendee_email=wire_or_typed(person.email),
    )


def note_first(desk: Desk, invitation: Invitation, *, has_calendar: bool) -> None:
    """Put on record with a new invitation what its first mail will be, if there is one."""
    if post.reachable(desk, invitation.person):
        _note_mail(invitation, _message_id(invitation, "0"), has_calendar=has_calendar)


def invited(
    session: Session, desk: Desk, whose: Carrier, letter: Letter, *, is_new: bool = False
) -> bool:
    """The mail that invites; whether there is one. `is_new`: so far there is none at all."""
    return _queue(
        session,
        desk,
        whose,
        letter,
        "invitation",
        is_new=is_new,
        answers=answer_links(desk, letter.role, letter.token),
        answer_by=_deadline(desk, letter),
        accepted=letter.invitation.state is InvitationState.ACCEPTED,
        calendar_answers=desk.settings.imap_url is not None,
        status_url=_status_url(session, desk, letter),
    )


def again(session: Session, desk: Desk, whose: Carrier, letter: Letter) -> bool:
    """The mail that invites, once more for the same revision; whether with calendar part.

    That is as the person chooses now. Later mails reach the calendar also if only an earlier one
    had a calendar part: the entry that it may have made can be changed by nothing else.
    """
    invitation = letter.invitation
    wanted = not calendar_way.is_subscriber(session, invitation.person)
    invitation.has_calendar = invitation.has_calendar or wanted
    _queue(
        session,
        desk,
        whose,
        letter,
        "invitation",
        has_calendar=wanted,
        answers=answer_links(desk, letter.role, letter.token),
        answer_by=_deadline(desk, letter),
        accepted=invitation.state is InvitationState.ACCEPTED,
        calendar_answers=desk.settings.imap_url is not None,
        status_url=_status_url(session, desk, letter),
    )
    return wanted


def changed(
    session: Session,
    desk: Desk,
    whose: Carrier,
    letter: Letter,
    before: TalkFacts,
    *,
    asks_again: bool,
    reason: str,
) -> bool:
    """The mail about a change. It also brings the talk to those whose subscription has ended."""
    invitation = letter.invitation
    if not invitation.has_calendar:
        invitation.has_calendar = not calendar_way.has_feed(session, invitation.person)
    return _queue(
        session,
        desk,
        whose,
        letter,
        "invitation_changed",
        before=before,
        answers=answer_links(desk, letter.role, letter.token),
        ask_again=asks_again,
        answer_by=_deadline(desk, letter) if asks_again else None,
        reason=reason,
    )


def cancelled(
    session: Session,
    desk: Desk,
    whose: Carrier,
    letter: Letter,
    *,
    reason: str,
    only_you: bool,
    hear_by: date | None,
) -> bool:
    invitation = letter.invitation
    return _queue(
        session,
        desk,
        whose,
        letter,
        "invitation_cancelled",
        reason=reason,
        only_you=only_you,
        hear_by=hear_by,
        has_feed=invitation.has_calendar or calendar_way.has_feed(session, invitation.person),
    )


def _queue(
    session: Session,
    desk: Desk,
    whose: Carrier,
    letter: Letter,
    kind: str,
    *,
    is_new: bool = False,
    has_calendar: bool | None = None,
    **facts: object,
) -> bool:
    """`has_calendar` None: as the invitation's mails are, which a first mail settles.

    What a new one is has been noted with the invitation (`note_first`).
    """
    invitation = letter.invitation
    if not post.reachable(desk, invitation.person):
        return False
    number = "0" if is_new else _number(session, invitation)
    message_id = _message_id(invitation, number)
    # Whether this mail comes back as the last one did, its own report will say.
    invitation.undeliverable_at, invitation.undeliverable_reason = None, ""
    first = None if is_new else _first_sent(session, invitation)
    if kind == "invitation" and has_calendar is None and not is_new:
        by_mail = not calendar_way.is_subscriber(session, invitation.person)
        _note_mail(invitation, message_id, has_calendar=by_mail)
    carries = invitation.has_calendar if has_calendar is None else has_calendar
    post.queue_letter(
        session,
        desk,
        kind=kind,
        subject_key=invitation.uid,
        sequence=number,
        person=invitation.person,
        facts={
            "role": letter.role,
            "talk": letter.facts,
            "has_calendar": carries,
            **facts,
        },
        calendar=_calendar(letter, kind) if carries else None,
        message_id=message_id,
        in_reply_to=first,
        sender=letter.event.organizer_email,
        order_key=invitation.uid,
        request_id=invitation.talk.request_id,
        talk_id=invitation.talk_id,
        invitation_id=invitation.id,
        not_after=invitation.talk.ends_at,
        whose=whose,
        is_first=is_new,
    )
    return True


def _first_sent(session: Session, invitation: Invitation) -> str | None:
    """The Message-ID under which mail programs gather the later ones, once it is out."""
    return session.scalars(
        select(OutboxMessage.message_id).where(
            OutboxMessage.message_id == invitation.first_message_id,
            OutboxMessage.state.in_(MAY_HAVE_LEFT),
        )
    ).one_or_none()


def _note_mail(invitation: Invitation, message_id: str, *, has_calendar: bool) -> None:
    # Not for subscribers: both together would show the talk twice. What holds now holds for
    # every later mail: only they can change or remove the entry that this one makes.
    invitation.has_calendar = has_calendar
    invitation.first_message_id = message_id


def _calendar(letter: Letter, kind: str) -> CalendarPart:
    if kind == "invitation_cancelled":
        return CalendarPart("CANCEL", cancel_bytes(letter.event))
    return CalendarPart("REQUEST", request_bytes(letter.event))


def answer_links(desk: Desk, role: Role, token: str) -> AnswerLinks:
    """The ways to the answer page that `token` opens."""

    def link(answer: str | None = None) -> str:
        return links.answer(desk.settings, token, answer)

    comes = role in {Role.SPEAKER, Role.INTERPRETER}
    return AnswerLinks(
        page=link(),
        accept=link("accepted"),
        decline=link("declined"),
        substitute=link("declined") + "#substitute" if comes else "",
    )


def _deadline(desk: Desk, letter: Letter) -> date | None:
    """By when an answer is wanted; None where that would be today already."""
    deadline = deadlines.answer_by(desk.today, letter.event.start.date())
    return deadline if deadline > desk.today else None


def _status_url(session: Session, desk: Desk, letter: Letter) -> str:
    """For those who asked: the way to the page of their request."""
    request_id = letter.invitation.talk.request_id
    if letter.role is not Role.HOST or request_id is None:
        return ""
    token = tokens.issue(session, desk, TokenPurpose.REQUEST_STATUS, request_id)
    return links.request_status(desk.settings, token)


def _number(session: Session, invitation: Invitation) -> str:
    """The sequence; small changes keep it, so their mails are counted behind a dot."""
    local = invitation.uid.partition("@")[0]
    same = session.scalar(
        select(func.count()).where(
            OutboxMessage.order_key == invitation.uid,
            OutboxMessage.message_id.like(f"<{local}.{invitation.sequence}.%"),
        )
    )
    return f"{invitation.sequence}.{same}" if same else f"{invitation.sequence}"


def _message_id(invitation: Invitation, number: str) -> str:
    local, _, host = invitation.uid.partition("@")
    numbered = number if "." in number else f"{number}.0"
    return f"<{local}.{numbered}@{host}>"


def _contact(desk: Desk, whose: Carrier) -> str:
    return ", ".join(
        filter(None, (whose.name, whose.phone, whose.email or desk.settings.mail_from))
    )
