"""What would help most of the open requests, change by change, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker.i18n import N_, language_name
from matchmaker.models import Organisation, Person, Request, Topic
from matchmaker.services.planning.plan_view import load_people, load_requests
from matchmaker.services.problems.aliases import spoken
from matchmaker.web.coordinator.placement_words import signed
from matchmaker.web.coordinator.remedy_actions import (
    Action,
    host_limits,
    newcomer,
    profile_page,
    request_form,
    times_page,
)
from matchmaker.web.coordinator.room import may_write
from matchmaker.web.db import db
from matchmaker.web.i18n import locale, when
from matchmaker.web.plan_words import request_name
from matchmaker.web.texts import _

Entry = Mapping[str, Any]
"""A change of `matchmaker/unlock@1`, or one of its lists' rows."""

SENTENCES: Mapping[str, str] = {
    "evening": N_("%(person)s is free on one more evening: %(when)s"),
    "max_per_day": N_("%(person)s takes %(after)s talks a day instead of %(before)s"),
    "max_per_week": N_("%(person)s takes %(after)s talks a week instead of %(before)s"),
    "max_per_month": N_("%(person)s takes %(after)s talks a month instead of %(before)s"),
    "max_talks": N_("%(person)s takes %(after)s talks in all instead of %(before)s"),
    "lead_days": N_("%(person)s needs %(after)s days’ notice instead of %(before)s"),
    "min_people": N_("%(person)s comes to %(after)s guests or more instead of %(before)s"),
    "host_max_per_week": N_("%(host)s hosts %(after)s talks a week instead of %(before)s"),
    "host_max_talks": N_("%(host)s hosts %(after)s talks in all instead of %(before)s"),
    "window": N_("%(request)s may also be on %(when)s"),
    "mode": N_("%(request)s may be held on site or online"),
    "interpreting": N_("%(request)s may be interpreted"),
    "interpreter": N_("One more interpreter for %(language)s, free on all evenings"),
    "speaker": N_(
        "One more speaker for “%(topic)s” with the languages asked for, free on all evenings"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A change with what it would bring: requests, points, and who would get an evening.

    `page`: label and address of where it is made.
    """

    text: str
    requests: int
    points: str
    placed: tuple[str, ...]
    left_out: tuple[str, ...]
    page: Action | None


@dataclass(frozen=True, slots=True)
class _Names:
    people: Mapping[str, Person]
    requests: Mapping[str, Request]
    hosts: Mapping[str, Organisation]
    topics: Mapping[str, Topic]


def rows(found: list[Entry]) -> list[Row]:
    """The rows of a list in their order, names loaded with four statements."""
    names = _names(found)
    return [
        Row(
            text=change_text(row["change"], names),
            requests=row["requests"],
            points=signed(row["points"]),
            placed=tuple(request_name(code, names.requests) for code in row["placed"]),
            left_out=tuple(request_name(code, names.requests) for code in row["left_out"]),
            page=_page(row["change"], names) if may_write() else None,
        )
        for row in found
    ]


def _page(change: Entry, names: _Names) -> Action | None:
    match change:
        case {"kind": "evening", "person": str(person)}:
            return times_page(person, _person_name(person, names))
        case {"kind": "person_limit", "person": person}:
            return profile_page(person, _person_name(person, names))
        case {"kind": "organisation_limit", "organisation": host, "limit": limit}:
            return next(host_limits(host, limit), None)
        case {"kind": "window" | "mode" | "interpreting", "request": request}:
            return request_form(request)
        case {"kind": "interpreter" | "speaker" as kind}:
            return newcomer(speaks=kind == "speaker")
    return None


def _person_name(code: str, names: _Names) -> str:
    return names.people[code].name if code in names.people else code


def change_text(change: Entry, names: _Names) -> str:
    """`Rana Aydın is free on one more evening: …`."""
    start, end = (
        datetime.fromisoformat(change[key]) if change.get(key) else None for key in ("from", "to")
    )
    topic = names.topics.get(str(change.get("topic")))
    host = names.hosts.get(str(change.get("organisation")))
    facts = {
        "person": _person_name(str(change.get("person")), names),
        "when": when(start, end) if start and end else "",
        "before": change.get("before", ""),
        "after": change.get("after", ""),
        "host": host.name if host else str(change.get("organisation")),
        "request": request_name(str(change.get("request")), names.requests),
        "language": language_name(spoken(str(change.get("language", ""))), locale()),
        "topic": topic.name_in(locale()) if topic else str(change.get("topic")),
    }
    return _(SENTENCES[_sentence(change)], **facts)


def _sentence(change: Entry) -> str:
    match change["kind"]:
        case "person_limit":
            return str(change["limit"])
        case "organisation_limit":
            return f"host_{change['limit']}"
    return str(change["kind"])


def _names(found: list[Entry]) -> _Names:
    changes = [row["change"] for row in found]
    codes = {code for row in found for code in (*row["placed"], *row["left_out"])}
    topics = set(_values(changes, "topic"))
    hosts = set(_values(changes, "organisation"))
    return _Names(
        people=load_people(db.session(), _values(changes, "person")),
        requests=load_requests(db.session(), codes | set(_values(changes, "request"))),
        hosts={
            row.code: row
            for row in db.session.scalars(select(Organisation).where(Organisation.code.in_(hosts)))
        },
        topics={
            row.code: row for row in db.session.scalars(select(Topic).where(Topic.code.in_(topics)))
        },
    )


def _values(changes: list[Entry], key: str) -> Iterator[str]:
    return (change[key] for change in changes if isinstance(change.get(key), str))
