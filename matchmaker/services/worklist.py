"""What needs a person of the coordination, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from matchmaker.models import (
    Assignment,
    Invitation,
    Organisation,
    OutboxMessage,
    Person,
    PlanningRound,
    Profile,
    Request,
    Response,
    SolveRun,
    Talk,
)
from matchmaker.models.states import (
    ACTIVE_RUNS,
    STUCK_MAILS,
    TO_CLEAR,
    AssignmentState,
    InvitationRole,
    InvitationState,
    RequestState,
    RoundState,
    RunState,
    TalkState,
)
from matchmaker.services.desk import Desk
from matchmaker.services.inviting.responses import Outcome
from matchmaker.services.people.availability import HOLDS
from matchmaker.services.requests import duplicates
from matchmaker.services.sending import mail_trouble
from matchmaker.services.talks.interpreting import (
    interpreters_missing,
    talks_without_interpreters,
)

TO_SETTLE = (Outcome.AHEAD.value, Outcome.TAKEN.value)
"""What became of answers about which a person has to decide."""
ANSWER_WANTED_WITHIN = timedelta(days=10)
SOON = timedelta(days=14)
MOST_SINGLE = 3
"""So many talks to mark stand one by one; more of them are a single task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do. `kind` says what, `facts` about whom; `since` is when it came up."""

    kind: str
    since: datetime | None = None
    count: int = 1
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How things stand. `soon` counts the talks of the next 14 days."""

    waiting: int
    ready: int
    soon: int
    coming: int
    unanswered: int


def worklist(session: Session, desk: Desk) -> list[Task]:
    """Everything that waits for a decision; empty when there is nothing to do."""
    return [
        *_mail(session, desk),
        *_declined(session, desk),
        *_without_interpreter(session, desk),
        *_odd_answers(session, desk),
        *_unanswered(session, desk),
        *_duplicates(session),
        *_waiting_requests(session),
        *_planning(session, desk),
        *_talks_to_mark(session, desk),
        *_old_availability(session, desk),
    ]


def figures(session: Session, desk: Desk) -> Figures:
    requests = _by_state(session)
    coming = (Talk.state == TalkState.CONFIRMED, Talk.starts_at >= desk.now)
    talks = session.execute(
        select(
            func.count(),
            func.count().filter(Talk.starts_at < desk.now + SOON),
        )
        .select_from(Talk)
        .where(*coming)
    ).one()
    unanswered = session.scalar(
        select(func.count())
        .select_from(Invitation)
        .join(Talk)
        .where(Invitation.state == InvitationState.OPEN, *coming)
    )
    return Figures(
        waiting=sum(requests.get(state, 0) for state in TO_CLEAR),
        ready=requests.get(RequestState.READY, 0),
        soon=talks[1],
        coming=talks[0],
        unanswered=unanswered or 0,
    )


def _by_state(session: Session) -> dict[RequestState, int]:
    rows = session.execute(select(Request.state, func.count()).group_by(Request.state))
    return {row[0]: row[1] for row in rows}


def _mail(session: Session, desk: Desk) -> Iterator[Task]:
    """Mail that does not get out: everything, or single ones."""
    trouble = mail_trouble.trouble(session, desk.settings)
    if trouble is not None:
        facts = {"text": trouble.text, "detail": trouble.detail}
        yield Task(kind="mail_trouble", since=trouble.since, facts=facts)
    rows = session.execute(
        select(
            OutboxMessage.state,
            func.count(),
            func.min(OutboxMessage.created_at),
            func.max(OutboxMessage.recipient),
        )
        .where(OutboxMessage.state.in_(STUCK_MAILS))
        .group_by(OutboxMessage.state)
        .order_by(OutboxMessage.state)
    )
    for state, count, since, recipient in rows:
        facts = {"recipient": recipient}
        yield Task(kind=f"mail_{state.value}", since=since, count=count, facts=facts)


def _declined(session: Session, desk: Desk) -> Iterator[Task]:
    """Somebody will not come to a talk that still stands."""
    declined = (
        select(Invitation)
        .join(Talk)
        .outerjoin(Assignment, Assignment.id == Invitation.assignment_id)
        .where(
            Invitation.state == InvitationState.DECLINED,
            Invitation.role != InvitationRole.GUEST,
            Talk.state == TalkState.CONFIRMED,
            Talk.starts_at >= desk.now,
            or_(Assignment.id.is_(None), Assignment.state == AssignmentState.DECLINED),
        )
        .options(
            joinedload(Invitation.talk).joinedload(Talk.organisation),
            joinedload(Invitation.person),
        )
        .order_by(Talk.starts_at)
    )
    for row in session.scalars(declined):
        yield Task(
            kind="host_declined" if row.role is InvitationRole.HOST else "declined",
            since=row.answered_at,
            facts={
                "name": row.person.name,
                "talk": row.talk.code,
                "host": row.talk.organisation.name,
                "starts_at": row.talk.starts_at,
            },
        )


def _without_interpreter(session: Session, desk: Desk) -> Iterator[Task]:
    for talk in talks_without_interpreters(session, desk):
        facts = {
            "talk": talk.code,
            "host": talk.organisation.name,
            "starts_at": talk.starts_at,
            "language": talk.language_tag,
        }
        yield Task(kind="interpreter_missing", count=interpreters_missing(talk), facts=facts)


def _odd_answers(session: Session, desk: Desk) -> Iterator[Task]:
    """Answers that could not count and whose senders believe that they do.

    Settled by any later answer, also by one that the coordination enters.
    """
    last = select(func.max(Response.id)).group_by(Response.invitation_id)
    rows = session.scalars(
        select(Response)
        .join(Response.invitation)
        .join(Invitation.talk)
        .where(
            Response.id.in_(last),
            Response.outcome.in_(TO_SETTLE),
            Invitation.state != InvitationState.CANCELLED,
            Talk.state == TalkState.CONFIRMED,
            Talk.starts_at >= desk.now,
        )
        .options(
            contains_eager(Response.invitation).options(
                contains_eager(Invitation.talk).joinedload(Talk.organisation),
                joinedload(Invitation.person),
            )
        )
        .order_by(Talk.starts_at, Response.id)
    )
    for row in rows:
        talk = row.invitation.talk
        yield Task(
            kind=f"answer_{row.outcome}",
            since=row.received_at,
            facts={
                "name": row.invitation.person.name,
                "talk": talk.code,
                "invitation": row.invitation_id,
                "host": talk.organisation.name,
                "starts_at": talk.starts_at,
            },
        )


def _unanswered(session: Session, desk: Desk) -> Iterator[Task]:
    """Talks that come soon and have invitations without an answer, one task a talk."""
    rows = session.execute(
        select(Talk.code, Organisation.name, Talk.starts_at, func.count(), func.max(Person.name))
        .join(Organisation, Organisation.id == Talk.organisation_id)
        .join(Invitation, Invitation.talk_id == Talk.id)
        .join(Person, Person.id == Invitation.person_id)
        .where(
            Talk.state == TalkState.CONFIRMED,
            Talk.starts_at >= desk.now,
            Talk.starts_at < desk.now + ANSWER_WANTED_WITHIN,
            Invitation.state == InvitationState.OPEN,
        )
        .group_by(Talk.id, Talk.code, Organisation.name, Talk.starts_at)
        .order_by(Talk.starts_at)
    )
    for code, host, starts_at, count, name in rows:
        facts = {"talk": code, "host": host, "name": name, "starts_at": starts_at}
        yield Task(kind="unanswered", count=count, facts=facts)


def _duplicates(session: Session) -> Iterator[Task]:
    for flag in duplicates.open_flags(session):
        host = flag.first.organisation
        facts = {
            "flag": flag.id,
            "first": flag.first.code,
            "second": flag.second.code,
            "host": host.name if host else "",
        }
        yield Task(kind="duplicate", since=flag.found_at, facts=facts)


def _waiting_requests(session: Session) -> Iterator[Task]:
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


def _planning(session: Session, desk: Desk) -> Iterator[Task]:
    """Plans that failed, plans to look at, and requests that no plan has seen yet."""
    working = session.scalars(
        select(PlanningRound)
        .where(PlanningRound.state != RoundState.CLOSED, PlanningRound.last_day >= desk.today)
        .options(joinedload(PlanningRound.current_proposal))
        .order_by(PlanningRound.first_day, PlanningRound.id)
    ).all()
    runs = _last_runs(session, working)
    to_review = False
    for row in working:
        run, facts = runs.get(row.id), {"round": row.id, "name": row.name}
        if run is not None and run.state is RunState.FAILED:
            yield Task(kind="plan_failed", since=run.finished_at, facts=facts)
        elif run is not None and run.state in ACTIVE_RUNS:
            yield Task(kind="plan_running", since=run.requested_at, facts=facts | {"run": run.id})
        proposal = row.current_proposal
        if proposal is not None and row.state in {RoundState.COMPUTED, RoundState.IN_REVIEW}:
            to_review = True
            yield Task(
                kind="proposal",
                since=proposal.created_at,
                count=proposal.served,
                facts=facts | {"number": proposal.number, "unserved": proposal.unserved},
            )
    if not to_review and not any(_is_active(run) for run in runs.values()):
        yield from _ready(session, working)


def _last_runs(session: Session, working: Sequence[PlanningRound]) -> dict[int, SolveRun]:
    runs = session.scalars(
        select(SolveRun)
        .where(SolveRun.round_id.in_([row.id for row in working]))
        .order_by(SolveRun.id)
    )
    return {run.round_id: run for run in runs}


def _is_active(run: SolveRun) -> bool:
    return run.state in ACTIVE_RUNS


def _ready(session: Session, working: Sequence[PlanningRound]) -> Iterator[Task]:
    """Requests without a talk: in a round that has not been planned, left over, or in none."""
    count, since = session.execute(
        select(func.count(), func.min(Request.submitted_at)).where(
            Request.state == RequestState.READY
        )
    ).one()
    if not count:
        return
    fresh = [row for row in working if row.state is RoundState.OPEN]
    for kind, rounds in (("ready", fresh), ("left_over", working)):
        if rounds:
            facts = {"round": rounds[0].id, "name": rounds[0].name}
            if kind == "left_over":
                facts["unplaced"] = _unplaced(session, rounds)
            yield Task(kind=kind, since=since, count=count, facts=facts)
            return
    yield Task(kind="ready_without_round", since=since, count=count)


def _unplaced(session: Session, working: Sequence[PlanningRound]) -> int:
    """How many ready requests their plan found no evening for; people took the others out."""
    plans = [row.current_proposal.content for row in working if row.current_proposal]
    codes = {row["request"] for plan in plans for row in plan["unassigned"]}
    found = session.scalar(
        select(func.count()).where(Request.state == RequestState.READY, Request.code.in_(codes))
    )
    return found or 0


def _talks_to_mark(session: Session, desk: Desk) -> Iterator[Task]:
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


def _old_availability(session: Session, desk: Desk) -> Iterator[Task]:
    old = or_(Profile.confirmed_at.is_(None), Profile.confirmed_at <= desk.now - HOLDS)
    count, since, name = session.execute(
        select(func.count(), func.min(Profile.confirmed_at), func.min(Person.name))
        .select_from(Profile)
        .join(Person)
        .where(Person.active, old)
    ).one()
    if count:
        yield Task(kind="old_times", since=since, count=count, facts={"name": name})
