"""What a person does with their other calendars: add, look at, let them count, remove them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, undefer

from matchmaker.i18n import N_
from matchmaker.models import CalendarSource, Person, Profile
from matchmaker.models.states import CalendarSourceKind, CalendarSourceState
from matchmaker.remote.addresses import AddressFaultError, Fault, target
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, Invalid, NotFound, NotPossible
from matchmaker.services.house import audit
from matchmaker.services.sources.counted import count_times, forget_times
from matchmaker.services.sources.file_kinds import other_kind
from matchmaker.text import clean_line, clean_typed

MOST = 5
LARGEST = 1024 * 1024
LONGEST_NAME = 120

FILE_TOO_LARGE = N_(
    "File: please choose one of at most 1 MB. In your calendar program, export only the next "
    "months."
)

ADDRESS_FAULTS = {
    Fault.NO_ADDRESS: N_("Address: please paste the whole address. It begins with https://."),
    Fault.NOT_HTTPS: N_("Address: please give one that begins with https:// or webcal://."),
    Fault.PASSWORD: N_("Address: please give one without a user name and a password."),
    Fault.PORT: N_("Address: please give one without a number after the name of the server."),
}


def sources_of(session: Session, profile: Profile) -> Sequence[CalendarSource]:
    """All calendars of a person, the oldest first."""
    return session.scalars(
        select(CalendarSource)
        .where(CalendarSource.person_id == profile.person_id)
        .order_by(CalendarSource.id)
    ).all()


def source_of(session: Session, profile: Profile, source_id: int) -> CalendarSource:
    """One of them, with the times that were found. Raises NotFound."""
    row = session.scalars(
        select(CalendarSource)
        .where(CalendarSource.id == source_id, CalendarSource.person_id == profile.person_id)
        .options(undefer(CalendarSource.found))
    ).one_or_none()
    if row is None:
        raise NotFound(N_("There is no such calendar."))
    return row


def add_file(
    session: Session, desk: Desk, profile: Profile, name: str, body: bytes
) -> CalendarSource:
    """Hand in a calendar file; a worker reads it. Raises Invalid (`file`), NotPossible."""
    if not name and not body:
        raise Invalid({"file": N_("File: please choose a calendar file from your device.")})
    if not body:
        raise Invalid({"file": N_("File: this one is empty.")})
    if len(body) > LARGEST:
        raise Invalid({"file": FILE_TOO_LARGE})
    if other := other_kind(body):
        raise Invalid({"file": other})
    row = CalendarSource(kind=CalendarSourceKind.UPLOAD, body=body, name=_file_name(name))
    return _add(session, desk, profile, row)


def add_address(session: Session, desk: Desk, profile: Profile, url: str) -> CalendarSource:
    """Subscribe to a calendar; a worker reads it again and again. Raises Invalid (`url`)."""
    try:
        found = target(url, http=desk.settings.calendar_http)
    except AddressFaultError as error:
        raise Invalid({"url": ADDRESS_FAULTS[error.fault]}) from error
    if any(row.url == found.url for row in sources_of(session, profile)):
        raise Invalid({"url": N_("Address: this calendar is already in your list.")})
    row = CalendarSource(kind=CalendarSourceKind.SUBSCRIPTION, url=found.url, name=found.host)
    row.name = row.name[:LONGEST_NAME]
    return _add(session, desk, profile, row)


def let_count(
    session: Session, desk: Desk, profile: Profile, source_id: int, *, seen: str | None = None
) -> CalendarSource:
    """The person has seen the times and takes them over.

    `seen` is the `fingerprint` of what they saw. Raises Conflict if other times have been found
    since, NotPossible if there are none to count.
    """
    row = source_of(session, profile, source_id)
    if row.state is CalendarSourceState.COUNTS:
        return row
    if row.state is not CalendarSourceState.READ or row.found is None:
        raise NotPossible(N_("This calendar has not been read yet."))
    if seen is not None and seen != fingerprint(row):
        raise Conflict(N_("The calendar has changed in the meantime. Please look at it again."))
    row.state, row.counts_since = CalendarSourceState.COUNTS, desk.now
    # Whoever takes half a reading over has seen what the page says of its gaps.
    row.report = {**row.report, "gaps_accepted": not row.report["complete"]} if row.report else None
    number = count_times(session, row)
    _record(session, desk, row, "calendar_source.counted", {"times": number})
    return row


def stop_counting(
    session: Session, desk: Desk, profile: Profile, source_id: int, *, meant: str | None = None
) -> CalendarSource:
    """Take that back: the times are shown again, and count no more. Raises as `remove` does."""
    row = _meant(session, profile, source_id, meant)
    if row.state is CalendarSourceState.COUNTS:
        row.state, row.counts_since = CalendarSourceState.READ, None
        forget_times(session, row)
        _record(session, desk, row, "calendar_source.stopped", {})
    return row


def remove(
    session: Session, desk: Desk, profile: Profile, source_id: int, *, meant: str | None = None
) -> str:
    """Remove a calendar with all that is known of it; returns its name.

    `meant` is the `identity` of what the person saw. Raises Conflict if it is another one by now:
    the number of a row that is gone may be used again.
    """
    row = _meant(session, profile, source_id, meant)
    _record(session, desk, row, "calendar_source.removed", {})
    forget_times(session, row)
    session.execute(delete(CalendarSource).where(CalendarSource.id == row.id))
    session.expunge(row)
    return row.name


def read_again(session: Session, desk: Desk, profile: Profile, source_id: int) -> CalendarSource:
    """Ask the address now instead of later. Raises NotPossible for a file."""
    row = source_of(session, profile, source_id)
    if row.kind is not CalendarSourceKind.SUBSCRIPTION:
        raise NotPossible(N_("A file is read once. Please hand in a newer one."))
    row.next_at = desk.now
    return row


def fingerprint(row: CalendarSource) -> str:
    """Stands for the times that were found: a reading that finds the same changes nothing."""
    return hashlib.sha256(json.dumps(row.found).encode()).hexdigest()[:16]


def identity(row: CalendarSource) -> str:
    """Tells a calendar from a later one under the same number."""
    return row.created_at.isoformat()


def shown_address(row: CalendarSource) -> str:
    """Where a calendar comes from. The rest of its address is its key."""
    return f"https://{urlsplit(row.url).hostname}/…" if row.url else ""


def _add(session: Session, desk: Desk, profile: Profile, row: CalendarSource) -> CalendarSource:
    held = session.scalar(select(func.count()).where(CalendarSource.person_id == profile.person_id))
    if (held or 0) >= MOST:
        held = (held or 0) - _drop_unreadable(session, desk, profile)
    if (held or 0) >= MOST:
        raise NotPossible(
            N_("You have %(most)s calendars here already. Please remove one first."), most=MOST
        )
    row.person_id = profile.person_id
    row.created_at = row.next_at = desk.now
    session.add(row)
    session.flush()
    _record(session, desk, row, "calendar_source.added", {"kind": row.kind.value})
    return row


def is_unreadable(row: CalendarSource) -> bool:
    """A file of which nothing could be read: it makes room for another one."""
    return row.kind is CalendarSourceKind.UPLOAD and row.state is CalendarSourceState.FAILED


def _drop_unreadable(session: Session, desk: Desk, profile: Profile) -> int:
    """Remove the files of which nothing is known; how many they were."""
    gone = [row for row in sources_of(session, profile) if is_unreadable(row)]
    for row in gone:
        remove(session, desk, profile, row.id)
    return len(gone)


def _meant(session: Session, profile: Profile, source_id: int, meant: str | None) -> CalendarSource:
    row = source_of(session, profile, source_id)
    if meant is not None and meant != identity(row):
        raise Conflict(N_("This is another calendar by now. Please look at it again."))
    return row


def _file_name(name: str) -> str:
    cleaned = clean_line(clean_typed(name).replace("\\", "/").rpartition("/")[2])
    return cleaned[:LONGEST_NAME] or "calendar.ics"


def _record(
    session: Session, desk: Desk, row: CalendarSource, action: str, after: dict[str, object]
) -> None:
    """As a step of the person, whose times the planning reads: plans made before are then old.

    Neither the address nor the name: both may say more than concerns others.
    """
    person = session.get_one(Person, row.person_id)
    audit.record(session, desk, action, person, after={"calendar": row.id, **after})
