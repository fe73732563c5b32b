"""What the coordination does with a request: clear it, hold it back, close it, open it again.

Every step can be undone; what stands in a plan is planned anew, never half.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.i18n import N_
from matchmaker.models import (
    AuditEntry,
    DuplicateFlag,
    Organisation,
    Person,
    Request,
    RequestLanguage,
    RequestTopic,
)
from matchmaker.models.states import (
    CLOSED_REQUESTS,
    OPEN_REQUESTS,
    TO_CLEAR,
    DuplicateState,
    Format,
    RequestState,
    Role,
)
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, Invalid, NotFound, NotPossible
from matchmaker.services.house import audit
from matchmaker.services.planning import no_date
from matchmaker.services.problems.requests import missing_parts
from matchmaker.services.requests import asking
from matchmaker.services.sending import no_date_letters
from matchmaker.text import clean_line, clean_text

LONGEST_REASON = 1000
UNDO_WITHIN = timedelta(days=1)

ALLOWED = {
    RequestState.READY: TO_CLEAR,
    RequestState.IN_CLARIFICATION: OPEN_REQUESTS,
    RequestState.NOT_POSSIBLE: OPEN_REQUESTS,
    RequestState.WITHDRAWN: OPEN_REQUESTS,
}
"""From which states a request can be put into a state by hand."""

STALE = N_("This request has been changed in the meantime. Please look at it again.")
NO_SUCH_REQUEST = N_("There is no such request.")
NOT_NOW = N_("In its present state this cannot be done with the request.")
HAS_DATE = N_("The talk has a date already. Please call it off first.")
INCOMPLETE = N_("The request is not complete yet. Please add what is missing.")
REASON_NEEDED = N_("Reason: please write in one sentence why it is not possible.")
QUESTION_NEEDED = N_("Question: please write what you want to know.")
REASON_LONG = N_("Reason: please write at most 1000 characters.")
NOTHING_TO_UNDO = N_("There is nothing to undo any more.")

_ACTIONS = {
    RequestState.READY: "request.ready",
    RequestState.IN_CLARIFICATION: "request.clarified",
    RequestState.NOT_POSSIBLE: "request.not_possible",
    RequestState.WITHDRAWN: "request.withdrawn",
}
COORDINATION = frozenset({Role.COORDINATOR, Role.ADMIN})
REOPENED, UNDONE = "request.reopened", "request.undone"


def request_by_code(session: Session, code: str, *, to_write: bool = False) -> Request:
    """A request that was sent, with everything that belongs to it; NotFound for drafts."""
    query = (
        select(Request)
        .where(Request.code == clean_line(code), Request.state != RequestState.DRAFT)
        .options(
            joinedload(Request.organisation).selectinload(Organisation.people),
            joinedload(Request.contact),
            joinedload(Request.venue),
            selectinload(Request.topics).joinedload(RequestTopic.topic),
            selectinload(Request.languages).joinedload(RequestLanguage.language),
            selectinload(Request.windows),
            selectinload(Request.days_off),
            selectinload(Request.speaker_wishes),
        )
    )
    if to_write:
        query = query.with_for_update(of=Request).execution_options(populate_existing=True)
    request = session.scalars(query).one_or_none()
    if request is None:
        raise NotFound(NO_SUCH_REQUEST)
    return request


def missing(request: Request) -> list[str]:
    """What the planning still needs to know: names of parts, empty when it can be ready."""
    parts = missing_parts(request)
    if not request.people:
        parts.append("people")
    if request.date_to is None and not any(row.day for row in request.windows):
        parts.append("period")
    return parts


def set_ready(
    session: Session, desk: Desk, request: Request, *, version: int | None = None
) -> None:
    """Let the next plan take it up. Raises NotPossible if something is missing."""
    if request.state is RequestState.READY:
        return
    if missing(request):
        raise NotPossible(INCOMPLETE)
    _become(session, desk, request, RequestState.READY, version=version)


def clarify(
    session: Session,
    desk: Desk,
    request: Request,
    *,
    reason: str = "",
    version: int | None = None,
) -> bool:
    """Hold it back: something has to be talked about. Whether a mail asks for it.

    `reason` is the question, shown and mailed to those who asked; without one there is no mail.
    Later it can still be asked; then Invalid is raised without one.
    """
    is_later = request.state is RequestState.IN_CLARIFICATION
    if is_later and not clean_text(reason):
        raise Invalid({"reason": QUESTION_NEEDED})
    _become(session, desk, request, RequestState.IN_CLARIFICATION, reason=reason, version=version)
    return asking.ask(session, desk, request, request.state_reason)


def not_possible(
    session: Session, desk: Desk, request: Request, reason: str, *, version: int | None = None
) -> None:
    """Say no for now; `reason` is mailed to those who asked. Raises Invalid without one."""
    if not clean_text(reason):
        raise Invalid({"reason": REASON_NEEDED})
    _become(session, desk, request, RequestState.NOT_POSSIBLE, reason=reason, version=version)
    no_date.tell_reason(session, desk, request)


def withdraw(
    session: Session,
    desk: Desk,
    request: Request,
    *,
    reason: str = "",
    version: int | None = None,
) -> None:
    """Take it back on the association's behalf."""
    _become(session, desk, request, RequestState.WITHDRAWN, reason=reason, version=version)


def reopen(session: Session, desk: Desk, request: Request, *, version: int | None = None) -> None:
    """Go on with a closed request, in clarification; a merged one is one of two again."""
    _require_version(request, version)
    if request.state not in CLOSED_REQUESTS:
        raise NotPossible(NOT_NOW)
    if request.state is RequestState.DUPLICATE:
        request.duplicate_of_id = None
        _keep_apart(session, desk, request)
    _put(session, desk, request, RequestState.IN_CLARIFICATION, REOPENED, reason="")


def undoable(session: Session, desk: Desk, request: Request) -> AuditEntry | None:
    """The newest step by hand, for a day and as long as nothing has happened since."""
    entry = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.subject_kind == Request.__tablename__, AuditEntry.subject_id == request.id
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).one_or_none()
    if entry is None or entry.at + UNDO_WITHIN < desk.now:
        return None
    by_hand = entry.action in (*_ACTIONS.values(), REOPENED)
    if (
        not by_hand
        or not _by_coordination(session, entry)
        or request.state.value != entry.after.get("state")
    ):
        return None
    before = entry.before.get("state")
    if before not in [state.value for state in (*OPEN_REQUESTS, *CLOSED_REQUESTS)]:
        return None
    return None if before == RequestState.DUPLICATE.value else entry


def _by_coordination(session: Session, entry: AuditEntry) -> bool:
    """What those who asked did themselves is not taken back over their heads."""
    person = session.get(Person, entry.actor_id) if entry.actor_id else None
    return person is not None and not COORDINATION.isdisjoint(person.roles)


def undo(session: Session, desk: Desk, request: Request, *, version: int | None = None) -> None:
    """Take the newest step back. What a plan had placed waits for the next plan."""
    _require_version(request, version)
    entry = undoable(session, desk, request)
    if entry is None:
        raise NotPossible(NOTHING_TO_UNDO)
    before = RequestState(entry.before["state"])
    state = RequestState.READY if before is RequestState.PROPOSED else before
    _put(session, desk, request, state, UNDONE, reason=str(entry.before.get("reason", "")))


def join_contact(session: Session, desk: Desk, request: Request) -> None:
    """Make the contact a member of the association; only who belongs to nobody yet."""
    contact, host = request.contact, request.organisation
    if contact is None or host is None or contact.organisation_id is not None:
        raise NotPossible(NOT_NOW)
    contact.organisation = host
    audit.record(
        session,
        desk,
        "person.changed",
        contact,
        before={"organisation": None},
        after={"organisation": host.code},
    )


def history(session: Session, request: Request) -> Sequence[AuditEntry]:
    """What has happened to it, the newest first."""
    return session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.subject_kind == Request.__tablename__, AuditEntry.subject_id == request.id
        )
        .order_by(AuditEntry.id.desc())
        .limit(100)
    ).all()


def _become(
    session: Session,
    desk: Desk,
    request: Request,
    state: RequestState,
    *,
    reason: str = "",
    version: int | None,
) -> None:
    _require_version(request, version)
    if request.state is RequestState.SCHEDULED:
        raise NotPossible(HAS_DATE)
    if request.state not in ALLOWED[state] or request.format is not Format.TALK:
        raise NotPossible(NOT_NOW)
    if len(clean_text(reason)) > LONGEST_REASON:
        raise Invalid({"reason": REASON_LONG})
    _put(session, desk, request, state, _ACTIONS[state], reason=clean_text(reason))


def _put(
    session: Session, desk: Desk, request: Request, state: RequestState, action: str, *, reason: str
) -> None:
    before = {"state": request.state.value, "reason": request.state_reason}
    no_date_letters.take_back(session, request)
    asking.take_back(session, request)
    request.state, request.state_reason, request.updated_at = state, reason, desk.now
    audit.record(
        session,
        desk,
        action,
        request,
        before=before,
        after={"state": state.value, "reason": reason},
        reason=reason,
    )


def _require_version(request: Request, version: int | None) -> None:
    if version is not None and version != request.version:
        raise Conflict(STALE)


def _keep_apart(session: Session, desk: Desk, request: Request) -> None:
    flags = session.scalars(
        select(DuplicateFlag).where(
            (DuplicateFlag.first_id == request.id) | (DuplicateFlag.second_id == request.id),
            DuplicateFlag.state == DuplicateState.MERGED,
        )
    )
    for row in flags:
        row.state, row.decided_at, row.decided_by_id = DuplicateState.KEPT, desk.now, desk.actor.id
