"""Plans made by hand, so that approval can be tested without the solver."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from matchmaker.models import PlanningRound, Proposal, Request
from matchmaker.models.states import ProposalSource
from matchmaker.scheduling import proposal as core
from matchmaker.scheduling.problem import Assignment, Mode
from matchmaker.services.desk import Desk
from matchmaker.services.planning.judging import judged, open_requests
from matchmaker.services.planning.proposals import store_proposal
from matchmaker.services.problems import round_problem

TUESDAY = datetime(2027, 1, 19, 18, 0)  # noqa: DTZ001  # plans speak of wall-clock time
TUESDAY_UTC = datetime(2027, 1, 19, 17, 0, tzinfo=UTC)


def evening(
    request: Request,
    *speakers: str,
    start: datetime = TUESDAY,
    interpreters: Sequence[str] = (),
    language: str = "de",
) -> Assignment:
    return Assignment(
        request=request.code,
        start=start,
        mode=Mode.ONSITE,
        language=language,
        speakers=tuple(sorted(speakers)),
        interpreters=tuple(sorted(interpreters)),
    )


def stored_plan(
    session: Session,
    desk: Desk,
    planning_round: PlanningRound,
    *assignments: Assignment,
    source: ProposalSource = ProposalSource.SOLVER,
    reasons: tuple[str, ...] = (),
    near: Sequence[Assignment] = (),
) -> Proposal:
    """A true proposal with these evenings, as the solver would have left it.

    `reasons` are those of every request that it leaves open, `near` what it was to keep.
    """
    made = round_problem(session, desk, planning_round, near=near)
    verdict = judged(made.problem, assignments)
    return store_proposal(
        session,
        desk,
        planning_round,
        made,
        core.Proposal(
            status=core.Status.FEASIBLE,
            assignments=tuple(sorted(assignments, key=lambda row: row.request)),
            unassigned=tuple(
                core.Unassigned(request=code, reasons=reasons)
                for code in open_requests(made.problem, assignments)
            ),
            score=verdict.score,
            bound=None,
            seconds=0.1,
            seed=0,
            warnings=verdict.rule_warnings,
        ),
        source=source,
    )
