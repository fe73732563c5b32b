from __future__ import annotations

import gzip
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from matchmaker.models import PlanningRound, Proposal
from matchmaker.models.states import DecisionKind, ProposalSource, RequestState, RoundState
from matchmaker.scheduling import proposal as core
from matchmaker.services.desk import Desk
from matchmaker.services.planning import decisions, proposals
from matchmaker.services.planning.judging import RulesBroken, judged
from matchmaker.services.problems import round_problem
from matchmaker.services.problems.plan_rows import planned, standing_decisions
from tests import factories
from tests.services.plans import TUESDAY, evening, stored_plan

WEEK_LATER = TUESDAY.replace(day=26)


@pytest.fixture
def planning_round(session: Session) -> PlanningRound:
    factories.speaker(
        session,
        topics={"ANE-01": 3},
        weekly=((1, 16, 21),),
        code="R01",
        profile={"max_per_day": 2},
    )
    factories.speaker(session, topics={"ANE-01": 2}, weekly=((1, 16, 21),), code="R02")
    return factories.planning_round(session)


def test_a_stored_proposal_keeps_its_question_and_where_it_came_from(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    request = factories.request(session)
    waiting = factories.request(session, weekly=((6, 3, 5),))
    row = stored_plan(session, desk, planning_round, evening(request, "R01"))
    problem = proposals.problem_of(row)
    assert problem == round_problem(session, desk, planning_round).problem
    assert (row.number, row.served, row.unserved, row.parent_id) == (1, 1, 1, None)
    assert row.content["unassigned"] == [{"request": waiting.code}]
    assert row.content_hash == proposals.content_hash(gzip.decompress(row.problem), row.content)
    assert row.total == judged(problem, planned(row)).score.total


def test_equal_plans_of_equal_problems_have_equal_bytes(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    request = factories.request(session)
    rows = [stored_plan(session, desk, planning_round, evening(request, "R01")) for _ in range(2)]
    assert rows[0].problem == rows[1].problem
    assert rows[0].content_hash == rows[1].content_hash
    assert [row.number for row in rows] == [1, 2]
    assert rows[1].parent_id == rows[0].id


def test_the_database_refuses_to_change_a_proposal(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    row = stored_plan(session, desk, planning_round, evening(factories.request(session), "R01"))
    session.commit()
    row.total = 1_000_000
    with pytest.raises(DBAPIError):
        session.flush()


def test_requests_follow_the_current_version(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    first, second = factories.request(session), factories.request(session)
    stored_plan(session, desk, planning_round, evening(first, "R01"))
    assert [first.state, second.state] == [RequestState.PROPOSED, RequestState.READY]
    stored_plan(session, desk, planning_round, evening(second, "R01"))
    assert [first.state, second.state] == [RequestState.READY, RequestState.PROPOSED]


def test_a_request_withdrawn_meanwhile_stays_withdrawn(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    request = factories.request(session)
    made = round_problem(session, desk, planning_round)
    verdict = judged(made.problem, [evening(request, "R01")])
    request.state = RequestState.WITHDRAWN
    session.flush()
    plan = core.Proposal(
        status=core.Status.FEASIBLE, assignments=(evening(request, "R01"),), unassigned=(),
        score=verdict.score, bound=None, seconds=0.0, seed=0,
    )  # fmt: skip
    proposals.store_proposal(
        session, desk, planning_round, made, plan, source=ProposalSource.SOLVER
    )
    assert request.state is RequestState.WITHDRAWN


def test_a_plan_that_breaks_a_rule_is_not_kept(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    request = factories.request(session)
    with pytest.raises(RulesBroken) as refusal:
        stored_plan(
            session, desk, planning_round, evening(request, "R01", start=TUESDAY.replace(hour=9))
        )
    assert {breach.code for breach in refusal.value.breaches} == {"window", "availability"}
    assert session.scalars(select(Proposal)).all() == []


def test_a_plan_that_misstates_its_score_is_not_kept(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    made = round_problem(session, desk, planning_round)
    plan = core.Proposal(
        status=core.Status.FEASIBLE, assignments=(), unassigned=(),
        score=core.Score(serve=1000), bound=None, seconds=0.0, seed=0,
    )  # fmt: skip
    with pytest.raises(proposals.Misstated):
        proposals.store_proposal(
            session, desk, planning_round, made, plan, source=ProposalSource.SOLVER
        )


def test_the_state_says_whether_a_person_has_touched_the_plan(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    request = factories.request(session)
    stored_plan(session, desk, planning_round, evening(request, "R01"))
    assert planning_round.state is RoundState.COMPUTED
    stored_plan(
        session, desk, planning_round, evening(request, "R02"), source=ProposalSource.MANUAL
    )
    assert planning_round.state is RoundState.IN_REVIEW


def test_languages_with_a_name_of_their_own_come_out_under_their_tag(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    banned = factories.interpreter(session, code="S1", weekly=((1, 16, 21),))
    factories.interpreter(session, code="S2", weekly=((1, 16, 21),))
    request = factories.request(session, languages=("ar",))
    decisions.ban_person(session, desk, planning_round.id, request.code, banned.code)
    session.flush()
    plan = evening(request, "R01", interpreters=["S2"], language=f"ar~{request.code}")
    row = stored_plan(session, desk, planning_round, plan)
    assert planned(row) == [replace(plan, language="ar")]
    with pytest.raises(RulesBroken) as refusal:
        stored_plan(session, desk, planning_round, replace(plan, interpreters=("S1",)))
    assert {breach.code for breach in refusal.value.breaches} == {"language"}
    (standing,) = standing_decisions(session, planning_round.id)
    assert standing.kind is DecisionKind.BAN_PERSON
