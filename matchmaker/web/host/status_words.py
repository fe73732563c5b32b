"""What those who asked read of each situation: a word, what has happened, what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.i18n import N_
from matchmaker.models import Request
from matchmaker.models.states import AssignmentRole
from matchmaker.services.requests.request_status import (
    ANSWER_WANTED,
    ANSWERABLE,
    Situation,
    Standing,
)
from matchmaker.web.i18n import day
from matchmaker.web.texts import _

GOOD, ATTENTION, PROBLEM, INFO, NEUTRAL = "good", "attention", "problem", "info", "neutral"


@dataclass(frozen=True, slots=True)
class Words:
    """`word`, `title` and `text` are message ids here and sentences once `told` has put them."""

    word: str
    tone: str
    icon: str
    title: str
    text: str


WE_CALL = N_("If we have questions, we call you.")
WE_WRITE = N_("If we have questions, we write to you.")
CALL_OR_WRITE = N_("We call you or write to you. You can also call us.")
ONLY_WRITE = N_("We write to you. You can also call us.")
ANSWER_US = N_("You also get it by e-mail. Simply answer that mail, or call us.")

WORDS: Mapping[Situation, Words] = {
    Situation.SENT: Words(N_("Arrived"), INFO, "requests", N_("We read your request."), WE_CALL),
    Situation.CHANGED: Words(
        N_("Change arrived"),
        INFO,
        "edit",
        N_("We read your change."),
        N_("You need not do anything. Then we go on looking for a date."),
    ),
    Situation.QUESTION: Words(
        N_("A question"), ATTENTION, "talk", N_("We still have a question."), CALL_OR_WRITE
    ),
    Situation.SEARCHING: Words(
        N_("We are looking"),
        INFO,
        "planning",
        N_("We are looking for an expert and a date."),
        N_("Nothing is missing. We write to you as soon as there is a date."),
    ),
    Situation.SEARCHING_AGAIN: Words(
        N_("We are looking again"),
        ATTENTION,
        "planning",
        N_("Your date is called off. We are looking for a new one."),
        N_("Nothing is missing. We write to you as soon as there is a date."),
    ),
    Situation.NO_DATE_YET: Words(
        N_("No date yet"),
        ATTENTION,
        "waiting",
        N_("We have looked, but we have not found a date yet."),
        N_("Below you read why, and what would help."),
    ),
    Situation.IN_SIGHT: Words(
        N_("Date in sight"),
        INFO,
        "planning",
        N_("There is a date in sight."),
        N_("We check it once more. Then you get an invitation by e-mail."),
    ),
    Situation.DATED: Words(
        N_("There is a date"),
        INFO,
        "talks",
        N_("Your talk has a date."),
        N_("Does it not suit you? Please call us."),
    ),
    Situation.ASKED: Words(
        N_("Your answer is missing"),
        ATTENTION,
        "waiting",
        N_("We have found a date. Does it suit you?"),
        N_("Please say yes or no."),
    ),
    Situation.ASKED_AGAIN: Words(
        N_("Your answer is missing"),
        ATTENTION,
        "waiting",
        N_("Your talk has been moved. Does it suit you now?"),
        N_("Please look at the day, the time and the place. Then say yes or no."),
    ),
    Situation.UNSURE: Words(
        N_("Not sure yet"),
        ATTENTION,
        "help",
        N_("You are not sure yet."),
        N_("Please say yes or no as soon as you know."),
    ),
    Situation.AGREED: Words(
        N_("Agreed"),
        INFO,
        "check",
        N_("Thank you. You said yes."),
        N_("Not all the others have answered yet. You need not do anything."),
    ),
    Situation.FIXED: Words(
        N_("Fixed"),
        GOOD,
        "done",
        N_("Your date is fixed. Everybody has said yes."),
        N_("We look forward to it."),
    ),
    Situation.HOST_CANNOT: Words(
        N_("We are looking again"),
        ATTENTION,
        "planning",
        N_("You said no. We are looking for another day."),
        N_("You need not do anything. We write to you with a new suggestion."),
    ),
    Situation.SPEAKER_CANNOT: Words(
        N_("We are looking again"),
        ATTENTION,
        "people",
        N_("The expert cannot come. We are looking for somebody else."),
        N_("Please keep the date free. We write to you as soon as we have somebody."),
    ),
    Situation.INTERPRETER_CANNOT: Words(
        N_("We are looking again"),
        ATTENTION,
        "language",
        N_("The interpreter cannot come. We are looking for somebody else."),
        N_("Please keep the date free. We write to you as soon as we have somebody."),
    ),
    Situation.OVER: Words(
        N_("Over"), GOOD, "done", N_("Your talk is over."), N_("Thank you for being our hosts.")
    ),
    Situation.FOLLOWED_UP: Words(
        N_("Over"), GOOD, "done", N_("Your talk is over."), N_("Thank you for telling us.")
    ),
    Situation.WITHDRAWN: Words(
        N_("Taken back"),
        NEUTRAL,
        "undo",
        N_("You have taken this request back."),
        N_("We are not looking for a date any more."),
    ),
    Situation.ENDED: Words(
        N_("Ended"),
        NEUTRAL,
        "lock",
        N_("We have ended this request."),
        N_("You can send a new one at any time."),
    ),
    Situation.NOT_POSSIBLE: Words(
        N_("Not possible now"),
        PROBLEM,
        "ban",
        N_("At the moment we cannot make it happen."),
        N_("We are sorry. Call us if something has changed."),
    ),
    Situation.DUPLICATE: Words(
        N_("Came twice"),
        NEUTRAL,
        "copy",
        N_("You have sent this request twice."),
        N_("That is no problem. We go on with the other one."),
    ),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one of those who take part has said to the date; `word` as in `Words`."""

    who: str
    role: str
    word: str
    tone: str
    icon: str


_ANSWERS: Mapping[str, tuple[str, str, str]] = {
    "accepted": (N_("said yes"), GOOD, "done"),
    "tentative": (N_("not sure yet"), ATTENTION, "help"),
    "declined": (N_("said no"), PROBLEM, "cancelled"),
    "open": (N_("no answer so far"), NEUTRAL, "waiting"),
}
_ROLES: Mapping[AssignmentRole, str] = {
    AssignmentRole.SPEAKER: N_("Expert"),
    AssignmentRole.INTERPRETER: N_("Interpreting"),
}

_WITHOUT_PHONE = {WE_CALL: WE_WRITE, CALL_OR_WRITE: ONLY_WRITE}


def told(standing: Standing, request: Request) -> Words:
    """The words of the situation in the reader's language, with the day of the next step."""
    words = WORDS[standing.situation]
    has_phone = request.contact is not None and bool(request.contact.phone)
    text = words.text if has_phone else _WITHOUT_PHONE.get(words.text, words.text)
    is_mailed = request.contact is not None and request.contact.active
    if standing.situation is Situation.QUESTION and standing.reason and is_mailed:
        text = ANSWER_US
    sentences = [_(text), *_until(standing), *_more(standing)]
    return Words(_(words.word), words.tone, words.icon, _(words.title), " ".join(sentences))


def answers(standing: Standing) -> list[Answer]:
    """Who has answered what to the date as it is now, the host first."""
    if standing.invitation is None or standing.talk is None:
        return []
    if standing.situation not in ANSWERABLE:
        return []
    said = [_answer(_("You"), "", standing.invitation.state.value)]
    for row in standing.team:
        institution = row.person.organisation.name if row.person.organisation else ""
        who = ", ".join(filter(None, (row.person.name, institution)))
        said.append(_answer(who, _(_ROLES[row.role]), row.state.value))
    return said


def _answer(who: str, role: str, state: str) -> Answer:
    word, tone, icon = _ANSWERS.get(state, _ANSWERS["open"])
    return Answer(who, role, _(word), tone, icon)


def _until(standing: Standing) -> list[str]:
    if standing.by is None:
        return []
    if standing.situation in ANSWER_WANTED:
        return [_("Please answer by %(day)s.", day=day(standing.by))]
    return [_("You will hear from us by %(day)s.", day=day(standing.by))]


def _more(standing: Standing) -> list[str]:
    more = []
    if standing.wanted_day is not None:
        more.append(_("You have suggested %(day)s.", day=day(standing.wanted_day)))
    if standing.is_replaced:
        more.append(_("Another expert comes than we had said at first."))
    return more
