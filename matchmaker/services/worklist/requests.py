"""Requests that somebody has to read."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import Request
from matchmaker.models.states import TO_CLEAR
from matchmaker.services.desk import Desk
from matchmaker.services.requests import duplicates
from matchmaker.services.worklist.task import Finder, Task


def doubles(session: Session, _desk: Desk) -> Iterator[Task]:
    for flag in duplicates.open_flags(session):
        host = flag.first.organisation
        facts = {
            "flag": flag.id,
            "first": flag.first.code,
            "second": flag.second.code,
            "host": host.name if host else "",
        }
        yield Task(kind="duplicate", since=flag.found_at, facts=facts)


def waiting(session: Session, _desk: Desk) -> Iterator[Task]:
    rows = session.execute(
        select(
            Request.state,
            func.count(),
            func.min(func.coalesce(Request.submitted_at, Request.created_at)),
            func.min(Request.code),
        )
        .where(Request.state.in_(TO_CLEAR))
        .group_by(Request.state)
    )
    found = {row[0]: row for row in rows}
    for state in TO_CLEAR:
        if state in found:
            _, count, since, code = found[state]
            yield Task(kind=state.value, since=since, count=count, facts={"request": code})


FINDERS = (
    Finder(60, doubles),
    Finder(70, waiting),
)
