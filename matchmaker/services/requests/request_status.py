"""What a host sees of a request: where it stands, by when something happens, and its talk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.models import (
    Assignment,
    Invitation,
    Organisation,
    Person,
    Request,
    RequestTopic,
    Talk,
)
from matchmaker.models.states import (
    AssignmentRole,
    AssignmentState,
    InvitationRole,
    InvitationState,
    RequestState,
    TalkState,
)
from matchmaker.services.desk import Desk
from matchmaker.services.house.carrier import carrier
from matchmaker.services.intake.submit import CHANGED_BY_HOST, WITHDRAWN_BY_HOST
from matchmaker.services.inviting import deadlines, responses
from matchmaker.services.planning.reasons import WhyOpen, why_open


class Situation(StrEnum):
    """What there is to say of a request: finer than its state, coarser than all that is known."""

    SENT = "sent"
    CHANGED = "changed"
    QUESTION = "question"
    SEARCHING = "searching"
    SEARCHING_AGAIN = "searching_again"  # its date has been called off
    NO_DATE_YET = "no_date_yet"
    IN_SIGHT = "in_sight"
    DATED = "dated"  # nobody of the host could be asked by mail
    ASKED = "asked"
    ASKED_AGAIN = "asked_again"  # the talk has been moved
    UNSURE = "unsure"
    AGREED = "agreed"  # the host has; somebody else's answer is missing
    FIXED = "fixed"
    HOST_CANNOT = "host_cannot"
    SPEAKER_CANNOT = "speaker_cannot"
    INTERPRETER_CANNOT = "interpreter_cannot"
    OVER = "over"
    FOLLOWED_UP = "followed_up"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"  # withdrawn, but not by the host
    NOT_POSSIBLE = "not_possible"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Standing:
    """`by` is the day of the next step: the host's answer where one is asked for, else ours.

    `reason` is the coordination's own. `called_off` is the request's last talk if it does not
    take place. `wanted_day` is what the host suggested with a "No".
    """

    situation: Situation
    by: date | None = None
    reason: str = ""
    talk: Talk | None = None
    invitation: Invitation | None = None
    called_off: Talk | None = None
    wanted_day: date | None = None

    @property
    def team(self) -> list[Assignment]:
        """Who is to come, with those who said no."""
        return _team(self.talk)

    @property
    def is_replaced(self) -> bool:
        """Whether another expert comes than was said at first."""
        return self.talk is not None and any(
            row.role is AssignmentRole.SPEAKER and row.state is AssignmentState.CANCELLED
            for row in self.talk.assignments
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """All that decides between the situations of one state."""

    request: Request
    now: datetime
    talk: Talk | None
    invitation: Invitation | None
    called_off: Talk | None
    left_open: bool

    @property
    def is_over(self) -> bool:
        return self.talk is not None and self.talk.ends_at <= self.now

    def host_says(self, answer: InvitationState) -> bool:
        return self.invitation is not None and self.invitation.state is answer

    @property
    def is_moved(self) -> bool:
        """Only another time or place raises the sequence of a living invitation."""
        open_ = self.host_says(InvitationState.OPEN)
        return open_ and self.invitation is not None and self.invitation.sequence > 0

    def cannot(self, role: AssignmentRole) -> bool:
        team = _team(self.talk)
        return any(row.role is role and row.state is AssignmentState.DECLINED for row in team)

    @property
    def all_agreed(self) -> bool:
        return all(row.state is AssignmentState.ACCEPTED for row in _team(self.talk))


def _team(talk: Talk | None) -> list[Assignment]:
    rows = talk.assignments if talk else []
    return [row for row in rows if row.state is not AssignmentState.CANCELLED]


_Rule = tuple[Callable[[_Known], bool], Situation]


def _always(_known: _Known) -> bool:
    return True


def _only(situation: Situation) -> tuple[_Rule, ...]:
    return ((_always, situation),)


_RULES: Mapping[RequestState, tuple[_Rule, ...]] = {
    RequestState.SUBMITTED: _only(Situation.SENT),
    RequestState.IN_CLARIFICATION: (
        (lambda known: known.request.state_reason == CHANGED_BY_HOST, Situation.CHANGED),
        (_always, Situation.QUESTION),
    ),
    RequestState.READY: (
        (lambda known: known.left_open, Situation.NO_DATE_YET),
        (lambda known: known.called_off is not None, Situation.SEARCHING_AGAIN),
        (_always, Situation.SEARCHING),
    ),
    RequestState.PROPOSED: _only(Situation.IN_SIGHT),
    # What the host cannot do comes before what others cannot: then all of it starts again.
    RequestState.SCHEDULED: (
        (lambda known: known.is_over, Situation.OVER),
        (lambda known: known.host_says(InvitationState.DECLINED), Situation.HOST_CANNOT),
        (lambda known: known.cannot(AssignmentRole.SPEAKER), Situation.SPEAKER_CANNOT),
        (lambda known: known.cannot(AssignmentRole.INTERPRETER), Situation.INTERPRETER_CANNOT),
        (lambda known: known.is_moved, Situation.ASKED_AGAIN),
        (lambda known: known.host_says(InvitationState.OPEN), Situation.ASKED),
        (lambda known: known.host_says(InvitationState.TENTATIVE), Situation.UNSURE),
        (lambda known: known.invitation is None, Situation.DATED),
        (lambda known: known.all_agreed, Situation.FIXED),
        (_always, Situation.AGREED),
    ),
    RequestState.DONE: _only(Situation.OVER),
    RequestState.FOLLOWED_UP: _only(Situation.FOLLOWED_UP),
    RequestState.WITHDRAWN: (
        (lambda known: known.request.state_reason == WITHDRAWN_BY_HOST, Situation.WITHDRAWN),
        (_always, Situation.ENDED),
    ),
    RequestState.NOT_POSSIBLE: _only(Situation.NOT_POSSIBLE),
    RequestState.DUPLICATE: _only(Situation.DUPLICATE),
}
"""For each state the first rule that holds; the last one always does."""

ANSWER_WANTED = (Situation.ASKED, Situation.ASKED_AGAIN, Situation.UNSURE)
ANSWERABLE = (
    *ANSWER_WANTED,
    Situation.AGREED,
    Situation.FIXED,
    Situation.HOST_CANNOT,
    Situation.SPEAKER_CANNOT,
    Situation.INTERPRETER_CANNOT,
)
REASON_TOLD = (Situation.QUESTION, Situation.NOT_POSSIBLE, Situation.ENDED)
_WITH_TALK = (RequestState.SCHEDULED, RequestState.DONE, RequestState.FOLLOWED_UP)


def standing_of(session: Session, desk: Desk, request: Request) -> Standing:
    """Where a request stands; for drafts there is nothing to say (KeyError)."""
    newest = _newest_talk(session, request)
    off = newest if newest is not None and newest.state is TalkState.CANCELLED else None
    talk = newest if request.state in _WITH_TALK and off is None else None
    invitation = host_invitation(session, talk) if talk else None
    why = why_open(session, request)
    known = _Known(request, desk.now, talk, invitation, off, left_open=_is_news(why, off))
    situation = next(told for holds, told in _RULES[request.state] if holds(known))
    return Standing(
        situation=situation,
        by=_by(session, desk, known, situation),
        reason=request.state_reason if situation in REASON_TOLD else "",
        talk=talk,
        invitation=invitation,
        called_off=off,
        wanted_day=_wanted_day(session, invitation),
    )


def _is_news(why: WhyOpen, off: Talk | None) -> bool:
    """Whether a plan has left the request open since its last talk was called off."""
    if not why.codes or why.proposal is None:
        return False
    return off is None or off.cancelled_at is None or why.proposal.created_at > off.cancelled_at


def _by(session: Session, desk: Desk, known: _Known, situation: Situation) -> date | None:
    """The day of the next step; none where nothing is due or the day has passed."""
    found: date | None = None
    if situation in ANSWER_WANTED and known.talk is not None and known.invitation is not None:
        held = known.talk.starts_at.astimezone(desk.settings.zone).date()
        found = deadlines.answer_by(known.invitation.stamp.date(), held)
    elif (since := _heard(known, situation)) is not None:
        days = timedelta(days=carrier(session).answer_days)
        found = since.astimezone(desk.settings.zone).date() + days
    return found if found is not None and found >= desk.today else None


def _heard(known: _Known, situation: Situation) -> datetime | None:
    """When that happened to which the coordination owes the next word."""
    request = known.request
    if situation in (Situation.SENT, Situation.SEARCHING):
        return request.submitted_at or request.created_at
    if situation is Situation.CHANGED:
        return request.updated_at
    if situation is Situation.SEARCHING_AGAIN and known.called_off is not None:
        return known.called_off.cancelled_at
    if situation is Situation.HOST_CANNOT and known.invitation is not None:
        return known.invitation.answered_at
    return None


def _wanted_day(session: Session, invitation: Invitation | None) -> date | None:
    if invitation is None or invitation.state is not InvitationState.DECLINED:
        return None
    said = responses.details(invitation, responses.history(session, invitation))
    return said.other_day if said else None


def _newest_talk(session: Session, request: Request) -> Talk | None:
    """The talk that takes place; if there is none, the one called off last."""
    talks = session.scalars(
        select(Talk)
        .where(Talk.request_id == request.id)
        .options(
            selectinload(Talk.assignments)
            .joinedload(Assignment.person)
            .joinedload(Person.organisation),
            joinedload(Talk.organisation),
        )
        .order_by(Talk.starts_at, Talk.id)
    ).all()
    standing = [talk for talk in talks if talk.state is not TalkState.CANCELLED]
    off = [talk for talk in talks if talk.cancelled_at is not None]
    if standing:
        return standing[-1]
    return max(off, key=lambda talk: (talk.cancelled_at, talk.id), default=None)


def talk_of(session: Session, request: Request) -> Talk | None:
    """The newest talk of a request that has not been called off."""
    talk = _newest_talk(session, request)
    return talk if talk is not None and talk.state is not TalkState.CANCELLED else None


def host_invitation(session: Session, talk: Talk) -> Invitation | None:
    """The invitation of those who asked, while it stands."""
    return session.scalars(
        select(Invitation)
        .where(
            Invitation.talk_id == talk.id,
            Invitation.role == InvitationRole.HOST,
            Invitation.state != InvitationState.CANCELLED,
        )
        .options(joinedload(Invitation.person))
        .order_by(Invitation.id)
        .limit(1)
    ).one_or_none()


def own_requests(session: Session, person: Person) -> list[Request]:
    """What the person has asked for, and what their association has; the newest first."""
    mine = Request.contact_id == person.id
    if person.organisation_id is not None:
        mine = mine | (Request.organisation_id == person.organisation_id)
    return list(
        session.scalars(
            select(Request)
            .where(mine, Request.state != RequestState.DRAFT)
            .options(
                selectinload(Request.topics).joinedload(RequestTopic.topic),
                joinedload(Request.organisation).selectinload(Organisation.venues),
            )
            .order_by(Request.submitted_at.desc(), Request.id.desc())
        )
    )
