"""Requests in the coordination's words: states, sources, history, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from matchmaker.dates import read_day
from matchmaker.i18n import language_name
from matchmaker.models import AuditEntry
from matchmaker.models.states import RequestSource, RequestState
from matchmaker.services.intake.offer import Offer
from matchmaker.services.intake.week import read_exact
from matchmaker.web import intake_words as words
from matchmaker.web.i18n import day, locale
from matchmaker.web.texts import _


def state_names() -> dict[str, str]:
    """The filter's choices, groups first."""
    return {
        "open": _("all open ones"),
        "waiting": _("to clarify"),
        "to_plan": _("to plan"),
        RequestState.SUBMITTED: _("submitted"),
        RequestState.IN_CLARIFICATION: _("in clarification"),
        RequestState.READY: _("ready"),
        RequestState.PROPOSED: _("proposed"),
        RequestState.SCHEDULED: _("scheduled"),
        "held": _("held"),
        RequestState.WITHDRAWN: _("withdrawn"),
        RequestState.NOT_POSSIBLE: _("not possible"),
        RequestState.DUPLICATE: _("duplicate"),
    }


def source_name(source: RequestSource) -> str:
    names = {
        RequestSource.WEB: _("by the form"),
        RequestSource.PHONE: _("by phone"),
        RequestSource.IMPORT: _("imported"),
    }
    return names[source]


def missing_name(part: str) -> str:
    names = {
        "topics": _("a topic from the list"),
        "languages": _("the language of the talk"),
        "windows": _("days and times"),
        "district": _("the district"),
        "people": _("how many people come"),
        "period": _("the period"),
    }
    return names.get(part, part)


def action_name(entry: AuditEntry) -> str:
    """What was done, in two or three words."""
    names = {
        "request.submitted": _("Request submitted"),
        "request.entered": _("Entered by phone"),
        "request.changed": _("Request changed"),
        "request.ready": _("Was set to ready"),
        "request.clarified": _("Was set to clarification"),
        "request.not_possible": _("Said no for now"),
        "request.withdrawn": _("Withdrawn"),
        "request.restored": _("Withdrawal undone"),
        "request.reopened": _("Reopened"),
        "request.undone": _("Step undone"),
        "request.merged": _("Merged into another request"),
        "request.took_over": _("Another request merged into this one"),
        "request.proposed": _("Placed in a plan"),
        "request.unserved": _("Not served in a round"),
        "request.unplaced": _("No longer in the plan"),
        "request.scheduled": _("Date approved"),
        "request.done": _("Talk held"),
    }
    return names.get(entry.action, entry.action)


def field_name(name: str) -> str:
    names = {
        "organisation": _("Association"),
        "contact": _("Contact"),
        "district": _("District"),
        "topics": _("Topics"),
        "other_topic": _("Something else"),
        "questions": _("Questions of the members"),
        "windows": _("Days and times"),
        "date_from": _("Period from"),
        "date_to": _("Period until"),
        "days_off": _("Days that do not suit"),
        "notes": _("Other times"),
        "mode": _("Way of meeting"),
        "address": _("Address"),
        "needs_room": _("No room yet"),
        "room_capacity": _("Size of the room"),
        "step_free": _("Without steps"),
        "people": _("People"),
        "womens_group": _("Women's group"),
        "children": _("Children"),
        "languages": _("Languages"),
        "interpreting": _("Interpreting"),
        "minutes": _("Minutes"),
        "max_speakers": _("Speakers at most"),
        "interpreters_needed": _("Interpreters"),
        "priority": _("Priority"),
        "coordination_notes": _("Notes of the coordination"),
        "state": _("State"),
        "state_reason": _("Reason"),
        "reason": _("Reason"),
        "wanted_speakers": _("Wished for"),
        "unwanted_speakers": _("Not wanted"),
        "duplicate_of": _("Goes on as"),
        "from": _("Other request"),
        "parts": _("Taken over"),
        "talk": _("Talk"),
        "round": _("Planning round"),
    }
    return names.get(name, name)


def changes(entry: AuditEntry, offer: Offer, people: Mapping[int, str]) -> list[dict[str, str]]:
    """The facts of an entry before and after; those of a new request are its page itself."""
    if entry.action in {"request.submitted", "request.entered"}:
        return []
    names = list(dict.fromkeys([*entry.before, *entry.after]))
    rows = [
        {
            "label": _label(entry, name),
            "before": value_words(name, entry.before.get(name), offer, people),
            "after": value_words(name, entry.after.get(name), offer, people),
        }
        for name in names
    ]
    return [row for row in rows if row["before"] != row["after"]]


def _label(entry: AuditEntry, name: str) -> str:
    asked = entry.action == "request.clarified" and name == "reason" and entry.after.get(name)
    return _("Question to the association") if asked else field_name(name)


def value_words(name: str, value: Any, offer: Offer, people: Mapping[int, str]) -> str:
    """A fact of the audit log as people read it."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, list):
        return "; ".join(value_words(name, one, offer, people) for one in value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    said = _READERS[name](str(value), offer, people) if name in _READERS else ""
    return said or str(value)


def _topic(code: str, offer: Offer, _people: Mapping[int, str]) -> str:
    return words.topic_name(offer.topics[code]) if code in offer.topics else ""


def _language(tag: str, _offer: Offer, _people: Mapping[int, str]) -> str:
    return language_name(tag, locale())


def _district(nr: str, offer: Offer, _people: Mapping[int, str]) -> str:
    return offer.districts[nr].name if nr in offer.districts else ""


def _window(written: str, _offer: Offer, _people: Mapping[int, str]) -> str:
    window = read_exact(written)
    return words.window_words(window) if window else ""


def _date(written: str, _offer: Offer, _people: Mapping[int, str]) -> str:
    read = read_day(written)
    return day(read) if read else ""


def _days(written: str, _offer: Offer, _people: Mapping[int, str]) -> str:
    first, _slash, last = written.partition("/")
    return words.period_words(first, last)


def _speaker(number: str, _offer: Offer, people: Mapping[int, str]) -> str:
    return people.get(int(number), "")


def _text(message: str, _offer: Offer, _people: Mapping[int, str]) -> str:
    return _(message)


def _mode(mode: str, _offer: Offer, _people: Mapping[int, str]) -> str:
    return words.mode_words().get(mode, "")


def _interpreting(need: str, _offer: Offer, _people: Mapping[int, str]) -> str:
    return words.interpreting_words().get(need, "")


def priority_names() -> dict[str, str]:
    return {"1": _("1 – usual"), "2": _("2 – high"), "3": _("3 – highest")}


def _priority(number: str, _offer: Offer, _people: Mapping[int, str]) -> str:
    return priority_names().get(number, "")


def _state(state: str, _offer: Offer, _people: Mapping[int, str]) -> str:
    return state_names().get(state, "")


_READERS: Mapping[str, Callable[[str, Offer, Mapping[int, str]], str]] = {
    "topics": _topic,
    "languages": _language,
    "district": _district,
    "windows": _window,
    "date_from": _date,
    "date_to": _date,
    "days_off": _days,
    "wanted_speakers": _speaker,
    "unwanted_speakers": _speaker,
    "state_reason": _text,
    "reason": _text,
    "mode": _mode,
    "interpreting": _interpreting,
    "state": _state,
    "priority": _priority,
}
