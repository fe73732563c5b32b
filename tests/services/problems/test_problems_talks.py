"""What talks that stand, pins and other rounds mean to a problem."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from matchmaker.models import (
    DuplicateFlag,
    PlanningRound,
    RequestDayOff,
    Talk,
)
from matchmaker.models.states import (
    AssignmentState,
    DecisionKind,
    Format,
    MeetingMode,
    Role,
    TalkState,
)
from matchmaker.scheduling import problem as core
from matchmaker.services.desk import Desk
from matchmaker.services.house.planning_rules import change_planning_rules
from matchmaker.services.problems import LeftOut
from matchmaker.services.problems.plan_rows import assignment_to_json
from tests import factories
from tests.services.plans import TUESDAY, TUESDAY_UTC, evening, stored_plan
from tests.services.problems.small import agreed_talk, built, decide, only, wall


def test_an_agreed_talk_is_fixed_as_it_is(
    session: Session, desk: Desk, planning_round: PlanningRound, speaker: Any
) -> None:
    request = factories.request(session, code="A001", weekly=((4, 10, 12),))
    agreed_talk(session, request, speaker)
    made = built(session, desk, planning_round)
    assert made.problem.fixed == (evening(request, "R01"),)
    assert made.agreed == {"A001"}
    assert only(made).windows == (core.Window(TUESDAY, wall("2027-01-19T20:00")),)


def test_an_agreed_talk_of_the_same_month_widens_the_horizon(
    session: Session, desk: Desk, planning_round: PlanningRound, speaker: Any
) -> None:
    request = factories.request(session, code="A001")
    agreed_talk(session, request, speaker, starts=datetime(2027, 1, 5, 17, tzinfo=UTC))
    factories.request(session, code="A002", date_from=date(2027, 1, 1))
    problem = built(session, desk, planning_round).problem
    assert (problem.first_day, problem.last_day) == (date(2027, 1, 5), date(2027, 1, 31))
    assert problem.request["A002"].windows[0].start == wall("2027-01-12T18:00")


def test_cancelled_talks_and_talks_of_other_months_are_no_matter(
    session: Session, desk: Desk, planning_round: PlanningRound, speaker: Any
) -> None:
    for starts, state in (
        (TUESDAY_UTC, TalkState.CANCELLED),
        (datetime(2027, 2, 2, 17, tzinfo=UTC), TalkState.CONFIRMED),
    ):
        request = factories.request(session)
        agreed_talk(session, request, speaker, starts=starts, state=state)
    assert built(session, desk, planning_round).problem.fixed == ()


def test_talks_of_other_formats_are_commitments_and_take_the_hosts_day(
    session: Session, desk: Desk, planning_round: PlanningRound, speaker: Any
) -> None:
    host = factories.organisation(session, code="MO01")
    factories.request(session, code="A001", organisation=host)
    workshop = factories.request(session, organisation=host, format=Format.WORKSHOP)
    agreed_talk(session, workshop, speaker, format=Format.WORKSHOP)
    problem = built(session, desk, planning_round).problem
    assert problem.speaker["R01"].commitments == (
        core.Commitment(TUESDAY, wall("2027-01-19T20:00"), "01"),
    )
    assert problem.organisation["MO01"].blocked == ((date(2027, 1, 19), date(2027, 1, 19)),)


def test_an_online_commitment_has_no_district(
    session: Session, desk: Desk, planning_round: PlanningRound, speaker: Any
) -> None:
    workshop = factories.request(session, format=Format.WORKSHOP)
    agreed_talk(session, workshop, speaker, format=Format.WORKSHOP, mode=MeetingMode.ONLINE)
    (found,) = built(session, desk, planning_round).problem.speaker["R01"].commitments
    assert found.district is None


def test_a_talk_whose_speaker_has_declined_only_takes_the_day(
    session: Session, desk: Desk, planning_round: PlanningRound, speaker: Any
) -> None:
    request = factories.request(session, code="A001")
    talk = agreed_talk(session, request, speaker)
    session.flush()
    session.refresh(talk)
    talk.assignments[0].state = AssignmentState.DECLINED
    factories.request(session, organisation=request.organisation)
    made = built(session, desk, planning_round)
    assert made.problem.fixed == ()
    assert made.problem.organisations[0].blocked == ((date(2027, 1, 19), date(2027, 1, 19)),)
    assert made.problem.speaker["R01"].commitments == ()


@pytest.fixture
def agreed(session: Session, speaker: Any) -> Talk:
    """A001 on the Tuesday with R01."""
    talk = agreed_talk(session, factories.request(session, code="A001"), speaker)
    session.flush()
    return talk


def available(session: Session, desk: Desk, planning_round: PlanningRound) -> Any:
    return built(session, desk, planning_round).problem.speaker["R01"].available


def test_hours_that_somebody_has_refused_are_not_free_until_they_accept(
    session: Session, desk: Desk, planning_round: PlanningRound, agreed: Talk
) -> None:
    (row,) = agreed.assignments
    before = available(session, desk, planning_round)
    evenings = [(wall(f"2027-01-{day}T16:00"), wall(f"2027-01-{day}T21:00")) for day in (12, 26)]
    refused = [
        (wall("2027-01-19T16:00"), TUESDAY),
        (wall("2027-01-19T20:00"), wall("2027-01-19T21:00")),
    ]

    row.state = AssignmentState.DECLINED
    declined = available(session, desk, planning_round)
    row.state = AssignmentState.ACCEPTED
    accepted = available(session, desk, planning_round)

    assert list(declined) == [evenings[0], *refused, evenings[1]]
    assert accepted == before


def test_a_refusal_ends_with_its_talk_or_its_invitation(
    session: Session, desk: Desk, planning_round: PlanningRound, agreed: Talk
) -> None:
    (row,) = agreed.assignments
    before = available(session, desk, planning_round)

    row.state = AssignmentState.CANCELLED
    replaced = available(session, desk, planning_round)
    row.state, agreed.state = AssignmentState.DECLINED, TalkState.CANCELLED
    called_off = available(session, desk, planning_round)

    assert replaced == before
    assert called_off == before


def test_past_talks_are_counted_over_the_months_that_are_set(
    session: Session, desk: Desk, planning_round: PlanningRound, speaker: Any
) -> None:
    host = factories.organisation(session)
    for starts in (datetime(2026, 1, 10, 17, tzinfo=UTC), datetime(2026, 9, 1, 16, tzinfo=UTC)):
        request = factories.request(session, organisation=host)
        agreed_talk(session, request, speaker, starts=starts)
    factories.request(session, organisation=host)
    problem = built(session, desk, planning_round).problem
    assert (problem.speaker["R01"].past_talks, problem.organisations[0].past_talks) == (1, 1)
    change_planning_rules(session, desk, fairness_months=24)
    problem = built(session, desk, planning_round).problem
    assert (problem.speaker["R01"].past_talks, problem.organisations[0].past_talks) == (2, 2)


def test_a_pin_is_fixed_and_keeps_people_who_have_left(
    session: Session, desk: Desk, planning_round: PlanningRound, speaker: Any
) -> None:
    request = factories.request(session, code="A001")
    speaker.active = False
    pin = assignment_to_json(evening(request, "R01"))
    decide(session, desk, planning_round, request, DecisionKind.PIN, assignment=pin)
    problem = built(session, desk, planning_round).problem
    assert problem.fixed == (evening(request, "R01"),)
    assert problem.speaker["R01"].available == ()


def test_a_pin_gives_an_evening_to_a_request_that_has_none_left(
    session: Session, desk: Desk, planning_round: PlanningRound, speaker: Any
) -> None:
    request = factories.request(session, code="A001", weekly=((6, 3, 4),))
    session.flush()
    off = RequestDayOff(
        request_id=request.id, first_day=date(2027, 1, 1), last_day=date(2027, 1, 31)
    )
    session.add(off)
    pin = assignment_to_json(evening(request, "R01"))
    decide(session, desk, planning_round, request, DecisionKind.PIN, assignment=pin)
    assert only(built(session, desk, planning_round)).windows == (
        core.Window(TUESDAY, wall("2027-01-19T20:00")),
    )


def test_a_pin_of_somebody_without_a_profile_is_given_up_and_noted(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    request = factories.request(session, code="A001")
    pin = assignment_to_json(evening(request, "R99"))
    decide(session, desk, planning_round, request, DecisionKind.PIN, assignment=pin)
    made = built(session, desk, planning_round)
    assert made.problem.fixed == ()
    assert [(note.code, note.facts) for note in made.notes] == [("pin_lost", {"request": "A001"})]


def test_a_pin_on_an_evening_that_is_over_is_given_up_and_noted(
    session: Session, desk: Desk, planning_round: PlanningRound, speaker: Any
) -> None:
    request = factories.request(session, code="A001")
    pin = assignment_to_json(evening(request, "R01"))
    decide(session, desk, planning_round, request, DecisionKind.PIN, assignment=pin)
    made = built(session, replace(desk, now=TUESDAY_UTC), planning_round)
    assert made.problem.fixed == ()
    assert [row.id for row in made.problem.requests] == ["A001"]
    assert [(note.code, note.facts) for note in made.notes] == [("pin_over", {"request": "A001"})]


def test_open_duplicates_are_noted(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    first, second = (factories.request(session, code=code) for code in ("A001", "A002"))
    session.add(DuplicateFlag(first=first, second=second, found_at=desk.now))
    (note,) = built(session, desk, planning_round).notes
    assert (note.code, note.facts) == ("open_duplicates", {"pairs": [("A001", "A002")]})


def test_unknown_school_holidays_are_noted(session: Session, desk: Desk) -> None:
    row = factories.planning_round(session, first_day=date(2039, 1, 1), last_day=date(2039, 3, 31))
    (note,) = built(session, desk, row).notes
    assert (note.code, note.facts) == ("school_holidays_unknown", {"from": date(2039, 1, 1)})


def test_a_request_proposed_in_another_open_round_is_left_to_it(
    session: Session, desk: Desk, planning_round: PlanningRound, speaker: Any
) -> None:
    factories.person(session, Role.COORDINATOR)
    request = factories.request(session, code="A001")
    session.flush()
    stored_plan(session, desk, planning_round, evening(request, "R01"))
    other = factories.planning_round(session, name="B", last_day=date(2027, 2, 28))
    assert built(session, desk, other).left_out == (LeftOut("A001", "elsewhere"),)


def test_travel_follows_the_neighbourhood_in_both_directions(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    factories.district(session, "01").neighbours = ["02"]
    factories.district(session, "02")
    factories.district(session, "03")
    travel = built(session, desk, planning_round).problem.travel
    assert travel.minutes == {
        "01": {"01": 20, "02": 30, "03": 45},
        "02": {"01": 30, "02": 20, "03": 45},
        "03": {"01": 45, "02": 45, "03": 20},
    }
    assert travel.default_minutes == 60
