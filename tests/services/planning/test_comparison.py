"""Two stored versions side by side, measured by the question of the later one."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from matchmaker.models import PlanningRound, Proposal
from matchmaker.scheduling.fairness import fairness_of
from matchmaker.scheduling.formats.encode import encoded
from matchmaker.services.desk import Desk
from matchmaker.services.planning import decisions, edits
from matchmaker.services.planning.comparison import compared, fairness_figures
from matchmaker.services.planning.proposals import plan_of, problem_of
from tests import factories
from tests.services.plans import TUESDAY, evening, stored_plan

WEEK_LATER = TUESDAY.replace(day=26)


@pytest.fixture
def planning_round(session: Session) -> PlanningRound:
    for code in ("R01", "R02"):
        factories.speaker(session, topics={"ANE-01": 3}, weekly=((1, 16, 21),), code=code)
    return factories.planning_round(session)


def measured(proposal: Proposal) -> object:
    return encoded(fairness_of(problem_of(proposal), plan_of(proposal).assignments))


def test_a_version_by_hand_states_its_own_fairness(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    request = factories.request(session, max_speakers=2)
    made = stored_plan(session, desk, planning_round, evening(request, "R01"))
    changed = edits.place(session, desk, planning_round.id, evening(request, "R01", "R02"), base=1)
    for row in (made, changed):
        assert row.content["info"]["fairness"] == fairness_figures(row) == measured(row)
    assert [fairness_figures(row)["speakers"]["with_talk"] for row in (made, changed)] == [1, 2]


def test_a_version_from_before_fairness_was_kept_is_measured(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    row = stored_plan(session, desk, planning_round, evening(factories.request(session), "R01"))
    session.expunge(row)
    row.content = {**row.content, "info": {}}
    assert fairness_figures(row) == measured(row)


def test_versions_are_compared_with_reasons(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    first, second = factories.request(session), factories.request(session)
    one = stored_plan(session, desk, planning_round, evening(first, "R01"))
    other = stored_plan(
        session,
        desk,
        planning_round,
        evening(first, "R01", start=WEEK_LATER),
        evening(second, "R01"),
    )
    found = compared(one, other).comparison
    assert found.served.gained == (second.code,)
    moved = next(row for row in found.talks if row.request == first.code)
    assert (moved.changed, moved.made_room_for) == (("start",), (second.code,))


def test_a_request_left_out_since_then_is_lost_without_points(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    request = factories.request(session)
    one = stored_plan(session, desk, planning_round, evening(request, "R01"))
    decisions.leave_out(session, desk, planning_round.id, request.code)
    found = compared(one, stored_plan(session, desk, planning_round)).comparison
    assert [(row.request, row.after, row.old_place) for row in found.talks] == [
        (request.code, None, None)
    ]
    assert found.score["total"].before == 0


def test_a_ban_in_between_does_not_make_the_language_another_one(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    """The later question has a name of its own for the request's language."""
    for code in ("S1", "S2"):
        factories.interpreter(session, code=code, weekly=((1, 16, 21),))
    request = factories.request(session, languages=("ar",))
    plan = evening(request, "R01", interpreters=["S2"], language="ar")
    one = stored_plan(session, desk, planning_round, plan)
    decisions.ban_person(session, desk, planning_round.id, request.code, "S1")
    other = stored_plan(
        session,
        desk,
        planning_round,
        evening(request, "R01", interpreters=["S2"], language=f"ar~{request.code}"),
    )
    assert compared(one, other).comparison.talks == ()
