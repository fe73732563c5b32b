"""From rows to a problem, part by part, on a small round of our own."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from sqlalchemy.orm import Session

from matchmaker.models import (
    BlockedPeriod,
    PlanningRound,
    RequestDayOff,
    RequestWindow,
    SpeakerWish,
    Venue,
)
from matchmaker.models.states import (
    DecisionKind,
    Format,
    RequestState,
)
from matchmaker.scheduling import problem as core
from matchmaker.services.desk import Desk
from matchmaker.services.problems import LeftOut
from tests import factories
from tests.services.problems.small import built, decide, only, wall


def test_a_request_becomes_its_windows_wishes_and_place(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    host = factories.organisation(session, code="MO01", district_nr="01")
    host.venues = [Venue(name="Saal")]
    session.flush()
    factories.request(
        session,
        organisation=host,
        code="A001",
        topics=("ARB-01", "ANE-01"),
        languages=("ar", "de"),
        venue_id=host.venues[0].id,
        date_from=date(2027, 1, 18),
        priority=2,
        waiting_rounds=1,
        people=12,
    )
    assert only(built(session, desk, planning_round)) == core.Request(
        id="A001",
        organisation="MO01",
        topics=("ARB-01", "ANE-01"),
        languages=("ar", "de"),
        minutes=120,
        windows=(
            core.Window(wall("2027-01-19T18:00"), wall("2027-01-19T20:00")),
            core.Window(wall("2027-01-26T18:00"), wall("2027-01-26T20:00")),
        ),
        district="01",
        venue=f"V{host.venues[0].id}",
        people=12,
        priority=2,
        waiting_rounds=1,
    )


def test_single_days_and_preferences_become_windows(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    single = RequestWindow(day=date(2027, 1, 16), starts=time(11), ends=time(0), preference=2)
    factories.request(session, weekly=(), windows=[single])
    assert only(built(session, desk, planning_round)).windows == (
        core.Window(wall("2027-01-16T11:00"), wall("2027-01-17T00:00"), 2),
    )


def test_days_off_and_banned_days_are_cut_out(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    off = RequestDayOff(first_day=date(2027, 1, 18), last_day=date(2027, 1, 20))
    request = factories.request(session, days_off=[off])
    decide(session, desk, planning_round, request, DecisionKind.BAN_DAY, day=date(2027, 1, 12))
    assert [row.start for row in only(built(session, desk, planning_round)).windows] == [
        wall("2027-01-26T18:00")
    ]


def test_windows_stay_on_closed_and_blocked_days_so_that_reasons_can_name_them(
    session: Session, desk: Desk
) -> None:
    host = factories.organisation(session)
    host.blocked_periods = [BlockedPeriod(first_day=date(2027, 3, 1), last_day=date(2027, 3, 2))]
    row = factories.planning_round(session, first_day=date(2027, 3, 1), last_day=date(2027, 3, 8))
    factories.request(session, organisation=host, weekly=((0, 18, 20),))
    made = built(session, desk, row)
    assert [window.start.date() for window in only(made).windows] == [
        date(2027, 3, 1),
        date(2027, 3, 8),
    ]
    assert made.problem.organisations[0].blocked == ((date(2027, 3, 1), date(2027, 3, 2)),)
    assert made.problem.closed_days == {date(2027, 3, 8)}


def test_children_make_days_outside_the_school_holidays_dearer(
    session: Session, desk: Desk
) -> None:
    row = factories.planning_round(session, first_day=date(2027, 2, 1), last_day=date(2027, 2, 14))
    factories.request(session, children=4, date_to=date(2027, 2, 14))
    windows = only(built(session, desk, row)).windows
    assert [(window.start.date(), window.preference) for window in windows] == [
        (date(2027, 2, 2), 0),
        (date(2027, 2, 9), 1),
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"state": RequestState.SUBMITTED},
        {"state": RequestState.WITHDRAWN},
        {"format": Format.WORKSHOP},
        {"date_from": date(2027, 2, 1), "date_to": date(2027, 2, 28)},
    ],
)
def test_only_ready_talks_of_the_period_are_planned(
    session: Session, desk: Desk, planning_round: PlanningRound, facts: dict[str, Any]
) -> None:
    factories.request(session, **facts)
    made = built(session, desk, planning_round)
    assert (made.problem.requests, made.left_out) == ((), ())


def test_what_cannot_be_planned_is_listed_with_its_cause(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    unwanted = factories.request(session, code="A001")
    factories.request(session, code="A002", weekly=(), topics=())
    full = RequestDayOff(first_day=date(2027, 1, 1), last_day=date(2027, 1, 31))
    factories.request(session, code="A003", days_off=[full])
    decide(session, desk, planning_round, unwanted, DecisionKind.LEAVE_OUT)
    assert built(session, desk, planning_round).left_out == (
        LeftOut("A001", "decision"),
        LeftOut("A002", "incomplete", ("topics", "windows")),
        LeftOut("A003", "no_window"),
    )


def test_an_undone_decision_does_not_count(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    request = factories.request(session)
    decide(session, desk, planning_round, request, DecisionKind.LEAVE_OUT, undone_at=desk.now)
    assert built(session, desk, planning_round).left_out == ()


def test_a_speaker_becomes_languages_times_and_limits(
    session: Session, desk: Desk, planning_round: PlanningRound, speaker: Any
) -> None:
    speaker.profile.max_per_month, speaker.profile.lead_days = 3, 21
    speaker.profile.min_people, speaker.profile.womens_groups = 8, False
    speaker.profile.districts = ["01"]
    planning_round.last_day = date(2027, 1, 17)
    assert built(session, desk, planning_round).problem.speakers == (
        core.Speaker(
            id="R01",
            topics={"ANE-01": 3},
            languages=("de", "tr", "de-simple"),
            home="01",
            districts=("01",),
            available=((wall("2027-01-12T16:00"), wall("2027-01-12T21:00")),),
            max_per_month=3,
            lead_days=21,
            min_people=8,
            womens_groups=False,
        ),
    )


def test_an_interpreter_counts_with_the_languages_interpreted(
    session: Session, desk: Desk, planning_round: PlanningRound
) -> None:
    factories.interpreter(session, code="S1", languages=("ar", "kmr"), weekly=((1, 18, 20),))
    (found,) = built(session, desk, planning_round).problem.interpreters
    assert (found.id, found.languages) == ("S1", ("ar", "kmr"))


def test_people_without_times_or_topics_are_noted(
    session: Session, desk: Desk, planning_round: PlanningRound, speaker: Any
) -> None:
    factories.speaker(session, topics={"ANE-01": 1}, code="R02")
    factories.speaker(session, weekly=((1, 18, 20),), code="R03")
    factories.speaker(session, topics={"ANE-01": 1}, code="R04", active=False)
    made = built(session, desk, planning_round)
    assert [row.id for row in made.problem.speakers] == ["R01", "R02"]
    assert {note.code: note.facts for note in made.notes} == {
        "people_without_times": {"people": ("R02",)},
        "people_incomplete": {"people": ("R03",)},
    }


def test_wishes_and_bans_name_speakers(
    session: Session, desk: Desk, planning_round: PlanningRound, speaker: Any
) -> None:
    second = factories.speaker(session, topics={"ANE-01": 1}, code="R02")
    third = factories.speaker(session, topics={"ANE-01": 1}, code="R03")
    request = factories.request(
        session,
        speaker_wishes=[
            SpeakerWish(person_id=speaker.id, wanted=True),
            SpeakerWish(person_id=second.id, wanted=False),
        ],
    )
    decide(session, desk, planning_round, request, DecisionKind.BAN_PERSON, person=third)
    found = only(built(session, desk, planning_round))
    assert (found.preferred_speakers, found.excluded_speakers) == (("R01",), ("R02", "R03"))


def test_a_banned_interpreter_lacks_the_requests_own_name_of_the_language(
    session: Session, desk: Desk, planning_round: PlanningRound, speaker: Any
) -> None:
    banned = factories.interpreter(session, code="S1", languages=("ar",))
    factories.interpreter(session, code="S2", languages=("ar",))
    arabic = factories.speaker(session, topics={"ANE-01": 1}, languages=("de", "ar"), code="R02")
    request = factories.request(session, code="A001", languages=("ar", "de"))
    other = factories.request(session, code="A002", languages=("ar",))
    decide(session, desk, planning_round, request, DecisionKind.BAN_PERSON, person=banned)
    problem = built(session, desk, planning_round).problem
    assert problem.request["A001"].languages == ("ar~A001", "de")
    assert problem.request[other.code].languages == ("ar",)
    assert problem.interpreter["S1"].languages == ("ar",)
    assert problem.interpreter["S2"].languages == ("ar", "ar~A001")
    assert "ar~A001" in problem.speaker[arabic.code].languages
