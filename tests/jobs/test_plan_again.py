"""Planning once more: what stays of the plan before, with the real solver."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.jobs import solving
from matchmaker.jobs.workplace import Workplace
from matchmaker.models import Person, Proposal, Request, RequestWindow
from matchmaker.models.states import RequestState
from matchmaker.scheduling.judge import check
from matchmaker.services.desk import Desk
from matchmaker.services.planning import decisions, edits, rounds
from matchmaker.services.planning.proposals import plan_of, problem_of
from matchmaker.services.problems.plan_rows import planned
from tests import factories

FIRST, SECOND = date(2027, 1, 19), date(2027, 1, 26)
MOVE = -200


@pytest.fixture
def round_id(factory: sessionmaker[Session]) -> int:
    """Two requests that both like the first of two evenings of the only speaker; A001 more."""
    with factory.begin() as session:
        factories.speaker(session, topics={"ANE-01": 3}, weekly=((1, 16, 21),), code="R01")
        for code, liking in (("A001", 3), ("A002", 1)):
            factories.request(
                session, code=code, windows=[_window(FIRST, liking), _window(SECOND, 0)]
            )
        return factories.planning_round(session).id


def _window(day: date, liking: int) -> RequestWindow:
    return RequestWindow(day=day, starts=time(18), ends=time(20), preference=liking)


def plan(
    place: Workplace, factory: sessionmaker[Session], round_id: int, *, keep: bool
) -> Proposal:
    """The proposal that planning now leads to; the judge agrees with it."""
    with factory.begin() as session:
        rounds.request_plan(session, place.desk(), round_id, keep=keep)
    assert solving.work_off(place) == 1
    with factory() as session:
        row = session.scalars(select(Proposal).order_by(Proposal.number.desc())).first()
        assert row is not None
        assert check(problem_of(row), plan_of(row)).right
        return row


def evenings(row: Proposal) -> dict[str, date]:
    return {one.request: one.start.date() for one in planned(row)}


def test_planning_again_leaves_what_nobody_touched_or_seeks_the_best_as_was_asked(
    place: Workplace, factory: sessionmaker[Session], round_id: int, desk: Desk
) -> None:
    first = plan(place, factory, round_id, keep=True)
    assert evenings(first) == {"A001": FIRST, "A002": SECOND}
    assert (problem_of(first).published, "near" in first.content["info"]) == ((), False)
    with factory.begin() as session:
        decisions.leave_out(session, desk, round_id, "A001")
    kept = plan(place, factory, round_id, keep=True)
    assert evenings(kept) == {"A002": SECOND}
    assert problem_of(kept).published == tuple(
        row for row in planned(first) if row.request == "A002"
    )
    assert kept.content["info"]["near"] == {"version": 1, "talks": 1}
    assert plan_of(kept).score.stability == 0
    anew = plan(place, factory, round_id, keep=False)
    assert evenings(anew) == {"A002": FIRST}
    assert problem_of(anew).published == ()


def test_a_change_that_gains_enough_is_made_all_the_same_and_its_price_is_told(
    place: Workplace, factory: sessionmaker[Session], round_id: int, desk: Desk
) -> None:
    plan(place, factory, round_id, keep=False)
    with factory.begin() as session:
        decisions.ban_day(session, desk, round_id, "A002", SECOND)
    row = plan(place, factory, round_id, keep=True)
    assert evenings(row) == {"A001": SECOND, "A002": FIRST}
    assert plan_of(row).score.stability == 2 * MOVE


def test_what_can_no_longer_be_named_is_forgotten_and_people_who_left_are_replaced(
    place: Workplace, factory: sessionmaker[Session], round_id: int
) -> None:
    plan(place, factory, round_id, keep=False)
    with factory.begin() as session:
        session.scalars(select(Person).where(Person.code == "R01")).one().active = False
        withdrawn = session.scalars(select(Request).where(Request.code == "A001")).one()
        withdrawn.state = RequestState.WITHDRAWN
        factories.speaker(session, topics={"ANE-01": 3}, weekly=((1, 16, 21),), code="R02")
    row = plan(place, factory, round_id, keep=True)
    problem = problem_of(row)
    assert [one.request for one in problem.published] == ["A002"]
    assert problem.person["R01"].available == ()
    assert [one.speakers for one in planned(row)] == [("R02",)]


def test_an_evening_whose_speaker_has_no_profile_any_more_is_forgotten(
    place: Workplace, factory: sessionmaker[Session], round_id: int
) -> None:
    plan(place, factory, round_id, keep=False)
    with factory.begin() as session:
        speaker = session.scalars(select(Person).where(Person.code == "R01")).one()
        session.delete(speaker.profile)
    row = plan(place, factory, round_id, keep=True)
    assert (problem_of(row).published, evenings(row)) == ((), {})


def test_a_version_by_hand_is_measured_like_the_plan_it_changes(
    place: Workplace, factory: sessionmaker[Session], round_id: int, desk: Desk
) -> None:
    plan(place, factory, round_id, keep=False)
    kept = plan(place, factory, round_id, keep=True)
    with factory.begin() as session:
        first = planned(session.get_one(Proposal, kept.id))[0]
        later = replace(first, start=first.start.replace(day=SECOND.day))
        other = edits.remove(session, desk, round_id, "A002", base=kept.number)
        made = edits.place(session, desk, round_id, later, base=other.number)
        assert [row.request for row in problem_of(made).published] == ["A001"]
        assert plan_of(made).score.stability == MOVE
