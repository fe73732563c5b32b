"""Incoming mail in words: why somebody has to look, what can be done, what became of it."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.i18n import N_
from matchmaker.models import IncomingMail
from matchmaker.models.states import IncomingKind, IncomingState, InvitationState
from matchmaker.services.incoming import review
from matchmaker.services.incoming.deciding import Reason
from matchmaker.services.incoming.review import Decision
from matchmaker.services.inviting.responses import Outcome
from matchmaker.web.texts import _

_WHY: Mapping[Reason, tuple[str, str]] = {
    Reason.UNKNOWN_UID: (
        N_("Answer to an invitation that we do not know"),
        N_("It names an entry that looks like one of ours but was never sent."),
    ),
    Reason.NOT_OURS: (
        N_("Answer to an entry of another calendar"),
        N_("It is about an entry that this service did not send."),
    ),
    Reason.FORGED: (
        N_("The sender may be forged"),
        N_("Our mail server says that this mail does not come from the address in it."),
    ),
    Reason.OTHER_ATTENDEE: (
        N_("Somebody answers who was not invited"),
        N_("The invitation was probably passed on. It does not count for the invited person."),
    ),
    Reason.OTHER_SENDER: (
        N_("The answer comes from another address"),
        N_("Perhaps somebody answers for the person, or the person has several addresses."),
    ),
    Reason.MORE_PEOPLE: (
        N_("The answer brings somebody along"),
        N_("It names more people than the one who was invited."),
    ),
    Reason.SINGLE_DAY: (
        N_("Answer to one day of a series"),
        N_("Our invitations are for one day each."),
    ),
    Reason.NO_ANSWER: (
        N_("Neither yes nor no"),
        N_("The calendar sent an answer without saying whether the person comes."),
    ),
    Reason.WHICH_DATE: (
        N_("Yes or no – but to which date?"),
        N_("The date has changed since, and the answer does not say which one it means."),
    ),
    Reason.COUNTER: (
        N_("Another time is proposed"),
        N_("The date stays as it is until you move the talk."),
    ),
    Reason.DELEGATED: (
        N_("Somebody else shall come"),
        N_("The person passes the invitation on. Nobody has been invited instead yet."),
    ),
    Reason.REFRESH: (
        N_("The calendar asks for the date again"),
        N_("We never answer such mails by ourselves."),
    ),
    Reason.OUTDATED: (
        N_("Answer to a date that has changed since"),
        N_("It does not count for the date as it is now."),
    ),
    Reason.AHEAD: (
        N_("Answer to a date that we never sent"),
        N_("The calendar answers a later version than the one that we know."),
    ),
    Reason.TAKEN: (
        N_("Yes, but the evening has gone"),
        N_("After the person had said no, the evening was given to another talk of theirs."),
    ),
    Reason.SAME_TIME: (
        N_("Two answers of the same moment"),
        N_("They contradict each other, and nothing says which one came later."),
    ),
    Reason.BOUNCE_UNKNOWN: (
        N_("A mail came back, but it is not clear which one"),
        N_("The report names no mail that we know. The words of the mail server may help."),
    ),
    Reason.BOUNCE_DOUBTFUL: (
        N_("A mail came back, but perhaps not to this person"),
        N_("The report names another address, or it is not clear that a mail server wrote it."),
    ),
    Reason.CALENDAR_FAULT: (
        N_("A calendar answer that cannot be read"),
        N_("Please open the mail in the mailbox and enter the answer at the talk."),
    ),
    Reason.SEALED: (
        N_("An answer in Outlook's own format"),
        N_("Only Outlook can open it (winmail.dat). Please ask the person, or use the link."),
    ),
    Reason.TOO_LARGE: (
        N_("A mail that is too large to be read here"),
        N_("It has more than one megabyte. Please open it in the mailbox."),
    ),
    Reason.TOO_MANY_PARTS: (
        N_("A mail with too many parts"),
        N_("It was not read, to be safe. Please open it in the mailbox."),
    ),
    Reason.BROKEN: (
        N_("A mail that cannot be read"),
        N_("It was not read, to be safe. Please open it in the mailbox."),
    ),
    Reason.CRASHED: (
        N_("A mail that could not be worked off"),
        N_("It was tried several times. Please open it in the mailbox."),
    ),
    Reason.WITHHELD: (
        N_("A mail that the mail server does not hand out"),
        N_(
            "The server failed at this one mail several times. "
            "Please look in the mailbox which one it is: an answer in it has not been counted."
        ),
    ),
    Reason.WORDS: (
        N_("Somebody has written"),
        N_("The mail lies unread in the mailbox. Once it is read there, it leaves this list."),
    ),
}

_KINDS: Mapping[IncomingKind, str] = {
    IncomingKind.REPLY: N_("Reply"),
    IncomingKind.COUNTER: N_("Other time proposed"),
    IncomingKind.DELEGATED: N_("Passed on"),
    IncomingKind.REFRESH: N_("Question for the date"),
    IncomingKind.BOUNCE: N_("Mail came back"),
    IncomingKind.DELAYED: N_("Mail is delayed"),
    IncomingKind.AUTOMATIC: N_("Automatic reply"),
    IncomingKind.HUMAN: N_("Letter"),
    IncomingKind.FOREIGN: N_("Other calendar"),
    IncomingKind.UNREADABLE: N_("Unreadable"),
}

_COUNT: Mapping[InvitationState, str] = {
    InvitationState.ACCEPTED: N_("Count it as yes"),
    InvitationState.TENTATIVE: N_("Count it as maybe"),
    InvitationState.DECLINED: N_("Count it as no"),
}

_SAYS: Mapping[InvitationState, str] = {
    InvitationState.ACCEPTED: N_("says yes"),
    InvitationState.TENTATIVE: N_("says maybe"),
    InvitationState.DECLINED: N_("says no"),
}

_NOT_COUNTED: Mapping[str, str] = {
    Outcome.OLDER: N_("overtaken by a later answer"),
    Outcome.CANCELLED: N_("noted; the invitation had ended"),
    Outcome.PAST: N_("noted; the talk was over"),
}

_DECIDED: Mapping[str, str] = {
    Decision.COUNT: N_("counted by hand"),
    Decision.DECLINE: N_("noted as no"),
    Decision.CAME_BACK: N_("noted as not arrived"),
    Decision.SEND_AGAIN: N_("invitation sent once more"),
    Decision.DONE: N_("done"),
    "read_there": N_("read in the mailbox"),
    "gone_there": N_("gone from the mailbox"),
}


def title(row: IncomingMail) -> str:
    known = _WHY[Reason(row.reason)][0]
    return _(known)


def text(row: IncomingMail) -> str:
    known = _WHY[Reason(row.reason)][1]
    return _(known)


def kind(row: IncomingMail) -> str:
    known = _KINDS[row.kind]
    return _(known)


def says(row: IncomingMail) -> str:
    """What the mail answers, empty if nothing."""
    answer = review.said(row)
    return _(_SAYS[answer]) if answer is not None else ""


def choice(row: IncomingMail, decision: Decision) -> str:
    """What stands on the button."""
    if decision is Decision.COUNT:
        answer = review.said(row)
        return _(_COUNT[answer]) if answer is not None else ""
    if decision is Decision.DECLINE:
        return _("Note it as no")
    if decision is Decision.SEND_AGAIN:
        return _("Send the invitation once more")
    if decision is Decision.CAME_BACK:
        return _("Our mail did not arrive")
    return _("Done, nothing follows")


def done(decision: Decision) -> str:
    """What is said after it."""
    if decision in {Decision.COUNT, Decision.DECLINE}:
        return _("The answer counts.")
    if decision is Decision.SEND_AGAIN:
        return _("The invitation goes out once more. Date and answer stay as they are.")
    if decision is Decision.CAME_BACK:
        return _("It is noted that our mail did not arrive.")
    return _("The mail has left the list.")


def became(row: IncomingMail) -> str:
    """What became of a mail that waits for nobody."""
    if row.state is IncomingState.DECIDED:
        return _(_DECIDED[row.decision]) if row.decision in _DECIDED else _("done")
    if row.state is IncomingState.LISTED:
        return _("nothing follows")
    if row.kind is IncomingKind.BOUNCE:
        return _("noted at the invitation")
    outcome = row.response.outcome if row.response is not None else ""
    return _(_NOT_COUNTED[outcome]) if outcome in _NOT_COUNTED else _("counts")
