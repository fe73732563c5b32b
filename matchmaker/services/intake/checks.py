"""What is wrong with what was typed: each fault names the field and the remedy.

A fault is `missing` where something is only not there yet; the coordination may keep a request
with such gaps and close them later, but never one that says something impossible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from matchmaker.dates import read_day
from matchmaker.i18n import N_
from matchmaker.models.states import InterpretingNeed, MeetingMode
from matchmaker.services.house.contact_data import is_email, is_phone
from matchmaker.services.intake.offer import MOST_TOPICS, Offer
from matchmaker.services.intake.steps import STEPS, Step
from matchmaker.services.intake.typed import Typed, many, text
from matchmaker.services.intake.values import (
    MOST_ROWS,
    NO,
    UNKNOWN,
    YES,
    day_rows,
    whole,
)
from matchmaker.services.intake.week import (
    PARTS,
    SLOTS,
    WEEKEND,
    read_exact,
)

LONGEST = {
    "organisation": 160,
    "name": 120,
    "other_topic": 500,
    "questions": 5000,
    "other_times": 1000,
    "address": 240,
}
MOST_PEOPLE, MOST_CHILDREN, LARGEST_ROOM = 1000, 200, 5000
LONGEST_PERIOD = timedelta(days=366)
FARTHEST = timedelta(days=550)
MOST_EXACT = 60
NO_TOPIC = N_("Questions: please choose at least one. Or write your own below.")
TOO_MANY_TOPICS = N_("Questions: please choose 3 at most.")
TOPIC_GONE = N_("Questions: one is no longer offered. Please choose again.")


@dataclass(frozen=True, slots=True)
class Fault:
    """`field` is also the id of the input: rows of a list are named `field-number`."""

    field: str
    message: str
    missing: bool = False


Found = Iterator[Fault]


def check_step(step: Step, typed: Typed, offer: Offer) -> dict[str, str]:
    """The step's faults by field; empty if it is complete."""
    found: dict[str, str] = {}
    for fault in _CHECKS[step.key](typed, offer):
        found.setdefault(fault.field, fault.message)
    return found


def faults(typed: Typed, offer: Offer) -> list[Fault]:
    """Everything that is wrong or missing, in the order of the steps."""
    return [fault for step in STEPS for fault in _CHECKS[step.key](typed, offer)]


def _who(typed: Typed, offer: Offer) -> Found:
    yield from _line(
        typed,
        "organisation",
        N_("Association: please write its name."),
        N_("Association: please write the name with at most 160 characters."),
    )
    yield from _line(
        typed,
        "name",
        N_("Your name: please write first name and last name."),
        N_("Your name: please write it with at most 120 characters."),
    )
    if not text(typed, "email"):
        yield Fault("email", N_("E-mail: please write an address. Example: name@verein.de"), True)
    elif not is_email(text(typed, "email")):
        yield Fault(
            "email", N_("E-mail: this is no address. Please write it like this: name@verein.de")
        )
    if text(typed, "phone") and not is_phone(text(typed, "phone")):
        yield Fault("phone", N_("Phone: please write a number such as 030 23125 000."))
    yield from _choice(
        typed, "district", offer.districts, N_("District: please choose one from the list.")
    )


def _topics(typed: Typed, offer: Offer) -> Found:
    chosen = many(typed, "topics")
    if not chosen and not text(typed, "other_topic"):
        yield Fault(
            "topics",
            NO_TOPIC,
            True,
        )
    if len(set(chosen)) > MOST_TOPICS:
        yield Fault("topics", TOO_MANY_TOPICS)
    if not set(chosen) <= set(offer.topics):
        yield Fault("topics", TOPIC_GONE)
    yield from _length(
        typed, "other_topic", N_("Something else: please write at most 500 characters.")
    )


def _questions(typed: Typed, _offer: Offer) -> Found:
    yield from _length(
        typed, "questions", N_("Questions of your members: please write at most 5000 characters.")
    )


def _when(typed: Typed, offer: Offer) -> Found:
    yield from _windows(typed)
    yield from _period(typed, offer)
    yield from _days_off(typed)
    yield from _length(
        typed, "other_times", N_("Other times: please write at most 1000 characters.")
    )


def _windows(typed: Typed) -> Found:
    slots, exact = many(typed, "windows"), many(typed, "exact")
    if not (slots or exact or text(typed, "other_times")):
        yield Fault(
            "windows", N_("Days and times: please choose at least one that suits you."), True
        )
    known = set(slots) <= set(SLOTS) and all(map(read_exact, exact))
    if not known or len(exact) > MOST_EXACT:
        yield Fault("windows", N_("Days and times: please choose from the table."))
    if not set(many(typed, "best")) <= {WEEKEND, *PARTS}:
        yield Fault("best", N_("What suits best: please choose one from the list."))


def _period(typed: Typed, offer: Offer) -> Found:
    written = {name: text(typed, name) for name in ("period_from", "period_to")}
    first, last = read_day(written["period_from"]), read_day(written["period_to"])
    if first is None:
        yield Fault(
            "period_from",
            N_("First day: please write a day that exists. Example: 19.01.2027"),
            not written["period_from"],
        )
    if last is None:
        yield Fault(
            "period_to",
            N_("Last day: please write a day that exists. Example: 31.03.2027"),
            not written["period_to"],
        )
    if first is None or last is None:
        return
    if last < first:
        yield Fault("period_to", N_("Last day: it is before the first day. Please choose again."))
    elif last < offer.today:
        yield Fault("period_to", N_("Last day: it is over. Please choose a day to come."))
    elif last - first > LONGEST_PERIOD or last > offer.today + FARTHEST:
        yield Fault("period_to", N_("Last day: please choose a day within one year."))


def _days_off(typed: Typed) -> Found:
    rows = [row for row in day_rows(typed) if not row.is_empty]
    if len(rows) > MOST_ROWS:
        yield Fault("off_from-0", N_("Days that do not suit: please name 40 periods at most."))
    for row in rows:
        wrong = [
            name
            for name, written in (("off_from", row.first), ("off_to", row.last))
            if written and read_day(written) is None
        ]
        for name in wrong:
            yield Fault(
                f"{name}-{row.number}",
                N_("Days that do not suit: please write a day that exists. Example: 19.01.2027"),
            )
        if not wrong and row.period() is None:
            yield Fault(
                f"off_to-{row.number}",
                N_("Days that do not suit: the last day is before the first. Please change one."),
            )


def _where(typed: Typed, _offer: Offer) -> Found:
    modes = {mode.value for mode in MeetingMode}
    yield from _choice(
        typed, "mode", modes, N_("Way of meeting: please choose how the talk is held.")
    )
    meets = text(typed, "mode") in modes - {MeetingMode.ONLINE.value}
    if text(typed, "needs_room") not in {"", YES, NO}:
        yield Fault("needs_room", N_("Room: please say whether you have one."))
    elif meets and not text(typed, "address") and text(typed, "needs_room") != YES:
        yield Fault(
            "address",
            N_("Address: please write street and number. Or say that you have no room."),
            True,
        )
    yield from _length(typed, "address", N_("Address: please write at most 240 characters."))
    yield from _number(
        typed,
        "capacity",
        (1, LARGEST_ROOM),
        N_("Size of the room: please write a number from 1 to 5000, for example 25."),
    )
    if text(typed, "step_free") not in {"", YES, NO, UNKNOWN}:
        yield Fault("step_free", N_("Steps: please choose one of the answers."))


def _people(typed: Typed, _offer: Offer) -> Found:
    if not text(typed, "people"):
        yield Fault("people", N_("People: please write about how many come, for example 15."), True)
    yield from _number(
        typed,
        "people",
        (1, MOST_PEOPLE),
        N_("People: please write a number from 1 to 1000, for example 15."),
    )
    if text(typed, "womens_group") not in {"", YES, NO}:
        yield Fault("womens_group", N_("Group only for women: please choose one of the answers."))
    yield from _number(
        typed,
        "children",
        (0, MOST_CHILDREN),
        N_("Children: please write a number from 0 to 200, for example 4."),
    )


def _language(typed: Typed, offer: Offer) -> Found:
    first, *others = (text(typed, f"language_{rank}") for rank in (1, 2, 3))
    yield from _choice(
        typed,
        "language_1",
        offer.languages,
        N_("Language: please choose the language of the talk."),
    )
    for rank, tag in enumerate(others, 2):
        if tag and tag not in offer.languages:
            yield Fault(
                f"language_{rank}", N_("Another language: please choose one from the list.")
            )
        elif tag and tag in [first, *others[: rank - 2]]:
            yield Fault(
                f"language_{rank}",
                N_("Another language: you have chosen it already. Please choose a different one."),
            )
    yield from _choice(
        typed,
        "interpreting",
        {need.value for need in InterpretingNeed},
        N_("Interpreting: please choose one of the answers."),
    )


def _nothing(_typed: Typed, _offer: Offer) -> Found:
    return iter(())


_CHECKS: Mapping[str, Callable[[Typed, Offer], Found]] = {
    "who": _who,
    "topics": _topics,
    "questions": _questions,
    "when": _when,
    "where": _where,
    "people": _people,
    "language": _language,
    "review": _nothing,
}


def _line(typed: Typed, name: str, if_missing: str, if_long: str) -> Found:
    if not text(typed, name):
        yield Fault(name, if_missing, True)
    yield from _length(typed, name, if_long)


def _length(typed: Typed, name: str, message: str) -> Found:
    if len(text(typed, name)) > LONGEST[name]:
        yield Fault(name, message)


def _number(typed: Typed, name: str, allowed: tuple[int, int], message: str) -> Found:
    written = text(typed, name)
    number = whole(written)
    if written and (number is None or not allowed[0] <= number <= allowed[1]):
        yield Fault(name, message)


def _choice(typed: Typed, name: str, known: Mapping[str, object] | set[str], message: str) -> Found:
    if text(typed, name) not in known:
        yield Fault(name, message, not text(typed, name))
