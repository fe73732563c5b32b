"""The planning in the coordinators' words: rules, reasons, breaches, progress, summaries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from matchmaker.i18n import language_name
from matchmaker.models import Person, Request
from matchmaker.scheduling.judge import Breach
from matchmaker.services.aliases import spoken
from matchmaker.services.plan_view import Plan
from matchmaker.web.i18n import day, locale, moment
from matchmaker.web.texts import _, ngettext, number

ROOM_RULES = frozenset({"window", "topic"})
"""Rules that can nearly always be relaxed: they name the cause only where nothing else does."""


def rule_name(code: str) -> str:
    """A rule in one or two words, as on a pill."""
    names = {
        "group_size": _("Group size"),
        "group": _("Women's group"),
        "lead_time": _("Notice"),
        "closed_day": _("Public holiday"),
        "blocked": _("Closed period"),
        "language": _("Language"),
        "district": _("District"),
        "mode": _("On site or online"),
        "venue": _("Room taken"),
        "host_load": _("Limit of the association"),
        "workload": _("Fully booked"),
        "travel": _("Travel time"),
        "availability": _("Nobody free"),
        "window": _("Wished times"),
        "topic": _("Topic"),
        "competition": _("Competition"),
        "combination": _("Several causes"),
        "team": _("People"),
        "fixed": _("Fixed talks"),
        "shape": _("Form of the plan"),
    }
    return names.get(code, code)


def reason_text(code: str) -> str:
    """Why a request is open, in a sentence."""
    texts = {
        "group_size": _("The group is smaller than the smallest that the speakers come to."),
        "group": _("Nobody who fits takes on women's groups."),
        "lead_time": _("The wished days are too close: the speakers need more notice."),
        "closed_day": _("The wished days are public holidays."),
        "blocked": _("The wished days lie in a closed period of the association."),
        "language": _("Nobody speaks the language or could interpret it."),
        "district": _("Nobody who fits goes to this district."),
        "mode": _("Nobody who fits comes in the way that was asked for."),
        "venue": _("The room is taken by another talk."),
        "host_load": _("The association has as many talks already as it can host."),
        "workload": _("Everybody who fits has as many talks as agreed."),
        "travel": _("The way to the next appointment is too long for everybody who fits."),
        "availability": _("Nobody who fits is free at the wished times."),
        "window": _("On another day it would be possible."),
        "topic": _("Nobody offers this topic."),
        "competition": _("Other requests need the same people at the same time."),
        "combination": _("No single cause: several things would have to change together."),
    }
    return texts.get(code, "")


def left_out_text(reason: str, missing: Iterable[str] = ()) -> str:
    """Why a request is not part of a plan at all."""
    texts = {
        "decision": _("Left out of this round by decision."),
        "elsewhere": _("It stands in the plan of another round."),
        "incomplete": _("It lacks: %(parts)s.", parts=", ".join(map(missing_name, missing))),
        "no_window": _("None of its wished evenings is left in this period."),
    }
    return texts.get(reason, "")


def missing_name(part: str) -> str:
    names = {
        "topics": _("a topic"),
        "languages": _("a language"),
        "windows": _("times that suit"),
        "district": _("the district"),
    }
    return names.get(part, part)


def breach_text(
    breach: Breach, people: Mapping[str, Person], requests: Mapping[str, Request]
) -> str:
    """What a broken rule is about, with names instead of ids."""
    facts = {name: _fact(name, fact, people, requests) for name, fact in breach.facts.items()}
    # The judge marks its sentences for translation where it defines the rule.
    return _(breach.template, **facts)


def _fact(
    name: str, fact: Any, people: Mapping[str, Person], requests: Mapping[str, Request]
) -> object:
    if isinstance(fact, datetime):
        return moment(fact)
    if isinstance(fact, date):
        return day(fact)
    text = str(fact)
    words: dict[str, Callable[[], str]] = {
        "language": lambda: language_name(spoken(text), locale()),
        "request": lambda: request_name(text, requests),
        "requests": lambda: "; ".join(request_name(one, requests) for one in text.split(", ")),
        "organisation": lambda: _host_name(text, requests),
        "person": lambda: person_name(people[text]) if text in people else text,
    }
    return words[name]() if name in words else fact


def request_name(code: str, requests: Mapping[str, Request]) -> str:
    """`A012 Sonnenhof`: the code and who asks."""
    request = requests.get(code)
    host = request.organisation.name if request and request.organisation else ""
    return f"{code} {host}".strip()


def person_name(person: Person) -> str:
    """`Name (institution)`."""
    if person.organisation is None:
        return person.name
    return f"{person.name} ({person.organisation.name})"


def _host_name(code: str, requests: Mapping[str, Request]) -> str:
    hosts = (row.organisation for row in requests.values() if row.organisation)
    return next((host.name for host in hosts if host.code == code), code)


def summary(plan: Plan) -> str:
    """`49 placed, 11 open. More than 49 is not possible (proven).`"""
    served, waiting = len(plan.placed), len(plan.open)
    counted = " ".join(
        [
            ngettext("%(num)s talk placed,", "%(num)s talks placed,", served),
            ngettext("%(num)s request open.", "%(num)s requests open.", waiting),
        ]
    )
    return f"{counted} {proof(plan)}".strip()


def proof(plan: Plan) -> str:
    """How good the plan is, as far as that is proven."""
    served, most = len(plan.placed), plan.most_served
    seconds = number(round(plan.proposal.seconds, 1))
    if plan.made_by_hand is not None:
        return _("Changed by hand.")
    if most == served and plan.open:
        return _(
            "More than %(most)s is not possible (proven, %(seconds)s seconds).",
            most=served,
            seconds=seconds,
        )
    if plan.is_optimal:
        return _("No better plan is possible (proven, %(seconds)s seconds).", seconds=seconds)
    if most is not None and most > served:
        return _("At most %(most)s are possible.", most=most)
    return _("The search was stopped at its time limit; there may be a better plan.")


def progress_text(progress: Mapping[str, Any], asked: int) -> str:
    """`41 of 60 placed, at most 49 possible` while a plan is being made."""
    served, most = progress.get("served"), progress.get("most")
    if served is None:
        return _("The plan is being prepared.")
    if isinstance(most, int):
        return _(
            "%(served)s of %(asked)s placed, at most %(most)s possible",
            served=served,
            asked=asked,
            most=most,
        )
    return _("%(served)s of %(asked)s placed", served=served, asked=asked)
