"""Calendars of speakers and interpreters that are due: fetched, read in a process of their own."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus

from matchmaker.jobs import reading
from matchmaker.jobs.workplace import Workplace
from matchmaker.remote.fetching import (
    AnswerError,
    FetchError,
    Known,
    Policy,
    TooLargeError,
    fetch,
)
from matchmaker.services.sources.reading import (
    Due,
    Failure,
    Read,
    claim,
    fail,
    hash_of,
    store,
    unchanged,
)

log = logging.getLogger(__name__)

MOST_IN_A_RUN = 50
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


@dataclass(frozen=True, slots=True)
class _FailedError(Exception):
    failure: Failure


def read_calendars(place: Workplace, policy: Policy | None = None) -> int:
    """Read what is due, one after the other; how many were tried."""
    rules = policy or Policy(http=place.settings.calendar_http)
    for number in range(MOST_IN_A_RUN):
        if place.stop.is_set() or not _read_one(place, rules):
            return number
    return MOST_IN_A_RUN


def _read_one(place: Workplace, policy: Policy) -> bool:
    with place.factory.begin() as session:
        due = claim(session, place.desk(), place.owner)
    if due is None:
        return False
    found = _outcome(place, due, policy)
    with place.factory.begin() as session:
        if isinstance(found, Failure):
            fail(session, place.desk(), due, place.owner, found)
        elif found is None:
            unchanged(session, place.desk(), due, place.owner)
        else:
            store(session, place.desk(), due, place.owner, found)
    return True


def _outcome(place: Workplace, due: Due, policy: Policy) -> Read | Failure | None:
    """What came of it; a fault that nobody thought of keeps no other calendar waiting."""
    try:
        return _found(place, due, policy)
    except _FailedError as error:
        return error.failure
    except Exception:
        log.exception("calendar %s could not be read", due.id)
        return Failure.GAVE_UP


def _found(place: Workplace, due: Due, policy: Policy) -> Read | None:
    """What stands in the calendar; None if it is what it was. Raises _FailedError."""
    content, known = due.body, Known()
    if due.url is not None:
        fetched = _fetched(due, policy)
        if fetched is None:
            return None
        content, known = fetched
        if hash_of(content) == due.body_hash:
            return None  # of a server that cannot say so by itself
    if content is None:
        raise _FailedError(Failure.GAVE_UP)  # a file that was lost between two tries
    question = reading.Question(
        first=due.first,
        last=due.last,
        timezone=place.settings.timezone,
        own_hosts=(place.settings.uid_host,),
    )
    try:
        found = reading.read_bytes(content, question)
    except reading.UnreadableCalendarError as error:
        raise _FailedError(Failure.NOT_A_CALENDAR) from error
    if found is reading.GAVE_UP:
        raise _FailedError(Failure.GAVE_UP)
    return Read(content=content, reading=found, etag=known.etag, last_modified=known.last_modified)


def _fetched(due: Due, policy: Policy) -> tuple[bytes, Known] | None:
    try:
        answer = fetch(due.url or "", Known(due.etag, due.last_modified), policy)
    except TooLargeError as error:
        raise _FailedError(Failure.TOO_LARGE) from error
    except AnswerError as error:
        raise _FailedError(_meaning(error.status)) from error
    except FetchError as error:
        raise _FailedError(Failure.UNREACHABLE) from error
    return None if answer.content is None else (answer.content, answer.known)


def _meaning(status: int) -> Failure:
    if status in _GONE:
        return Failure.GONE
    return Failure.REFUSED if status in _REFUSED else Failure.TROUBLE
