"""Plans changed by hand, judged by the judge alone."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from matchmaker.models import PlanningRound, Proposal, RequestDayOff
from matchmaker.models.states import DecisionKind, ProposalSource, RequestState, RoundState
from matchmaker.scheduling import proposal as core
from matchmaker.scheduling.judge import check
from matchmaker.scheduling.problem import Assignment
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, Invalid, NotPossible
from matchmaker.services.planning import decisions, edits, going_back, rounds
from matchmaker.services.planning.judging import RulesBroken, is_final, judged
from matchmaker.services.planning.plan_view import load_plan
from matchmaker.services.planning.proposals import plan_of, problem_of, store_proposal
from matchmaker.services.problems import round_problem
from matchmaker.services.problems.plan_rows import planned, standing_decisions
from matchmaker.services.talks import approval
from tests import factories
from tests.services.plans import TUESDAY, evening, stored_plan

WEEK_LATER = TUESDAY.replace(day=26)


@pytest.fixture
def planning_round(session: Session) -> PlanningRound:
    for code in ("R01", "R02"):
        factories.speaker(session, topics={"ANE-01": 3}, weekly=((1, 16, 22),), code=code)
    factories.interpreter(session, code="S1", weekly=((1, 16, 22),))
    return factories.planning_round(session)


@pytest.fixture
def host(session: Session) -> Any:
    return factories.organisation(session)


@pytest.fixture
def pair(session: Session, desk: Desk, planning_round: PlanningRound, host: Any) -> Any:
    """Two requests of one association, a week apart, with different speakers."""
    first, second = (factories.request(session, organisation=host) for _ in range(2))
    stored_plan(
        session,
        desk,
        planning_round,
        evening(first, "R01"),
        evening(second, "R02", start=WEEK_LATER),
    )
    session.flush()
    return first, second


def pins(session: Session, planning_round: PlanningRound) -> dict[str, str]:
    return {
        row.request.code: row.reason
        for row in standing_decisions(session, planning_round.id)
        if row.kind is DecisionKind.PIN
    }


def test_a_move_makes_a_judged_version_and_a_pin(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    first, second = pair
    moved = evening(first, "R02", start=TUESDAY.replace(day=12))
    made = edits.place(session, desk, planning_round.id, moved, base=1)
    assert (made.number, made.source, made.served) == (2, ProposalSource.MANUAL, 2)
    assert planned(made) == [moved, evening(second, "R02", start=WEEK_LATER)]
    assert check(problem_of(made), plan_of(made)).right
    assert pins(session, planning_round) == {first.code: ""}
    assert planning_round.state is RoundState.IN_REVIEW


def test_an_open_request_can_be_placed_by_hand(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    waiting = factories.request(session)
    session.flush()
    made = edits.place(session, desk, planning_round.id, evening(waiting, "R02"), base=1)
    assert made.served == 3
    assert waiting.state is RequestState.PROPOSED


def test_who_makes_way_is_open_again_and_back_when_it_is_undone(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    first, second = pair
    waiting = factories.request(session)
    decisions.pin(session, desk, planning_round.id, first.code)
    taken = evening(waiting, "R01")
    made = edits.place(session, desk, planning_round.id, taken, base=1, making_way=[first.code])
    assert planned(made) == [taken, evening(second, "R02", start=WEEK_LATER)]
    assert check(problem_of(made), plan_of(made)).right
    assert pins(session, planning_round) == {waiting.code: ""}
    assert first.state is RequestState.READY
    going_back.revert(session, desk, planning_round.id, base=2)
    assert pins(session, planning_round) == {first.code: ""}


def test_an_approved_talk_makes_no_way(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    first, _second = pair
    approval.approve(session, desk, planning_round.id, requests=[first.code])
    waiting = factories.request(session)
    taken = evening(waiting, "R01")
    with pytest.raises(NotPossible, match="approved"):
        edits.place(session, desk, planning_round.id, taken, base=1, making_way=[first.code])


def test_a_request_left_out_before_can_be_placed_by_hand(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    waiting = factories.request(session)
    decisions.leave_out(session, desk, planning_round.id, waiting.code)
    session.flush()
    edits.place(session, desk, planning_round.id, evening(waiting, "R02"), base=1)
    assert [row.kind for row in standing_decisions(session, planning_round.id)] == [
        DecisionKind.PIN
    ]


def test_every_broken_rule_is_named_and_nothing_is_kept(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    first, _ = pair
    with pytest.raises(RulesBroken) as refusal:
        edits.place(
            session,
            desk,
            planning_round.id,
            evening(first, "R01", start=TUESDAY.replace(hour=9)),
            base=1,
        )
    assert {breach.code for breach in refusal.value.breaches} == {"window", "availability"}


def test_insisting_needs_a_reason(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    first, _ = pair
    with pytest.raises(Invalid) as refusal:
        edits.place(session, desk, planning_round.id, evening(first, "R01"), base=1, override="  ")
    assert list(refusal.value.fields) == ["reason"]


def test_insisting_keeps_the_reason_and_the_broken_rules_as_warnings(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    first, _ = pair
    early = evening(first, "R01", start=TUESDAY.replace(hour=9))
    made = edits.place(
        session, desk, planning_round.id, early, base=1, override="Der Verein will vormittags."
    )
    assert pins(session, planning_round) == {first.code: "Der Verein will vormittags."}
    assert [(row.code, row.request) for row in plan_of(made).warnings] == [
        ("availability", first.code),
        ("window", first.code),
    ]
    assert made.content["info"]["edit"]["broken"] == ["availability", "window"]
    assert made.bound is None
    assert check(problem_of(made), plan_of(made)).allowed


def test_no_reason_puts_somebody_into_two_talks_at_once(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    first, _ = pair
    both = evening(first, "R02", start=WEEK_LATER)
    with pytest.raises(RulesBroken) as refusal:
        edits.place(session, desk, planning_round.id, both, base=1, override="Sie schafft das.")
    assert any(is_final(breach) for breach in refusal.value.breaches)


def test_a_rule_that_ties_two_talks_is_broken_by_the_move_of_one(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    first, _ = pair
    with pytest.raises(RulesBroken) as refusal:
        edits.place(
            session, desk, planning_round.id, evening(first, "R01", start=WEEK_LATER), base=1
        )
    assert {breach.code for breach in refusal.value.breaches} == {"host_load"}


def test_both_talks_of_a_full_week_are_pinned_when_somebody_insists(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    first, second = pair
    same_day = evening(first, "R01", start=WEEK_LATER)
    made = edits.place(
        session, desk, planning_round.id, same_day, base=1, override="Zwei Räume an dem Abend."
    )
    assert pins(session, planning_round) == {
        first.code: "Zwei Räume an dem Abend.",
        second.code: "Zwei Räume an dem Abend.",
    }
    assert {row.code for row in plan_of(made).warnings} == {"host_load"}


def test_talks_that_no_longer_fit_are_taken_out_and_named(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    first, second = pair
    second.days_off.append(RequestDayOff(first_day=WEEK_LATER.date(), last_day=WEEK_LATER.date()))
    session.flush()
    moved = evening(first, "R02")
    made = edits.place(session, desk, planning_round.id, moved, base=1)
    assert planned(made) == [moved]
    assert made.content["info"]["edit"]["taken_out"] == {second.code: ["window"]}
    assert second.state is RequestState.READY


def test_what_was_ruled_out_is_named_as_the_cause(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    first, second = pair
    code = planned(planning_round.current_proposal)[1].speakers[0]
    decisions.ban_person(session, desk, planning_round.id, second.code, code)
    made = edits.remove(session, desk, planning_round.id, first.code, base=1)
    assert made.content["info"]["edit"]["taken_out"] == {second.code: ["banned_person"]}


def test_a_withdrawn_request_leaves_the_plan_with_the_next_change(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    first, second = pair
    second.state = RequestState.WITHDRAWN
    session.flush()
    made = edits.place(session, desk, planning_round.id, evening(first, "R02"), base=1)
    assert [row.request for row in planned(made)] == [first.code]


def proven_plan(session: Session, desk: Desk, row: PlanningRound, *plan: Assignment) -> Proposal:
    """A version with a bound, as the solver proves one."""
    made = round_problem(session, desk, row)
    score = judged(made.problem, plan).score
    proposal = core.Proposal(
        status=core.Status.FEASIBLE, assignments=plan, unassigned=(), score=score,
        bound=score.total + 500, seconds=0.1, seed=0,
    )  # fmt: skip
    return store_proposal(session, desk, row, made, proposal, source=ProposalSource.SOLVER)


def test_a_bound_stays_proven_while_only_pins_are_added(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    request = factories.request(session)
    before = proven_plan(session, desk, planning_round, evening(request, "R01"))
    made = edits.place(session, desk, planning_round.id, evening(request, "R02"), base=1)
    assert made.bound == before.bound


def test_a_bound_is_given_up_when_a_pin_has_moved(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    request = factories.request(session)
    proven_plan(session, desk, planning_round, evening(request, "R01"))
    edits.place(session, desk, planning_round.id, evening(request, "R02"), base=1)
    made = edits.place(session, desk, planning_round.id, evening(request, "R01"), base=2)
    assert made.bound is None


def test_a_bound_is_given_up_when_facts_have_changed(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    request = factories.request(session)
    proven_plan(session, desk, planning_round, evening(request, "R01"))
    request.priority = 3
    session.flush()
    made = edits.place(session, desk, planning_round.id, evening(request, "R02"), base=1)
    assert made.bound is None


def test_taking_a_request_out_leaves_it_out_of_the_round(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    first, second = pair
    made = edits.remove(session, desk, planning_round.id, first.code, base=1, reason="Umbau")
    assert [row.request for row in planned(made)] == [second.code]
    assert first.state is RequestState.READY
    assert made.content["info"]["left_out"] == [
        {"request": first.code, "reason": "decision", "missing": []}
    ]
    assert made.unserved == len(load_plan(session, planning_round, made).open) == 1


def test_what_is_not_in_the_plan_cannot_be_taken_out(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    waiting = factories.request(session)
    with pytest.raises(NotPossible):
        edits.remove(session, desk, planning_round.id, waiting.code, base=1)


def test_undoing_a_change_brings_back_the_version_and_the_decisions(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    first, _ = pair
    decisions.pin(session, desk, planning_round.id, first.code, reason="so verabredet")
    session.flush()
    edits.remove(session, desk, planning_round.id, first.code, base=1)
    session.flush()
    assert pins(session, planning_round) == {}
    back = going_back.revert(session, desk, planning_round.id, base=2)
    assert back.number == 1
    assert planning_round.current_proposal is back
    assert pins(session, planning_round) == {first.code: "so verabredet"}
    assert first.state is RequestState.PROPOSED


def test_a_change_is_not_undone_to_a_version_that_no_longer_fits(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    first, _ = pair
    edits.place(
        session,
        desk,
        planning_round.id,
        evening(first, "R01", start=TUESDAY.replace(day=12)),
        base=1,
    )
    session.flush()
    first.days_off.append(RequestDayOff(first_day=TUESDAY.date(), last_day=TUESDAY.date()))
    session.commit()
    with pytest.raises(RulesBroken) as refusal:
        going_back.revert(session, desk, planning_round.id, base=2)
    assert {breach.code for breach in refusal.value.breaches} == {"window"}
    session.rollback()
    assert planning_round.current_proposal is not None
    assert planning_round.current_proposal.number == 2
    assert set(pins(session, planning_round)) == {first.code}


def test_a_computed_version_is_not_undone(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    with pytest.raises(NotPossible):
        going_back.revert(session, desk, planning_round.id, base=1)


def test_a_stale_tab_changes_nothing(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    first, second = pair
    edits.remove(session, desk, planning_round.id, second.code, base=1)
    session.flush()
    with pytest.raises(Conflict):
        edits.place(session, desk, planning_round.id, evening(first, "R02"), base=1)


def test_nothing_is_changed_while_a_plan_is_being_made(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    first, _ = pair
    rounds.request_plan(session, desk, planning_round.id)
    session.flush()
    with pytest.raises(NotPossible):
        edits.remove(session, desk, planning_round.id, first.code, base=1)


def test_an_interpreter_ruled_out_before_may_be_chosen_by_hand(
    session: Session, desk: Desk, planning_round: PlanningRound, pair: Any
) -> None:
    arabic = factories.request(session, languages=("ar",))
    decisions.ban_person(session, desk, planning_round.id, arabic.code, "S1")
    session.flush()
    chosen = evening(arabic, "R02", interpreters=["S1"], language="ar")
    made = edits.place(session, desk, planning_round.id, chosen, base=1)
    assert chosen in planned(made)
    assert [row.kind for row in standing_decisions(session, planning_round.id)] == [
        DecisionKind.PIN
    ]
