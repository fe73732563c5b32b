"""What follows from an answer by mail: a pure rule, which never trusts what a mail says of itself.

An answer counts by itself only if nothing about it is doubtful: its UID is that of an invitation,
its attendee and its sender are the invited address, the own mail server does not call the sender
forged, and it says yes, maybe or no to a date that can be known. Everything else goes to a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from matchmaker.calendars.reply import Attendee, Method, Reply
from matchmaker.mail.address import same_address
from matchmaker.models.states import IncomingKind, InvitationState

_ANSWERS = {
    "ACCEPTED": InvitationState.ACCEPTED,
    "TENTATIVE": InvitationState.TENTATIVE,
    "DECLINED": InvitationState.DECLINED,
}


class Reason(StrEnum):
    """Why a person has to look at a mail."""

    UNKNOWN_UID = "unknown_uid"  # it looks like one of ours, but there is no such invitation
    NOT_OURS = "not_ours"  # about an entry of another calendar
    FORGED = "forged"  # our mail server says that the sender did not send it
    OTHER_ATTENDEE = "other_attendee"  # somebody else answers an invitation
    OTHER_SENDER = "other_sender"  # the mail is not from whoever answers in it
    MORE_PEOPLE = "more_people"  # it brings somebody along
    SINGLE_DAY = "single_day"  # about one day of a series; we send none
    NO_ANSWER = "no_answer"  # neither yes nor maybe nor no
    WHICH_DATE = "which_date"  # no SEQUENCE, and the date has changed meanwhile
    COUNTER = "counter"
    DELEGATED = "delegated"
    REFRESH = "refresh"
    OUTDATED = "outdated"  # to a date that has changed since
    AHEAD = "ahead"  # to a revision that was never sent
    TAKEN = "taken"  # the person has another talk then
    SAME_TIME = "same_time"  # two answers of the same moment: which was the later one?
    BOUNCE_UNKNOWN = "bounce_unknown"  # a mail came back, and nobody knows which
    BOUNCE_DOUBTFUL = "bounce_doubtful"  # anybody who knows the mail's id could have written it
    CALENDAR_FAULT = "calendar_fault"  # a calendar part that cannot be read
    SEALED = "sealed"  # Outlook's own format
    TOO_LARGE = "too_large"
    TOO_MANY_PARTS = "too_many_parts"
    BROKEN = "broken"
    CRASHED = "crashed"  # reading it failed again and again
    WITHHELD = "withheld"  # the mail server does not hand it out
    WORDS = "words"  # a person has written


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """What was last sent under a UID: to whom (`address`), for when, and since when it holds."""

    address: str
    sequence: int
    stamp: datetime
    start: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The mail around an answer. `date` is what it says itself, `received` what our server says."""

    sender: str
    dmarc: str
    date: datetime | None
    received: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer that counts as if its person had pressed the button on our page."""

    answer: InvitationState
    sequence: int
    stamp: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`given` None: nothing counts by itself, for this `reason`.

    `said` is what the mail answers, whoever has sent it: a person can let it count.
    """

    kind: IncomingKind
    said: InvitationState | None
    given: Given | None = None
    reason: Reason | None = None


def decide(letter: Letter, reply: Reply, invited: Invited) -> Verdict:
    """What follows from `reply` to the invitation that has its UID."""
    own = _own(reply, invited)
    speaker = own or _only(reply)
    kind = _kind(reply, speaker)
    said = _ANSWERS.get(speaker.partstat) if speaker is not None else None
    reason = _stranger(letter, invited, own) or _more_than_an_answer(reply, kind)
    if reason is not None:
        return Verdict(kind=kind, said=said, reason=reason)
    if said is None:
        return Verdict(kind=kind, said=None, reason=Reason.NO_ANSWER)
    sequence = _sequence(reply, invited)
    if sequence is None:
        return Verdict(kind=kind, said=said, reason=Reason.WHICH_DATE)
    given = Given(answer=said, sequence=sequence, stamp=_stamp(letter, reply, invited))
    return Verdict(kind=kind, said=said, given=given)


def _stranger(letter: Letter, invited: Invited, own: Attendee | None) -> Reason | None:
    """Why it may not be the invited person who speaks."""
    if letter.dmarc == "fail":
        return Reason.FORGED
    if own is None:
        return Reason.OTHER_ATTENDEE
    return None if same_address(letter.sender, invited.address) else Reason.OTHER_SENDER


def _more_than_an_answer(reply: Reply, kind: IncomingKind) -> Reason | None:
    if kind is not IncomingKind.REPLY:
        return Reason(kind.value)
    if len(reply.attendees) > 1 or reply.attendees[0].delegated_from:
        return Reason.MORE_PEOPLE
    return Reason.SINGLE_DAY if reply.single else None


def _own(reply: Reply, invited: Invited) -> Attendee | None:
    """The one in the answer who was invited."""
    return next(
        (row for row in reply.attendees if same_address(row.address, invited.address)), None
    )


def _only(reply: Reply) -> Attendee | None:
    return reply.attendees[0] if len(reply.attendees) == 1 else None


def _kind(reply: Reply, speaker: Attendee | None) -> IncomingKind:
    if reply.method is not Method.REPLY:
        return IncomingKind(reply.method.value.lower())
    delegates = speaker is not None and (speaker.partstat == "DELEGATED" or speaker.delegated_to)
    return IncomingKind.DELEGATED if delegates else IncomingKind.REPLY


def _sequence(reply: Reply, invited: Invited) -> int | None:
    """Without SEQUENCE: there has been only one revision, or the date is still the same."""
    if reply.sequence is not None:
        return reply.sequence
    same_date = reply.start == invited.start
    return invited.sequence if invited.sequence == 0 or same_date else None


def _stamp(letter: Letter, reply: Reply, invited: Invited) -> datetime:
    """When the person answered. Some programs repeat the invitation's own stamp: then the mail's
    date tells a later answer from an earlier one."""
    for stamp in (reply.stamp, letter.date):
        if stamp is not None and stamp > invited.stamp:
            return stamp
    return letter.received
