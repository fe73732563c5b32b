"""Nobody is in two places at once: the database refuses it, here it becomes a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.models import Assignment, Person, Talk
from matchmaker.models.states import FREED
from matchmaker.services.errors import Conflict

DOUBLE_BOOKED = N_(
    "%(person)s already has another talk then: %(when)s. Nobody can be at two talks at once: "
    "please choose another time or somebody else."
)
SOMEBODY_FASTER = N_("One of these people has just been planned elsewhere. Please look again.")
DEADLOCK = "40P01"


@contextmanager
def refusing_overlaps(session: Session, wanted: Sequence[Assignment]) -> Iterator[None]:
    """Flush what the block does to the `wanted` assignments.

    Raises Conflict, naming person and evening, if somebody would be in two places at once; the
    caller's transaction is then of no more use but for reading.
    """
    times: list[tuple[int | None, int, datetime, datetime]] = []
    try:
        with session.begin_nested():
            with session.no_autoflush:
                yield
                times += ((row.id, row.person_id, row.starts_at, row.ends_at) for row in wanted)
            session.flush()
    except DBAPIError as error:
        if not isinstance(error, IntegrityError) and _code(error) != DEADLOCK:
            raise
        for own_id, person_id, starts_at, ends_at in times:
            _raise_if_taken(session, own_id, person_id, starts_at, ends_at)
        raise Conflict(SOMEBODY_FASTER) from error


def _raise_if_taken(
    session: Session, own_id: int | None, person_id: int, starts_at: datetime, ends_at: datetime
) -> None:
    taken = session.execute(
        select(Person.name, Talk.starts_local)
        .join(Assignment, Assignment.person_id == Person.id)
        .join(Talk, Talk.id == Assignment.talk_id)
        .where(
            Person.id == person_id,
            Assignment.id != (own_id or 0),
            Assignment.state.not_in(FREED),
            Assignment.starts_at < ends_at,
            Assignment.ends_at > starts_at,
        )
        .limit(1)
    ).one_or_none()
    if taken is not None:
        name, starts_local = taken
        raise Conflict(DOUBLE_BOOKED, person=name, when=datetime.fromisoformat(starts_local))


def _code(error: DBAPIError) -> str:
    """The SQLSTATE, where the engine has one."""
    return str(getattr(error.orig, "sqlstate", ""))
