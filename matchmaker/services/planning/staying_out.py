"""Requests that an older version places and that cannot have their talks any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.models import PlanningRound, Proposal, Request
from matchmaker.models.states import CLOSED_REQUESTS, TO_CLEAR, TO_PLAN, ProposalSource
from matchmaker.scheduling import proposal as core
from matchmaker.services.desk import Desk
from matchmaker.services.errors import NotPossible
from matchmaker.services.planning.judging import judged, open_requests
from matchmaker.services.planning.proposals import near_of, plan_of, store_proposal
from matchmaker.services.problems import LeftOut, RoundProblem, round_problem
from matchmaker.services.problems.plan_rows import planned, served

OUTSIDE = "outside"
"""The request waits, but for days outside of the round."""

WITHOUT_TALK = (*TO_CLEAR, *TO_PLAN, *CLOSED_REQUESTS)
"""Whoever has an approved talk is not left out of a version: that talk would have to change."""


class StaysOut(NotPossible):
    """Version `number` would come back without requests that nobody has been told of.

    `rows` are all that would stay out.
    """

    def __init__(self, number: int, rows: Sequence[LeftOut]) -> None:
        super().__init__(N_("Some requests of this version cannot have their talks any more."))
        self.number, self.rows = number, rows


def staying_out(session: Session, row: Proposal, made: RoundProblem) -> list[LeftOut]:
    """What the version places and today's question `made` does not know, by code.

    `reason` is one of `LeftOut`, `outside`, or the state of a request that waits for no plan.
    """
    unknown = served(row) - made.problem.request.keys()
    reasons = {one.request: one for one in made.left_out}
    states = session.execute(
        select(Request.code, Request.state)
        .where(Request.code.in_(unknown), Request.state.in_(WITHOUT_TALK))
        .order_by(Request.code)
    )
    return [
        reasons.get(code) or LeftOut(code, OUTSIDE if state in TO_PLAN else state.value)
        for code, state in states
    ]


def store_without(
    session: Session,
    desk: Desk,
    planning_round: PlanningRound,
    row: Proposal,
    out: Sequence[LeftOut],
) -> Proposal:
    """The version once more without these requests, as the current one.

    It comes from the same version, by the same change by hand, so that this can still be undone,
    and it is measured in the same way. Raises RulesBroken.
    """
    made = round_problem(session, desk, planning_round, near=near_of(row))
    gone = {one.request for one in out}
    kept = [made.named(one) for one in planned(row) if one.request not in gone]
    known = {one.request: one for one in plan_of(row).unassigned}
    proposal = core.Proposal(
        status=core.Status.FEASIBLE,
        assignments=tuple(kept),
        unassigned=tuple(
            known.get(code, core.Unassigned(request=code))
            for code in open_requests(made.problem, kept)
        ),
        score=judged(made.problem, kept).score,
        bound=None,
        seconds=0.0,
        seed=row.seed,
    )
    return store_proposal(
        session,
        desk,
        planning_round,
        made,
        proposal,
        source=ProposalSource.MANUAL,
        info=_info(row, made, out),
        instead_of=row,
    )


def _info(row: Proposal, made: RoundProblem, out: Sequence[LeftOut]) -> dict[str, Any]:
    """What has become of the version, and the change by hand that it was."""
    requests = [
        {"request": one.request, "reason": one.reason, "missing": list(one.missing)} for one in out
    ]
    info: dict[str, Any] = {"without": {"version": row.number, "requests": requests}}
    edit = row.content.get("info", {}).get("edit")
    if edit is not None:
        waiting = made.problem.request
        taken_out = {code: why for code, why in edit["taken_out"].items() if code in waiting}
        info["edit"] = {**edit, "taken_out": taken_out}
    return info
