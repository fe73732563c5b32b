"""People who should have been reminded of a talk ahead and were not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy.orm import Session

from matchmaker.services.desk import Desk
from matchmaker.services.reminding import overview
from matchmaker.services.worklist.task import Finder, Task


def not_reminded(session: Session, desk: Desk) -> Iterator[Task]:
    """One task a talk: somebody may want to call."""
    missed = overview.missed(session, desk)
    for talk, rows in groupby(missed, key=lambda row: row.invitation.talk):
        names = [row.invitation.person.name for row in rows]
        facts = {
            "talk": talk.code,
            "host": talk.organisation.name,
            "starts_at": talk.starts_at,
            "names": names,
        }
        yield Task(kind="not_reminded", count=len(names), facts=facts)


FINDERS = (Finder(35, not_reminded),)
