"""Requests that look like one: whether they are, a person decides."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.i18n import N_
from matchmaker.models import (
    DuplicateFlag,
    Request,
    RequestDayOff,
    RequestLanguage,
    RequestTopic,
    RequestWindow,
)
from matchmaker.models.states import (
    LIVING_REQUESTS,
    OPEN_REQUESTS,
    DuplicateState,
    RequestState,
)
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, NotFound, NotPossible
from matchmaker.services.house import audit

MOST_TOPICS = 3

NO_SUCH_FLAG = N_("There is no such pair of requests.")
DECIDED = N_("Somebody has decided about these two requests already.")
CLOSED = N_("This request is closed. Please reopen it first, or keep the other one.")
HAS_DATE = N_("This request has a date already. Please call the talk off first.")
CHANGED = N_("One of the two has changed in the meantime. Please look at both again.")


def still_open() -> ColumnElement[bool]:
    """Of pairs: nobody has decided, and both still matter. Reopening a request brings it back."""
    return and_(
        DuplicateFlag.state == DuplicateState.OPEN,
        DuplicateFlag.first.has(Request.state.in_(LIVING_REQUESTS)),
        DuplicateFlag.second.has(Request.state.in_(LIVING_REQUESTS)),
    )


def undecided(row: DuplicateFlag) -> bool:
    """`still_open` of one pair."""
    both = {row.first.state, row.second.state}
    return row.state is DuplicateState.OPEN and both.issubset(LIVING_REQUESTS)


def flags_of(session: Session, request: Request, *, every: bool = False) -> list[DuplicateFlag]:
    """The open pairs with this request; `every` gives the decided ones, too."""
    query = (
        select(DuplicateFlag)
        .where(or_(DuplicateFlag.first_id == request.id, DuplicateFlag.second_id == request.id))
        .options(joinedload(DuplicateFlag.first), joinedload(DuplicateFlag.second))
        .order_by(DuplicateFlag.id)
    )
    if not every:
        query = query.where(still_open())
    return list(session.scalars(query))


def open_flags(session: Session) -> list[DuplicateFlag]:
    """All pairs that nobody has decided yet, the oldest first."""
    return list(
        session.scalars(
            select(DuplicateFlag)
            .where(still_open())
            .options(
                joinedload(DuplicateFlag.first).joinedload(Request.organisation),
                joinedload(DuplicateFlag.second),
            )
            .order_by(DuplicateFlag.id)
        )
    )


def flag_by_id(session: Session, number: int) -> DuplicateFlag:
    row = session.get(DuplicateFlag, number)
    if row is None:
        raise NotFound(NO_SUCH_FLAG)
    return row


def fullness(request: Request) -> int:
    """How much a request says: the fuller one of two is kept."""
    parts = (request.other_topic, request.questions, request.notes, request.address)
    rows = (request.topics, request.languages, request.windows, request.days_off)
    return (
        sum(bool(part) for part in parts)
        + sum(len(row) for row in rows)
        + bool(request.people)
        + bool(request.room_capacity)
        + (request.step_free is not None)
    )


def fuller(row: DuplicateFlag) -> Request:
    """The one to keep: not closed, with a date, saying more, further on, or else the older one."""
    order = list(RequestState)
    return max(
        (row.first, row.second),
        key=lambda one: (
            one.state in LIVING_REQUESTS,
            one.state is RequestState.SCHEDULED,
            fullness(one),
            order.index(one.state),
            -one.id,
        ),
    )


def keep_both(session: Session, desk: Desk, row: DuplicateFlag) -> None:
    """They are two: never flagged again. Raises Conflict if it is decided already."""
    _decide(session, desk, row, DuplicateState.KEPT)
    audit.record(
        session,
        desk,
        "duplicate.kept",
        row,
        before={"state": DuplicateState.OPEN.value},
        after={"state": DuplicateState.KEPT.value, "requests": [row.first.code, row.second.code]},
    )


def merge(
    session: Session,
    desk: Desk,
    row: DuplicateFlag,
    kept: Request,
    *,
    versions: tuple[int, int] | None = None,
) -> Request:
    """Go on with `kept`, which takes over what only the other one says; returns the other one.

    `versions` are those of the first and the second request as they were shown. Raises Conflict
    and NotPossible.
    """
    if kept.id not in {row.first_id, row.second_id}:
        raise NotFound(NO_SUCH_FLAG)
    if versions is not None and versions != (row.first.version, row.second.version):
        raise Conflict(CHANGED)
    other = row.second if kept.id == row.first_id else row.first
    if kept.state not in LIVING_REQUESTS:
        raise NotPossible(CLOSED)
    if other.state not in OPEN_REQUESTS:
        raise NotPossible(HAS_DATE)
    _decide(session, desk, row, DuplicateState.MERGED)
    taken = _take_over(kept, other)
    before = other.state
    other.state, other.duplicate_of_id = RequestState.DUPLICATE, kept.id
    kept.updated_at = other.updated_at = desk.now
    session.flush()
    _close_other_flags(session, desk, other)
    audit.record(
        session,
        desk,
        "request.merged",
        other,
        before={"state": before.value},
        after={"state": other.state.value, "duplicate_of": kept.code},
    )
    audit.record(
        session, desk, "request.took_over", kept, after={"from": other.code, "parts": taken}
    )
    return other


def _decide(session: Session, desk: Desk, row: DuplicateFlag, state: DuplicateState) -> None:
    locked = select(DuplicateFlag.state).where(DuplicateFlag.id == row.id).with_for_update()
    if session.scalars(locked).one() is not DuplicateState.OPEN:
        raise Conflict(DECIDED)
    row.state, row.decided_at, row.decided_by_id = state, desk.now, desk.actor.id


def _close_other_flags(session: Session, desk: Desk, gone: Request) -> None:
    """A request that is no more is nobody's double."""
    for row in flags_of(session, gone, every=True):
        if row.state is not DuplicateState.OPEN:
            continue
        row.state, row.decided_at, row.decided_by_id = (
            DuplicateState.MERGED,
            desk.now,
            desk.actor.id,
        )


def _take_over(kept: Request, other: Request) -> list[str]:
    """Fill the gaps of `kept`; what both say stays as it is. Names the parts taken over."""
    taken = []
    for name in ("other_topic", "questions", "notes", "coordination_notes"):
        mine, theirs = getattr(kept, name), getattr(other, name)
        if theirs and theirs not in mine:
            setattr(kept, name, f"{mine}\n{theirs}".strip())
            taken.append(name)
    for name in ("address", "room_capacity", "step_free", "people", "children", "venue_id"):
        theirs = getattr(other, name)
        if not getattr(kept, name) and theirs:
            setattr(kept, name, theirs)
            taken.append(name)
    if kept.state is RequestState.SCHEDULED:
        return taken
    return taken + [name for name, add in _LISTS.items() if add(kept, other)]


def _add_topics(kept: Request, other: Request) -> bool:
    known = [row.topic_code for row in kept.topics]
    more = [row.topic_code for row in other.topics if row.topic_code not in known]
    more = more[: max(0, MOST_TOPICS - len(known))]
    for rank, code in enumerate(more, len(known) + 1):
        kept.topics.append(RequestTopic(rank=rank, topic_code=code))
    return bool(more)


def _add_languages(kept: Request, other: Request) -> bool:
    if kept.languages or not other.languages:
        return False
    kept.languages = [
        RequestLanguage(rank=row.rank, language_tag=row.language_tag) for row in other.languages
    ]
    return True


def _add_windows(kept: Request, other: Request) -> bool:
    known = {(row.weekday, row.day, row.starts, row.ends) for row in kept.windows}
    more = [
        RequestWindow(
            weekday=row.weekday,
            day=row.day,
            starts=row.starts,
            ends=row.ends,
            preference=row.preference,
        )
        for row in other.windows
        if (row.weekday, row.day, row.starts, row.ends) not in known
    ]
    kept.windows.extend(more)
    return bool(more)


def _add_days_off(kept: Request, other: Request) -> bool:
    known = {(row.first_day, row.last_day) for row in kept.days_off}
    more = [
        RequestDayOff(first_day=row.first_day, last_day=row.last_day)
        for row in other.days_off
        if (row.first_day, row.last_day) not in known
    ]
    kept.days_off.extend(more)
    return bool(more)


_LISTS = {
    "topics": _add_topics,
    "languages": _add_languages,
    "windows": _add_windows,
    "days_off": _add_days_off,
}
