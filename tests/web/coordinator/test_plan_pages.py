"""One version of a plan: seen, compared, taken up again; its requests moved, fixed, taken out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.jobs import keepers
from matchmaker.models import Assignment, Heartbeat, PlanningRound, Proposal, Request, RequestDayOff
from matchmaker.models.states import AssignmentState, DecisionKind, RequestState, Role
from matchmaker.services.desk import Desk
from matchmaker.services.planning import decisions, rounds
from matchmaker.services.planning.plan_view import load_plan
from matchmaker.services.problems.plan_rows import planned, standing_decisions
from matchmaker.services.talks import approval
from tests import factories
from tests.services.plans import TUESDAY, evening, stored_plan
from tests.support.answering import answer_questions
from tests.support.pages import Browser, Form, Page
from tests.web.conftest import SignIn

At = Callable[..., Page]
WEEK_LATER = TUESDAY.replace(day=26)


@pytest.fixture
def coordinator(factory: sessionmaker[Session], sign_in: SignIn) -> Browser:
    with factory.begin() as session:
        person = factories.person(session, Role.COORDINATOR, locale="en", name="Koordination")
    return sign_in(person)


@pytest.fixture
def round_id(factory: sessionmaker[Session], desk: Desk) -> int:
    """A001 and A002 of the same association are placed, A003 (in Arabic) is open."""
    with factory.begin() as session:
        for code, name in (("R01", "Rana Aydın"), ("R02", "Olga Reimann")):
            institution = factories.organisation(session, name=f"Institution {code}")
            factories.speaker(
                session,
                topics={"ANE-01": 3},
                weekly=((1, 16, 22),),
                code=code,
                name=name,
                organisation=institution,
            )
        host = factories.organisation(session, name="Sonnenhof")
        first, second = (
            factories.request(session, code=code, organisation=host) for code in ("A001", "A002")
        )
        factories.request(session, code="A003", languages=("ar",))
        row = factories.planning_round(session)
        stored_plan(
            session,
            desk,
            row,
            evening(first, "R01"),
            evening(second, "R02", start=WEEK_LATER),
        )
        return row.id


@pytest.fixture
def at(coordinator: Browser, round_id: int) -> At:
    """Opens a page of the round's plan."""

    def open_page(path: str = "/1") -> Page:
        return coordinator.open(f"/koordination/planung/{round_id}/vorschlag{path}")

    return open_page


@pytest.fixture
def told(at: At, settings: Settings, factory: sessionmaker[Session]) -> At:
    """Opens a page that asks the worker, and again as soon as it has answered."""

    def open_page(path: str) -> Page:
        at(path)
        answer_questions(settings, factory)
        return at(path)

    return open_page


def current(factory: sessionmaker[Session]) -> Proposal:
    with factory() as session:
        row = session.scalars(select(PlanningRound)).one().current_proposal
        assert row is not None
        return row


def kinds(factory: sessionmaker[Session], round_id: int) -> list[DecisionKind]:
    with factory() as session:
        return [row.kind for row in standing_decisions(session, round_id)]


def test_the_calendar_shows_who_visits_whom_and_when(at: At) -> None:
    page = at()
    assert page.status == 200
    for words in ("2 talks placed,", "1 request open.", "Sonnenhof", "Rana Aydın", "18:00"):
        assert words in page.words
    assert "German" in page.words
    assert "18–24 Jan" in page.words


def test_an_approved_talk_that_nobody_speaks_at_is_named_until_somebody_does(
    at: At, factory: sessionmaker[Session], desk: Desk, round_id: int
) -> None:
    with factory.begin() as session:
        approval.approve(session, desk, round_id, requests=["A001"])
    assert "has nobody who speaks" not in at().words

    with factory.begin() as session:
        (row,) = session.scalars(select(Assignment)).all()
        row.state = AssignmentState.DECLINED
    page = at()

    assert "1 approved talk has nobody who speaks." in page.words
    assert 'href="/koordination/termine/T001">Sonnenhof</a>' in page.text


def test_a_talk_that_is_over_wants_nobody_any_more(
    factory: sessionmaker[Session], desk: Desk, round_id: int
) -> None:
    with factory.begin() as session:
        approval.approve(session, desk, round_id, requests=["A001"])
        session.flush()
        for row in session.scalars(select(Assignment)):
            row.state = AssignmentState.DECLINED
    with factory() as session:
        planning_round = session.get_one(PlanningRound, round_id)
        assert planning_round.current_proposal is not None
        plan = load_plan(session, planning_round, planning_round.current_proposal)
        assert [row.code for row in plan.wanting(desk.now)] == ["T001"]
        assert plan.wanting(desk.now + timedelta(days=365)) == []


def test_holidays_and_school_holidays_stand_in_the_calendar(at: At) -> None:
    words = at().words
    assert "Women's Day" in words
    assert "Winterferien" in words


def test_the_list_can_be_narrowed(at: At) -> None:
    everything = at("/1?ansicht=list")
    assert "2 of 2 talks" in everything.words
    assert "1 of 2 talks" in at("/1?ansicht=list&q=reimann").words
    assert "0 of 2 talks" in at("/1?ansicht=list&zeige=pinned").words
    assert "No talk fits the filter" in at("/1?ansicht=list&q=niemand").words


def test_open_requests_are_listed_with_a_word_on_why(at: At) -> None:
    page = at("/1?ansicht=open")
    assert "A003" in page.words
    assert "“Plan again” finds it out." in page.words


def test_pictures_have_their_figures_as_tables(at: At, factory: sessionmaker[Session]) -> None:
    page = at("/1?ansicht=figures")
    assert page.text.count("<svg") > 2
    assert page.words.count("The same figures as a table") >= 2
    assert "Rana Aydın" in page.words
    total = current(factory).total
    assert (total > 999, f"This plan: {total:,}." in page.words) == (True, True)


@pytest.mark.parametrize("view", ["calendar", "list", "open", "figures"])
def test_the_places_stand_alike_beside_every_view(at: At, view: str) -> None:
    assert '<body class="work roomy"' in at(f"/1?ansicht={view}").text


def test_an_unknown_view_is_the_calendar(at: At) -> None:
    assert "Calendar of the plan" in at("/1?ansicht=alles").words


@pytest.mark.parametrize("path", ["/2", "/1/anfrage/A999", "/1/vergleich/7", "/0"])
def test_what_is_not_there_is_not_found(at: At, path: str) -> None:
    assert at(path).status == 404


def test_a_requests_page_says_why_and_where_else(told: At) -> None:
    page = told("/1/anfrage/A001")
    for words in ("Why this evening?", "Rana Aydın does it every day", "Where else it could be"):
        assert words in page.words
    assert "Olga Reimann" in page.words
    assert "Points by part Part Points Talk takes place 1,000 " in page.words
    drawn = re.findall(r'<rect class="bar-fill[^"]*" x="[0-9.]+" width="([0-9.]+)"', page.text)
    assert len(drawn) == page.text.count("points-bar") - 1
    assert max(drawn, key=float) == drawn[0]
    assert "as good as now" in page.words


def test_until_somebody_answers_the_page_says_what_it_waits_for(at: At) -> None:
    page = at("/1/anfrage/A001")
    assert "Why this evening?" in page.words
    assert "No worker has reported lately. Please start “matchmaker worker”" in page.words
    assert "Where else it could be" not in page.words
    assert '<meta http-equiv="refresh"' in page.text
    assert 'data-refresh-url="' in at("/1/anfrage/A001/antwort").text


def test_while_a_worker_runs_the_page_says_that_the_answer_comes(
    at: At, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        session.merge(Heartbeat(name="worker", at=desk.now, note=""))
    assert "The answer is being worked out" in at("/1/anfrage/A001").words


def test_the_part_that_is_fetched_brings_the_answer_and_asks_no_more(told: At) -> None:
    fragment = told("/1/anfrage/A001/antwort")
    assert "Where else it could be" in fragment.words
    assert "data-refresh-url" not in fragment.text
    assert "<html" not in fragment.text


def test_looking_again_asks_again_only_after_a_change(
    told: At, at: At, settings: Settings, factory: sessionmaker[Session], desk: Desk
) -> None:
    told("/1/anfrage/A001")
    at("/1/anfrage/A001")
    assert answer_questions(settings, factory) == 0
    with factory.begin() as session:
        round_id = session.scalars(select(PlanningRound.id)).one()
        decisions.ban_person(session, desk, round_id, "A001", "R02")
    at("/1/anfrage/A001")
    assert answer_questions(settings, factory) == 1
    assert "Olga Reimann" not in at("/1/anfrage/A001/antwort").words


def test_a_question_that_failed_is_told_and_left_alone_for_a_while(
    at: At, settings: Settings, factory: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keepers, "MEMORY_BYTES", 64 * 1024**2)
    at("/1/anfrage/A001")
    assert answer_questions(settings, factory) == 1
    assert "This could not be worked out." in at("/1/anfrage/A001").words
    assert answer_questions(settings, factory) == 0


def test_an_open_request_is_told_why_with_ways_out(told: At) -> None:
    page = told("/1/anfrage/A003")
    assert "One more interpreter for" in page.words
    assert "the rules leave no evening" in page.words


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


def free_choice(page: Page) -> Form:
    """The form in which everything can be chosen, unlike those of the ready-made places."""
    (found,) = (form for form in page.forms if "interpreter" in form.choices)
    return found


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


def test_two_versions_are_compared_row_by_row(at: At, coordinator: Browser) -> None:
    coordinator.send(free_choice(at("/1/anfrage/A001")), day="2027-01-12", start="18:00")
    page = at("/2/vergleich/1")
    assert "1 request is different." in page.words
    assert "Before: Tue 19 Jan 2027, 18:00–20:00" in page.words
    assert "After: Tue 12 Jan 2027, 18:00–20:00" in page.words
    assert "Talks placed 2 2" in page.words


def test_an_earlier_version_is_taken_over(
    at: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    coordinator.send(free_choice(at("/1/anfrage/A001")), day="2027-01-12", start="18:00")
    old = at("/1")
    assert "This is not the current version." in old.words
    assert not [form for form in old.forms if "planen" in form.action]
    page = coordinator.send(old.form("uebernehmen"))
    assert "Version 1 is the current plan again." in page.words
    assert current(factory).number == 1


def test_a_version_that_does_not_fit_any_more_says_why(
    at: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    moved = coordinator.send(free_choice(at("/1/anfrage/A001")), day="2027-01-12", start="18:00")
    assert moved.status == 200
    with factory.begin() as session:
        row = session.scalars(select(Request).where(Request.code == "A002")).one()
        row.people = 0
        for person in session.scalars(select(factories.Person)):
            if person.profile is not None:
                person.profile.min_people = 5
    page = coordinator.send(at("/1").form("uebernehmen"))
    assert page.status == 409
    assert "Version 1 does not fit any more" in page.words
    assert "Group size:" in page.words
    assert current(factory).number == 2


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


def test_names_are_escaped(at: At, factory: sessionmaker[Session], coordinator: Browser) -> None:
    with factory.begin() as session:
        row = session.scalars(select(Request).where(Request.code == "A001")).one()
        assert row.organisation is not None
        row.organisation.name = "<script>alert(1)</script>"
    for path in ("/1", "/1?ansicht=list", "/1/anfrage/A001", "/1?ansicht=open"):
        assert "<script>alert" not in at(path).text


def test_an_auditor_sees_the_plan_without_any_button(
    factory: sessionmaker[Session], sign_in: SignIn, round_id: int
) -> None:
    with factory.begin() as session:
        person = factories.person(session, Role.AUDITOR, locale="en")
    auditor = sign_in(person)
    for path in (
        "/1",
        "/1?ansicht=list",
        "/1?ansicht=open",
        "/1?ansicht=figures",
        "/1/anfrage/A001",
    ):
        page = auditor.open(f"/koordination/planung/{round_id}/vorschlag{path}")
        assert page.status == 200
        assert not [one for one in page.forms if "planung" in one.action and one.method == "post"]


@pytest.mark.parametrize("role", [Role.HOST, Role.SPEAKER, Role.INTERPRETER])
def test_others_do_not_see_plans(
    factory: sessionmaker[Session], sign_in: SignIn, round_id: int, role: Role
) -> None:
    with factory.begin() as session:
        person = factories.person(session, role)
    assert sign_in(person).open(f"/koordination/planung/{round_id}/vorschlag/1").status == 403


def test_the_plan_speaks_german_too(at: At) -> None:
    page = at("/1?lang=de")
    assert "2 Gespräche geplant, 1 Anfrage offen." in page.words
    assert "Frauentag" in page.words
