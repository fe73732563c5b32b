"""Going back to an earlier version, and what becomes of decisions."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from matchmaker.models import PlanningRound, Proposal
from matchmaker.models.states import RequestState, RoundState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, NotFound
from matchmaker.services.planning import decisions, going_back
from matchmaker.services.planning.judging import RulesBroken
from matchmaker.services.problems.plan_rows import standing_decisions
from tests import factories
from tests.services.plans import TUESDAY, evening, stored_plan

WEEK_LATER = TUESDAY.replace(day=26)


@pytest.fixture
def planning_round(session: Session) -> PlanningRound:
    for code in ("R01", "R02"):
        factories.speaker(session, topics={"ANE-01": 2}, weekly=((1, 16, 21),), code=code)
    return factories.planning_round(session)


@pytest.fixture
def two_versions(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> tuple[Any, Proposal, Proposal]:
    request = factories.request(session)
    first = stored_plan(session, desk, planning_round, evening(request, "R01"))
    second = stored_plan(session, desk, planning_round, evening(request, "R02", start=WEEK_LATER))
    session.flush()
    return request, first, second


def test_an_earlier_version_can_be_taken_up_again(
    session: Session,
    desk: Desk,
    planning_round: PlanningRound,
    two_versions: tuple[Any, Proposal, Proposal],
) -> None:
    request, first, _ = two_versions
    going_back.adopt(session, desk, planning_round.id, 1, base=2)
    assert planning_round.current_proposal is first
    assert (request.state, planning_round.state) == (
        RequestState.PROPOSED,
        RoundState.IN_REVIEW,
    )


def test_taking_up_a_version_undoes_pins_that_it_does_not_follow(
    session: Session,
    desk: Desk,
    planning_round: PlanningRound,
    two_versions: tuple[Any, Proposal, Proposal],
) -> None:
    request, _, _ = two_versions
    decisions.pin(session, desk, planning_round.id, request.code)
    going_back.adopt(session, desk, planning_round.id, 1, base=2)
    assert standing_decisions(session, planning_round.id) == []


def test_a_version_that_does_not_fit_any_more_is_refused(
    session: Session,
    desk: Desk,
    planning_round: PlanningRound,
    two_versions: tuple[Any, Proposal, Proposal],
) -> None:
    request, _, second = two_versions
    decisions.ban_person(session, desk, planning_round.id, request.code, "R01")
    with pytest.raises(RulesBroken) as refusal:
        going_back.adopt(session, desk, planning_round.id, 1, base=2)
    assert [breach.code for breach in refusal.value.breaches] == ["team"]
    assert planning_round.current_proposal is second


def test_a_stale_tab_takes_up_nothing(
    session: Session,
    desk: Desk,
    planning_round: PlanningRound,
    two_versions: tuple[Any, Proposal, Proposal],
) -> None:
    with pytest.raises(Conflict):
        going_back.adopt(session, desk, planning_round.id, 1, base=1)


def test_an_unknown_version_is_not_found(
    session: Session,
    desk: Desk,
    planning_round: PlanningRound,
    two_versions: tuple[Any, Proposal, Proposal],
) -> None:
    with pytest.raises(NotFound):
        going_back.adopt(session, desk, planning_round.id, 7, base=2)
