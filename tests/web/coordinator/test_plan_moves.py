"""Requests of a plan moved, fixed, ruled out and taken out by hand."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import PlanningRound, Request, RequestDayOff
from matchmaker.models.states import DecisionKind, RequestState
from matchmaker.services.desk import Desk
from matchmaker.services.planning import rounds
from matchmaker.services.problems.plan_rows import planned
from tests import factories
from tests.services.plans import stored_plan
from tests.support.pages import Browser
from tests.web.coordinator.planned_round import WEEK_LATER, At, current, free_choice, kinds


def test_a_better_place_is_taken_with_one_press(
    told: At, coordinator: Browser, factory: sessionmaker[Session], round_id: int
) -> None:
    page = told("/1/anfrage/A001")
    choice = next(form for form in page.forms if "verschieben" in form.action)
    moved = coordinator.send(choice)
    assert moved.address.endswith("/vorschlag/2")
    assert "A001 is placed and stays fixed there." in moved.words
    assert "Changed by hand: A001" in moved.words
    row = current(factory)
    assert (row.number, row.served) == (2, 2)
    placed = {one.request: one for one in planned(row)}
    assert placed["A001"].start.isoformat()[:10] == choice.fields["day"]
    assert kinds(factory, round_id) == [DecisionKind.PIN]


def test_a_prepared_form_names_the_language_in_which_it_can_be_held(
    at: At, factory: sessionmaker[Session], desk: Desk, round_id: int
) -> None:
    """Arabic is wished first, but nobody is there who interprets it."""
    with factory.begin() as session:
        factories.language(session, "ar")
        factories.request(session, code="A004", languages=("ar", "de"))
        session.flush()
        planning_round = session.get_one(PlanningRound, round_id)
        before = planning_round.current_proposal
        assert before is not None
        stored_plan(session, desk, planning_round, *planned(before))
    page = at("/2/anfrage/A004?day=2027-02-02&start=18:00&person=R02")
    form = free_choice(page)
    assert (form.fields["language"], form.fields["speaker"]) == ("de", "R02")
    assert "German, Olga Reimann, Institution R02, without interpreting" in page.words


def test_a_prepared_evening_far_outside_the_round_is_left_to_the_form(
    at: At,
) -> None:
    page = at("/1/anfrage/A001?day=9999-12-31&start=23:00&person=R02")
    assert page.status == 200
    assert free_choice(page).fields["speaker"] == "R02"


def test_a_move_by_form_is_judged_and_every_broken_rule_named(
    at: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    form = free_choice(at("/1/anfrage/A001"))
    page = coordinator.send(form, day="2027-01-26", start="18:00")
    assert page.status == 422
    assert "This would break rules of the planning." in page.words
    assert "Limit of the association:" in page.words
    assert "Talks at Sonnenhof on Tue 26 Jan 2027: 2; allowed: 1" in page.words
    assert free_choice(page).fields["day"] == "2027-01-26"
    assert current(factory).number == 1


def test_two_talks_of_one_person_at_once_cannot_be_insisted_on(
    at: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    (other,) = (row for row in planned(current(factory)) if row.request == "A002")
    page = coordinator.send(
        free_choice(at("/1/anfrage/A001")),
        day=f"{other.start:%Y-%m-%d}",
        start=f"{other.start:%H:%M}",
        speaker=[other.speakers[0], ""],
    )
    assert page.status == 422
    assert "Nobody can be at two talks at once, whatever the reason." in page.words
    assert "Place it all the same" not in page.words
    assert current(factory).number == 1


def test_insisting_without_a_reason_is_refused_and_keeps_the_form(
    at: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    broken = coordinator.send(free_choice(at("/1/anfrage/A001")), day="2027-01-26", start="18:00")
    page = coordinator.send(free_choice(broken), "Place it all the same")
    assert page.status == 422
    assert "Please say why the rule does not count here." in page.words
    assert "Limit of the association:" in page.words
    assert current(factory).number == 1


def test_insisting_with_a_reason_is_done_and_shown(
    at: At, coordinator: Browser, factory: sessionmaker[Session], round_id: int
) -> None:
    broken = coordinator.send(free_choice(at("/1/anfrage/A001")), day="2027-01-26", start="18:00")
    page = coordinator.send(
        free_choice(broken), "Place it all the same", reason="Zwei Räume an dem Abend"
    )
    assert "Placed against a rule, with a reason: Limit of the association." in page.words
    detail = at("/2/anfrage/A001")
    assert "Reason: Zwei Räume an dem Abend" in detail.words
    assert kinds(factory, round_id) == [DecisionKind.PIN, DecisionKind.PIN]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"day": "morgen"}, "Please give a day."),
        ({"day": "2028-01-19"}, "within the period of the round"),
        ({"start": "abends"}, "Please give a time."),
        ({"speaker": ""}, "Please choose who speaks."),
        ({"language": ""}, "Please choose the language of the evening."),
    ],
)
def test_a_faulty_move_names_the_field(
    at: At, coordinator: Browser, typed: dict[str, str], words: str
) -> None:
    page = coordinator.send(free_choice(at("/1/anfrage/A001")), **typed)
    assert page.status == 422
    assert words in page.words


def test_a_move_from_a_stale_tab_meets_a_conflict(
    at: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    first, second = free_choice(at("/1/anfrage/A001")), free_choice(at("/1/anfrage/A002"))
    assert coordinator.send(first, day="2027-01-12", start="18:00").status == 200
    page = coordinator.send(second, day="2027-02-02", start="18:00")
    assert page.status == 409
    assert ("/koordination/planung", "Planning") in page.links
    assert "There is a newer version of this plan." in page.words
    assert current(factory).number == 2


def test_a_change_by_hand_can_be_undone(
    at: At, coordinator: Browser, factory: sessionmaker[Session], round_id: int
) -> None:
    moved = coordinator.send(free_choice(at("/1/anfrage/A001")), day="2027-01-12", start="18:00")
    page = coordinator.send(moved.form("rueckgaengig"))
    assert "Version 1 counts again." in page.words
    assert current(factory).number == 1
    assert kinds(factory, round_id) == []


def test_a_move_that_drops_another_talk_says_whose_and_why(
    at: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    day = WEEK_LATER.date()
    with factory.begin() as session:
        second = session.scalars(select(Request).where(Request.code == "A002")).one()
        second.days_off.append(RequestDayOff(first_day=day, last_day=day))
    page = coordinator.send(free_choice(at("/1/anfrage/A001")), day="2027-01-12", start="18:00")
    assert "no longer fit what is known today: A002 Sonnenhof : Wished times" in page.words
    assert "2 changes from version 1" in page.words


def test_a_talk_is_fixed_and_let_go_again(
    at: At, coordinator: Browser, factory: sessionmaker[Session], round_id: int
) -> None:
    page = coordinator.send(at("/1/anfrage/A001").form("festlegen"))
    assert "Every new plan keeps this evening." in page.words
    assert "fixed" in at().words
    assert kinds(factory, round_id) == [DecisionKind.PIN]
    coordinator.send(page.form("aufheben"))
    assert kinds(factory, round_id) == []


def test_a_person_and_a_day_are_ruled_out(
    at: At, coordinator: Browser, factory: sessionmaker[Session], round_id: int
) -> None:
    page = coordinator.send(at("/1/anfrage/A001").form("person-sperren"), reason="passt nicht")
    assert "without Rana Aydın" in page.words
    assert "(passt nicht)" in page.words
    page = coordinator.send(page.form("tag-sperren"))
    assert "not on Tue 19 Jan 2027" in page.words
    assert kinds(factory, round_id) == [DecisionKind.BAN_PERSON, DecisionKind.BAN_DAY]
    assert current(factory).number == 1
    listed = coordinator.open(f"/koordination/planung/{round_id}")
    assert "without Rana Aydın" in listed.words
    assert ("/koordination/anfragen/A001", "A001 Sonnenhof") in listed.links
    coordinator.send(next(form for form in listed.forms if "aufheben" in form.action))
    assert kinds(factory, round_id) == [DecisionKind.BAN_DAY]


def test_a_request_is_taken_out_and_comes_back(
    at: At, coordinator: Browser, factory: sessionmaker[Session], round_id: int
) -> None:
    page = coordinator.send(at("/1/anfrage/A001").form("entfernen"), reason="Umbau")
    assert "1 talk placed, 2 requests open." in page.words
    assert "1 change from version 1" in page.words
    with factory() as session:
        row = session.scalars(select(Request).where(Request.code == "A001")).one()
        assert row.state is RequestState.READY
    assert "Left out of this round by decision." in at("/2?ansicht=open").words
    coordinator.send(page.form("rueckgaengig"))
    assert kinds(factory, round_id) == []


def test_what_leaves_the_plan_along_with_a_request_is_said_before_and_why(
    at: At, coordinator: Browser
) -> None:
    coordinator.send(at("/1/anfrage/A002").form("tag-sperren"))
    page = at("/1/anfrage/A001")
    assert "These leave the plan as well" in page.words
    assert "A002 Sonnenhof: Day ruled out" in page.words
    done = coordinator.send(page.form("entfernen"))
    assert "A002 Sonnenhof : Day ruled out" in done.words


def test_an_open_request_is_left_out(
    at: At, coordinator: Browser, factory: sessionmaker[Session], round_id: int
) -> None:
    coordinator.send(at("/1/anfrage/A003").form("weglassen"))
    assert kinds(factory, round_id) == [DecisionKind.LEAVE_OUT]


def test_while_a_plan_is_being_made_nothing_can_be_changed(
    at: At,
    coordinator: Browser,
    factory: sessionmaker[Session],
    round_id: int,
    desk: Desk,
) -> None:
    form = at("/1/anfrage/A001").form("festlegen")
    with factory.begin() as session:
        rounds.request_plan(session, desk, round_id)
    assert "A new plan is being made." in at().words
    page = at("/1/anfrage/A001")
    assert not [one for one in page.forms if "anfrage" in one.action]
    assert coordinator.send(form).status == 409
