"""Talks that lack somebody, and talks of which nobody has said what became of them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import Talk
from matchmaker.models.states import TalkState
from matchmaker.services.desk import Desk
from matchmaker.services.talks.interpreting import interpreters_missing, talks_without_interpreters
from matchmaker.services.worklist.task import Finder, Task

MOST_SINGLE = 3
"""So many talks to mark stand one by one; more of them are a single task."""


def without_interpreter(session: Session, desk: Desk) -> Iterator[Task]:
    for talk in talks_without_interpreters(session, desk):
        facts = {
            "talk": talk.code,
            "host": talk.organisation.name,
            "starts_at": talk.starts_at,
            "language": talk.language_tag,
        }
        yield Task(kind="interpreter_missing", count=interpreters_missing(talk), facts=facts)


def to_mark(session: Session, desk: Desk) -> Iterator[Task]:
    """Talks that are over and of which nobody has said whether they took place."""
    over = (
        select(Talk)
        .where(Talk.state == TalkState.CONFIRMED, Talk.ends_at <= desk.now)
        .options(joinedload(Talk.organisation))
        .order_by(Talk.starts_at)
    )
    talks = session.scalars(over).all()
    if len(talks) > MOST_SINGLE:
        oldest = {"starts_at": talks[0].starts_at}
        yield Task(kind="mark_all_held", since=talks[0].ends_at, count=len(talks), facts=oldest)
        return
    for talk in talks:
        facts = {"talk": talk.code, "host": talk.organisation.name, "starts_at": talk.starts_at}
        yield Task(kind="mark_held", since=talk.ends_at, facts=facts)


FINDERS = (
    Finder(30, without_interpreter),
    Finder(90, to_mark),
)
