"""Approval: a plan, or a part of it, becomes talks and invitations in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from matchmaker.i18n import N_
from matchmaker.models import (
    Assignment,
    Person,
    PlanningRound,
    Proposal,
    Request,
    Talk,
)
from matchmaker.models.states import (
    AssignmentRole,
    AssignmentState,
    InvitationRole,
    MeetingMode,
    RequestState,
    RoundState,
    TalkState,
)
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, NotPossible
from matchmaker.services.house import audit, uids
from matchmaker.services.inviting import invitations
from matchmaker.services.inviting.feeds import refresh_feeds
from matchmaker.services.inviting.invitations import Place
from matchmaker.services.planning.decisions import use_up_pins
from matchmaker.services.planning.rounds import find_round, locked_round
from matchmaker.services.problems.requests import district
from matchmaker.services.talks.approval_review import (
    Evening,
    MailCount,
    Objection,
    Review,
    count_mails,
    review,
)
from matchmaker.services.talks.overlaps import refusing_overlaps
from matchmaker.services.talks.standing import add_numbered, set_place, set_times
from matchmaker.text import clean_text

NO_PLAN = N_("This round has no plan yet.")
CLOSED = N_("This round is closed.")
NEWER_PLAN = N_("There is a newer plan for this round. Please look at it first.")
STALE = N_("This round has been changed in the meantime. Please look at it again.")
NOT_IN_PLAN = N_("%(request)s has no evening in this plan.")
ALREADY = N_("%(request)s has been approved already. Nothing was sent twice.")
NEEDS_REASON = N_(
    "The evening of %(request)s breaks a rule. Please give a reason, or leave it out."
)
NOTHING = N_("There is nothing left to approve in this plan.")

_INVITED_AS = {
    InvitationRole.SPEAKER: AssignmentRole.SPEAKER,
    InvitationRole.INTERPRETER: AssignmentRole.INTERPRETER,
}


class AlreadyApproved(Conflict):
    """Somebody, or an earlier press of the same button, was faster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalPreview:
    """What a confirm page shows: the evenings in question, the others, and every mail."""

    review: Review
    chosen: tuple[Evening, ...]
    others: tuple[Evening, ...]
    mails: MailCount


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What was done. `left` maps requests that were passed over to what stands against them."""

    talks: tuple[Talk, ...]
    mails: int
    left: Mapping[str, Sequence[Objection]] = field(default_factory=dict)


def preview(
    session: Session, desk: Desk, round_id: int, request_codes: Sequence[str] | None = None
) -> ApprovalPreview:
    """What approving these requests (None: all that may be) would do now. Changes nothing."""
    planning_round = find_round(session, round_id)
    proposal = _proposal(planning_round)
    found = review(session, desk, planning_round, proposal, request_codes)
    chosen = [row for row in found.chosen(request_codes) if row.possible]
    if request_codes is None:
        chosen = [row for row in chosen if not row.needs_reason]
    codes = {row.code for row in chosen}
    return ApprovalPreview(
        review=found,
        chosen=tuple(chosen),
        others=tuple(row for row in found.evenings if row.code not in codes),
        mails=count_mails(chosen),
    )


def approve(
    session: Session,
    desk: Desk,
    round_id: int,
    *,
    requests: Sequence[str] | None = None,
    proposal_id: int | None = None,
    round_version: int | None = None,
    reasons: Mapping[str, str] | None = None,
) -> Approval:
    """Turn evenings of the round's current plan into talks and queue the invitations.

    `requests` None approves every evening that nothing stands against; codes given by name must
    all be possible, and those that break a rule need an entry in `reasons` (by code). Raises
    AlreadyApproved, Conflict (a newer plan, a double booking) and NotPossible; then nothing is
    written.
    """
    planning_round = locked_round(session, round_id)
    proposal = _proposal(planning_round)
    if proposal_id is not None and proposal_id != proposal.id:
        raise Conflict(NEWER_PLAN)
    if round_version is not None and round_version != planning_round.version:
        raise Conflict(STALE)
    _hold_requests(session, proposal)
    given = {code: clean_text(text) for code, text in (reasons or {}).items()}
    found = review(session, desk, planning_round, proposal, requests)
    chosen = _chosen(found, requests, given)
    talks = _write(session, desk, found, chosen)
    mails = _invite(session, desk, talks, chosen)
    _note_talks(session, desk, talks, chosen, given)
    use_up_pins(session, desk, [row.request for row in chosen])
    _advance(session, desk, found, chosen, mails)
    left = {row.code: row.objections for row in found.evenings if row not in chosen}
    return Approval(talks=tuple(talks), mails=mails, left=left)


def _proposal(planning_round: PlanningRound) -> Proposal:
    if planning_round.state is RoundState.CLOSED:
        raise NotPossible(CLOSED)
    if planning_round.current_proposal is None:
        raise NotPossible(NO_PLAN)
    return planning_round.current_proposal


def _hold_requests(session: Session, proposal: Proposal) -> None:
    """Nobody withdraws or approves these requests until we are done."""
    codes = [row["request"] for row in proposal.content["assignments"]]
    session.execute(
        select(Request.id).where(Request.code.in_(codes)).order_by(Request.id).with_for_update()
    ).all()


def _chosen(
    found: Review, codes: Sequence[str] | None, reasons: Mapping[str, str]
) -> list[Evening]:
    if codes is None:
        chosen = [row for row in found.evenings if row.possible and not row.needs_reason]
    else:
        known = {row.code for row in found.evenings}
        for code in codes:
            if code in found.approved:
                raise AlreadyApproved(ALREADY, request=code)
            if code not in known:
                raise NotPossible(NOT_IN_PLAN, request=code)
        chosen = found.chosen(codes)
    for row in chosen:
        final = next((one for one in row.objections if one.final), None)
        if final is not None:
            raise Conflict(final.template, **final.facts)
        if row.needs_reason and not reasons.get(row.code):
            raise NotPossible(NEEDS_REASON, request=row.code)
    if not chosen:
        raise NotPossible(NOTHING)
    return chosen


def _write(session: Session, desk: Desk, found: Review, chosen: Sequence[Evening]) -> list[Talk]:
    """Talks and assignments; what the database refuses as a double booking becomes a Conflict."""
    talks = [_talk(desk, found, row) for row in chosen]
    add_numbered(session, talks)
    rows = [
        Assignment(
            talk_id=talk.id,
            person_id=mail.person.id,
            role=_INVITED_AS[mail.role],
            state=AssignmentState.APPROVED,
            starts_at=talk.starts_at,
            ends_at=talk.ends_at,
        )
        for talk, evening in zip(talks, chosen, strict=True)
        for mail in evening.mails
        if mail.role in _INVITED_AS
    ]
    # In one order everywhere, so that two approvals wait for each other instead of blocking.
    rows.sort(key=lambda row: (row.person_id, row.starts_at))
    with refusing_overlaps(session, rows):
        session.add_all(rows)
    together = select(Talk).where(Talk.id.in_([talk.id for talk in talks]))
    team = selectinload(Talk.assignments).joinedload(Assignment.person)
    session.scalars(
        together.options(team.joinedload(Person.organisation)).execution_options(
            populate_existing=True
        )
    ).all()
    return talks


def _talk(desk: Desk, found: Review, row: Evening) -> Talk:
    request = row.request
    talk = Talk(
        uid=uids.talk_uid(desk),
        format=request.format,
        request=request,
        organisation=request.organisation,
        round_id=found.round.id,
        proposal_id=found.proposal.id,
        title=request.topics[0].topic.name_de if request.topics else request.other_topic[:200],
        state=TalkState.CONFIRMED,
        language_tag=row.assignment.language,
        created_at=desk.now,
    )
    set_times(talk, row.start, row.end - row.start, desk.settings.timezone)
    set_place(
        talk,
        MeetingMode(row.assignment.mode.value),
        venue=request.venue,
        address=request.address,
        district_nr=district(request),
    )
    return talk


def _invite(session: Session, desk: Desk, talks: Sequence[Talk], chosen: Sequence[Evening]) -> int:
    """One invitation a person and talk, then everybody's feed once; how many mails were queued."""
    places = []
    for talk, evening in zip(talks, chosen, strict=True):
        assigned = {row.person_id: row for row in talk.assignments}
        places += [
            Place(
                talk=talk,
                person=mail.person,
                role=mail.role,
                assignment=assigned.get(mail.person.id),
            )
            for mail in evening.mails
        ]
    made = invitations.invite_all(session, desk, places)
    refresh_feeds(session, desk, sorted({place.person.id for place in places}))
    return sum(invitation.first_message_id is not None for invitation in made)


def _note_talks(
    session: Session,
    desk: Desk,
    talks: Sequence[Talk],
    chosen: Sequence[Evening],
    reasons: Mapping[str, str],
) -> None:
    changes = []
    for talk, row in zip(talks, chosen, strict=True):
        before, row.request.state = row.request.state, RequestState.SCHEDULED
        reason = reasons.get(row.code) or row.reason
        changes += [_talk_approved(row, talk, reason), _request_scheduled(row, talk, before)]
    audit.record_all(session, desk, changes)


def _talk_approved(row: Evening, talk: Talk, reason: str) -> audit.Change:
    return audit.Change(
        action="talk.approved",
        subject=talk,
        after={
            "request": row.code,
            "starts": talk.starts_local,
            "language": talk.language_tag,
            "people": [mail.person.code for mail in row.mails],
            "broken_rules": sorted({objection.code for objection in row.objections}),
        },
        reason=reason if row.objections else "",
    )


def _request_scheduled(row: Evening, talk: Talk, before: RequestState) -> audit.Change:
    return audit.Change(
        action="request.scheduled",
        subject=row.request,
        before={"state": before.value},
        after={"state": RequestState.SCHEDULED.value, "talk": talk.code},
    )


def _advance(
    session: Session, desk: Desk, found: Review, chosen: Sequence[Evening], mails: int
) -> None:
    """The round is approved when nothing of its plan is left that could be."""
    left = [row.code for row in found.evenings if row.possible and row not in chosen]
    before = found.round.state
    found.round.state = RoundState.IN_REVIEW if left else RoundState.APPROVED
    _note_round(
        session, desk, found.round, "round.approved", before,
        approved=[row.code for row in chosen], left=left, mails=mails,
        proposal=found.proposal.number,
    )  # fmt: skip


def _note_round(
    session: Session,
    desk: Desk,
    row: PlanningRound,
    action: str,
    before: RoundState,
    **facts: object,
) -> None:
    audit.record(
        session,
        desk,
        action,
        row,
        before={"state": before.value},
        after={"state": row.state.value, **facts},
    )
