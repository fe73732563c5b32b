"""Going back to an earlier version, and what becomes of decisions and absences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from matchmaker.models import PlanningRound, Proposal
from matchmaker.models.states import RequestState, RoundState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, NotFound
from matchmaker.services.people import availability, contacts, profiles
from matchmaker.services.planning import absences, decisions, edits, going_back, proposals
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


AWAY = {"kind": "absence", "person": "R01", "from": "2027-01-19", "to": "2027-01-19"}


@pytest.fixture
def away(session: Session, desk: Desk, planning_round: PlanningRound) -> Proposal:
    """Version 2 replaces R01, who is away from then on; the version before it."""
    request = factories.request(session, code="A001")
    first = stored_plan(session, desk, planning_round, evening(request, "R01"))
    edits.rearrange(
        session,
        desk,
        planning_round.id,
        {"A001": evening(request, "R02")},
        base=1,
        decide=lambda: absences.enter(session, desk, planning_round, AWAY),
    )
    session.flush()
    return first


def given_up(session: Session, row: Proposal) -> list[absences.Absence]:
    since = going_back.since(session, row)
    return [] if since is None else [*since.absences]


def test_an_absence_stays_entered_with_the_version_before_it(
    session: Session, desk: Desk, planning_round: PlanningRound, away: Proposal
) -> None:
    with pytest.raises(RulesBroken) as refusal:
        going_back.adopt(session, desk, planning_round.id, 1, base=2)
    assert [breach.code for breach in refusal.value.breaches] == ["availability"]
    assert absences.is_entered(session, desk, planning_round, AWAY)


def test_an_absence_is_taken_back_with_the_version_where_that_is_wanted(
    session: Session, desk: Desk, planning_round: PlanningRound, away: Proposal
) -> None:
    (absence,) = given_up(session, away)
    assert (absence.person.code, absence.first, absence.last) == (
        "R01",
        TUESDAY.date(),
        TUESDAY.date(),
    )
    going_back.adopt(session, desk, planning_round.id, 1, base=2, without_absences=True)
    assert planning_round.current_proposal is away
    assert not absences.is_entered(session, desk, planning_round, AWAY)
    assert given_up(session, away) == []


def test_a_version_that_comes_from_the_absence_knows_of_it(
    session: Session, desk: Desk, planning_round: PlanningRound, away: Proposal
) -> None:
    third = edits.rearrange(session, desk, planning_round.id, {"A001": None}, base=2)
    going_back.adopt(session, desk, planning_round.id, 2, base=3)
    fourth = proposals.find_proposal(session, planning_round.id, 2)
    assert [row.entry_id for row in given_up(session, away)] == [
        fourth.content["info"]["edit"]["entered"]
    ]
    assert given_up(session, third) == []


def test_several_absences_of_one_person_are_taken_back_together(
    session: Session, desk: Desk, planning_round: PlanningRound, away: Proposal
) -> None:
    later = {**AWAY, "from": "2027-02-02", "to": "2027-02-04"}
    edits.rearrange(
        session,
        desk,
        planning_round.id,
        {"A001": None},
        base=2,
        decide=lambda: absences.enter(session, desk, planning_round, later),
    )
    assert len(given_up(session, away)) == 2
    going_back.adopt(session, desk, planning_round.id, 1, base=3, without_absences=True)
    profile = profiles.profile_of(contacts.person_by_code(session, "R01"))
    assert availability.read(profile).days == ()


def test_times_that_have_changed_since_keep_the_version_from_being_taken_over(
    session: Session, desk: Desk, planning_round: PlanningRound, away: Proposal
) -> None:
    profile = profiles.profile_of(contacts.person_by_code(session, "R01"))
    changed = replace(availability.read(profile), school_holidays_off=True)
    availability.change(session, desk, profile, changed)
    with pytest.raises(absences.TimesChanged):
        going_back.adopt(session, desk, planning_round.id, 1, base=2, without_absences=True)
    assert availability.read(profile) == changed


def test_an_absence_that_was_taken_off_by_hand_is_nobodys_any_more(
    session: Session, desk: Desk, planning_round: PlanningRound, away: Proposal
) -> None:
    profile = profiles.profile_of(contacts.person_by_code(session, "R01"))
    availability.change(session, desk, profile, replace(availability.read(profile), days=()))
    assert given_up(session, away) == []
