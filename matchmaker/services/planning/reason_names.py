"""The names behind the ids in a plan's reasons: people, topics, districts, requests, talks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import District, Person, Request, Topic
from matchmaker.services.planning.plan_view import Open, Plan, load_people, load_requests
from matchmaker.services.planning.repairs import talks_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """`talks` are the codes of approved talks by those of the requests that stand in the way."""

    people: Mapping[str, Person]
    requests: Mapping[str, Request]
    topics: Mapping[str, Topic]
    districts: Mapping[str, str]
    talks: Mapping[str, str] = field(default_factory=dict)


def names_for(session: Session, plan: Plan, rows: tuple[Open, ...]) -> Names:
    """Everything that the reasons of `rows` mention, with at most five statements."""
    mentioned = [change for row in rows for change in _changes(row)]

    def values(*keys: str) -> set[str]:
        return {str(change[key]) for change in mentioned for key in keys if key in change}

    lists = (change.get("requests", change.get("competes_with", ())) for change in mentioned)
    rivals = {code for row in rows for code in row.detail.get("competes_with", ())}
    requests = values("request", "with") | rivals | {code for codes in lists for code in codes}
    people = values("person", "speaker") - set(plan.people)
    return Names(
        people={**plan.people, **load_people(session, people)},
        requests={**plan.requests, **load_requests(session, requests - set(plan.requests))},
        topics=_topics(session, values("topic")),
        districts=_districts(session, values("district")),
        talks=talks_of(session, requests) if requests else {},
    )


def _changes(row: Open) -> Iterator[Mapping[str, Any]]:
    """Every change that a remedy consists of."""
    for remedies in row.detail.values():
        for remedy in remedies:
            if isinstance(remedy, Mapping):
                yield remedy
                yield from remedy.get("also", ())


def _topics(session: Session, codes: set[str]) -> dict[str, Topic]:
    if not codes:
        return {}
    return {row.code: row for row in session.scalars(select(Topic).where(Topic.code.in_(codes)))}


def _districts(session: Session, numbers: set[str]) -> dict[str, str]:
    if not numbers:
        return {}
    rows = session.execute(select(District.nr, District.name).where(District.nr.in_(numbers)))
    return {row[0]: row[1] for row in rows}
