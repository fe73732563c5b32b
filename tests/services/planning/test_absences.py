"""What becomes of absences when an older version is taken over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from matchmaker.models import PlanningRound, Proposal
from matchmaker.services.desk import Desk
from matchmaker.services.people import availability, contacts, profiles
from matchmaker.services.planning import absences, edits, going_back
from matchmaker.services.planning.judging import RulesBroken
from tests import factories
from tests.services.plans import TUESDAY, evening, stored_plan


@pytest.fixture
def planning_round(session: Session) -> PlanningRound:
    for code in ("R01", "R02"):
        factories.speaker(session, topics={"ANE-01": 2}, weekly=((1, 16, 21),), code=code)
    return factories.planning_round(session)


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


def offered(session: Session, desk: Desk, row: Proposal) -> list[absences.Absence]:
    since = going_back.since(session, desk, row)
    return [] if since is None else [*since.absences]


def entries(session: Session, desk: Desk, row: Proposal) -> list[int]:
    return [absence.entry_id for absence in offered(session, desk, row)]


def days_off(session: Session) -> list[tuple[date, date]]:
    profile = profiles.profile_of(contacts.person_by_code(session, "R01"))
    return [(day.first_day, day.last_day) for day in availability.read(profile).days]


def alone(session: Session, desk: Desk, planning_round: PlanningRound, **days: str) -> int:
    """An absence entered by its own button; its entry in the log."""
    event = {**AWAY, **days}
    number = planning_round.current_proposal.number if planning_round.current_proposal else 0
    entry = absences.enter_alone(session, desk, planning_round.id, number, event)
    assert entry is not None
    return entry.id


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
    (absence,) = offered(session, desk, away)
    assert (absence.person.code, absence.first, absence.last, absence.entered_at) == (
        "R01",
        TUESDAY.date(),
        TUESDAY.date(),
        desk.now,
    )
    back = going_back.adopt(
        session, desk, planning_round.id, 1, base=2, taking_back=[absence.entry_id]
    )
    assert planning_round.current_proposal is away
    assert (back.version, [row.entry_id for row in back.absences]) == (away, [absence.entry_id])
    assert not absences.is_entered(session, desk, planning_round, AWAY)
    assert offered(session, desk, away) == []


def test_an_absence_entered_by_itself_is_offered_too(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    request = factories.request(session, code="A001")
    first = stored_plan(session, desk, planning_round, evening(request, "R01"))
    entry = alone(session, desk, planning_round)
    assert entries(session, desk, first) == []  # it is the current version
    second = stored_plan(session, desk, planning_round, evening(request, "R02"))
    assert entries(session, desk, first) == [entry]
    going_back.adopt(session, desk, planning_round.id, 1, base=2, taking_back=[entry])
    assert days_off(session) == []
    assert entries(session, desk, second) == []


def test_a_version_that_was_made_after_an_absence_knows_of_it(
    session: Session, desk: Desk, planning_round: PlanningRound, away: Proposal
) -> None:
    third = edits.rearrange(session, desk, planning_round.id, {"A001": None}, base=2)
    going_back.adopt(session, desk, planning_round.id, 2, base=3)
    (entry,) = entries(session, desk, away)
    second = planning_round.current_proposal
    assert second is not None
    assert second.content["info"]["edit"]["entered"] == entry
    assert entries(session, desk, third) == []


def test_an_absence_that_touches_no_day_of_the_round_is_not_its_business(
    session: Session, desk: Desk, planning_round: PlanningRound, away: Proposal
) -> None:
    after = (planning_round.last_day + timedelta(days=1)).isoformat()
    with_its_own = entries(session, desk, away)
    alone(session, desk, planning_round, **{"from": after, "to": after})
    assert entries(session, desk, away) == with_its_own


def test_an_absence_that_is_over_is_not_offered(
    session: Session, desk: Desk, planning_round: PlanningRound, away: Proposal
) -> None:
    later = replace(desk, now=desk.now + timedelta(days=30))
    assert entries(session, desk, away) != []
    assert entries(session, later, away) == []


def test_days_off_that_people_enter_themselves_are_not_offered(
    session: Session, desk: Desk, planning_round: PlanningRound, away: Proposal
) -> None:
    before = entries(session, desk, away)
    profile = profiles.profile_of(contacts.person_by_code(session, "R02"))
    availability.take_off(session, desk, profile, TUESDAY.date(), TUESDAY.date())
    assert entries(session, desk, away) == before


def test_only_what_is_chosen_is_taken_back(
    session: Session, desk: Desk, planning_round: PlanningRound, away: Proposal
) -> None:
    alone(session, desk, planning_round, **{"from": "2027-02-02", "to": "2027-02-04"})
    newer, older = entries(session, desk, away)
    assert newer > older
    back = going_back.adopt(session, desk, planning_round.id, 1, base=2, taking_back=[older])
    assert [row.entry_id for row in back.absences] == [older]
    assert days_off(session) == [(date(2027, 2, 2), date(2027, 2, 4))]
    second = planning_round.proposals[1]
    going_back.adopt(session, desk, planning_round.id, 2, base=1)
    assert entries(session, desk, second) == []
    going_back.adopt(session, desk, planning_round.id, 1, base=2, taking_back=[newer])
    assert days_off(session) == []


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
    both = entries(session, desk, away)
    assert len(both) == 2
    going_back.adopt(session, desk, planning_round.id, 1, base=3, taking_back=both)
    assert days_off(session) == []


@pytest.mark.parametrize("unknown", [[0], [10**9 - 1], [1]])
def test_what_is_not_offered_is_not_taken_back(
    session: Session,
    desk: Desk,
    planning_round: PlanningRound,
    away: Proposal,
    unknown: Sequence[int],
) -> None:
    with pytest.raises(RulesBroken):
        going_back.adopt(session, desk, planning_round.id, 1, base=2, taking_back=unknown)
    assert absences.is_entered(session, desk, planning_round, AWAY)


def test_times_that_have_changed_since_keep_the_version_from_being_taken_over(
    session: Session, desk: Desk, planning_round: PlanningRound, away: Proposal
) -> None:
    profile = profiles.profile_of(contacts.person_by_code(session, "R01"))
    changed = replace(availability.read(profile), school_holidays_off=True)
    availability.change(session, desk, profile, changed)
    chosen = entries(session, desk, away)
    with pytest.raises(absences.TimesChanged):
        going_back.adopt(session, desk, planning_round.id, 1, base=2, taking_back=chosen)
    assert availability.read(profile) == changed


def test_an_absence_that_was_taken_off_by_hand_is_nobodys_any_more(
    session: Session, desk: Desk, planning_round: PlanningRound, away: Proposal
) -> None:
    profile = profiles.profile_of(contacts.person_by_code(session, "R01"))
    availability.change(session, desk, profile, replace(availability.read(profile), days=()))
    assert offered(session, desk, away) == []


def test_an_absence_that_was_taken_off_and_entered_again_is_offered_once(
    session: Session, desk: Desk, planning_round: PlanningRound, away: Proposal
) -> None:
    profile = profiles.profile_of(contacts.person_by_code(session, "R01"))
    before = availability.read(profile)
    availability.change(session, desk, profile, replace(before, days=()))
    later = replace(desk, now=desk.now + timedelta(hours=1))
    absences.enter(session, later, planning_round, AWAY)
    session.flush()
    (row,) = offered(session, desk, away)
    assert row.entered_at == later.now
    going_back.adopt(session, desk, planning_round.id, 1, base=2, taking_back=[row.entry_id])
    assert days_off(session) == []
