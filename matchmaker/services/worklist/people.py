"""People whose times may no longer be true."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from matchmaker.models import Person, Profile
from matchmaker.services.desk import Desk
from matchmaker.services.people.availability import HOLDS
from matchmaker.services.worklist.task import Finder, Task


def old_times(session: Session, desk: Desk) -> Iterator[Task]:
    old = or_(Profile.confirmed_at.is_(None), Profile.confirmed_at <= desk.now - HOLDS)
    count, since, name = session.execute(
        select(func.count(), func.min(Profile.confirmed_at), func.min(Person.name))
        .select_from(Profile)
        .join(Person)
        .where(Person.active, old)
    ).one()
    if count:
        yield Task(kind="old_times", since=since, count=count, facts={"name": name})


FINDERS = (Finder(100, old_times),)
