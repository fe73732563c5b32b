"""What helps an open request leads to where it is done, also in the place of another."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import PlanningRound, PlanQuestion, Proposal, Request, Talk
from matchmaker.models.states import RequestState, Role
from matchmaker.services.desk import Desk
from matchmaker.services.planning import decisions, edits
from matchmaker.services.problems.plan_rows import planned
from matchmaker.services.talks import approval
from matchmaker.web.coordinator import making_way
from tests import factories
from tests.services.plans import evening, stored_plan
from tests.support.pages import Browser, Form, Page
from tests.web.conftest import SignIn
from tests.web.coordinator.planned_round import At

PLAN = "/koordination/planung/1/vorschlag/1"
OPEN = f"{PLAN}/anfrage/A002"
INSTEAD = f"{OPEN}?statt=A001"


@pytest.fixture(autouse=True)
def _round(factory: sessionmaker[Session], desk: Desk) -> None:
    """A001 has the one talk that R01 takes on, A002 is open, for A003 nobody speaks Arabic."""
    with factory.begin() as session:
        factories.speaker(
            session,
            topics={"ANE-01": 3},
            weekly=((1, 16, 22),),
            code="R01",
            name="Rana Aydın",
            profile={"max_talks": 1},
        )
        first = factories.request(session, code="A001")
        factories.request(session, code="A002")
        factories.request(session, code="A003", languages=("ar",))
        row = factories.planning_round(session)
        stored_plan(session, desk, row, evening(first, "R01"))
        decisions.pin(session, desk, row.id, "A001")


@pytest.fixture
def approved(factory: sessionmaker[Session], desk: Desk) -> str:
    """A001 is approved; the code of its talk."""
    with factory.begin() as session:
        approval.approve(session, desk, 1, requests=["A001"])
        return session.scalars(select(Talk)).one().code


def places(page: Page) -> list[Form]:
    return [one for one in page.forms if "/verschieben" in one.action]


def test_a_limit_leads_to_the_profile_and_to_the_prepared_evening(
    answered: At,
) -> None:
    links = dict(answered(OPEN).links)
    assert links["/koordination/kontakte/person/R01/profil"] == "Profile of Rana Aydın"
    assert [text for text in links.values() if text == "Prepare this evening"]


def test_a_language_that_nobody_speaks_leads_to_a_new_person(answered: At) -> None:
    links = dict(answered(f"{PLAN}/anfrage/A003").links)
    assert links["/koordination/kontakte/person/neu?role=interpreter"] == "Enter a new interpreter"


def test_in_place_of_another_it_is_placed_and_the_other_is_open(
    answered: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    links = {text: address for address, text in answered(OPEN).links}
    address = links["Look for an evening in their place"]
    assert address.partition("#")[0] == INSTEAD
    page = answered(INSTEAD)
    assert "Wherever you place it, these talks leave the plan with it and are open" in page.words
    assert "Can others move for it?" not in page.words
    made = coordinator.send(places(page)[0])
    assert made.address == "/koordination/planung/1/vorschlag/2"
    assert "Open again: A001." in made.words
    with factory() as session:
        row = session.scalars(select(PlanningRound)).one().current_proposal
        assert row is not None
        assert [(one.request, one.people) for one in planned(row)] == [("A002", ("R01",))]


def test_a_form_with_faults_still_says_who_makes_way(answered: At, coordinator: Browser) -> None:
    page = coordinator.send(places(answered(INSTEAD))[0], day="soon")
    assert page.status == 422
    assert "In place of other talks" in page.words
    assert places(page)[0].action.endswith("?statt=A001")


def test_after_a_fault_the_answer_is_still_waited_for_in_their_place(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    coordinator.open(INSTEAD)
    with factory() as session:
        asked = [row.arguments for row in session.scalars(select(PlanQuestion))]
    page = coordinator.send(places(coordinator.open(INSTEAD))[0], day="soon")
    assert page.status == 422
    assert "data-refresh-url" in page.text
    assert "/anfrage/A002/antwort?statt=A001" in page.text
    assert asked == [{"request": "A002", "without": ["A001"]}]


@pytest.mark.parametrize("named", ["A002", "A999", ",,", "A003"])
def test_only_another_talk_of_the_plan_makes_way(answered: At, named: str) -> None:
    page = answered(f"{OPEN}?statt={named}")
    assert "In place of other talks" not in page.words
    assert "With the rest of the plan as it is, the rules leave no evening." in page.words


def test_an_approved_talk_is_shown_as_such_and_changed_where_it_stands(
    approved: str, answered: At
) -> None:
    page = answered(OPEN)
    assert "is approved: first its talk would have to change, under “Talks”." in page.words
    links = dict(page.links)
    assert links[f"/koordination/termine/{approved}"] == "The talk of A001"
    assert "Look for an evening in their place" not in links.values()


def test_an_approved_talk_makes_way_for_nothing(
    approved: str, answered: At, coordinator: Browser
) -> None:
    page = answered(INSTEAD)
    assert "In place of other talks" not in page.words
    assert "Even without them" not in page.words
    assert "is approved: first its talk would have to change" in page.words


def test_a_talk_approved_meanwhile_is_said_to_stay_and_where_it_is_changed(
    approved: str, answered: At
) -> None:
    page = answered(INSTEAD)
    assert "This request makes no way: " in page.words
    assert "is approved. It can only make way where its talk is changed." in page.words
    assert f"/koordination/termine/{approved}" in dict(page.links)


@pytest.fixture
def withdrawn(factory: sessionmaker[Session]) -> None:
    """A001 is withdrawn, while the version still has its evening."""
    with factory.begin() as session:
        row = session.scalars(select(Request).where(Request.code == "A001")).one()
        row.state = RequestState.WITHDRAWN


def test_a_request_withdrawn_meanwhile_has_left_its_evening_already(
    withdrawn: None, answered: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    page = answered(INSTEAD)
    assert "In place of other talks" not in page.words
    assert "is not waiting for an evening any more. What it had is free already." in page.words
    assert "/koordination/anfragen/A001" in dict(page.links)
    made = coordinator.send(places(page)[0])
    assert made.address == "/koordination/planung/1/vorschlag/2"


def test_a_form_in_place_of_a_request_withdrawn_meanwhile_is_taken_all_the_same(
    answered: At, coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    form = places(answered(INSTEAD))[0]
    with factory.begin() as session:
        row = session.scalars(select(Request).where(Request.code == "A001")).one()
        row.state = RequestState.WITHDRAWN
    made = coordinator.send(form)
    assert made.address == "/koordination/planung/1/vorschlag/2"
    assert "Open again" not in made.words


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ("A003", "has no evening in this version. Look at A003"),
        ("A004", "has no evening in this version. Look at A004"),
        ("A999", "There is no request A999."),
    ],
)
def test_what_has_no_evening_to_give_is_named(
    answered: At, factory: sessionmaker[Session], other: str, words: str
) -> None:
    with factory.begin() as session:
        factories.request(session, code="A004")
    assert words in answered(f"{OPEN}?statt={other}").words


def test_an_older_version_leads_to_the_current_one(
    coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        edits.rearrange(session, desk, 1, {"A001": None}, base=1)
    page = coordinator.open(INSTEAD)
    assert "This is not the current version." in page.words
    links = {text: address for address, text in page.links}
    assert links["To this request in the current version"] == INSTEAD.replace(
        "vorschlag/1", "vorschlag/2"
    )


def test_the_page_of_a_withdrawn_request_says_so(withdrawn: None, answered: At) -> None:
    page = answered(f"{PLAN}/anfrage/A001")
    assert "This request is not waiting for an evening any more." in page.words


def test_a_form_in_place_of_a_talk_approved_meanwhile_is_kept_with_what_was_typed(
    answered: At,
    coordinator: Browser,
    factory: sessionmaker[Session],
    desk: Desk,
) -> None:
    form = places(answered(INSTEAD))[0]
    with factory.begin() as session:
        approval.approve(session, desk, 1, requests=["A001"])
    page = coordinator.send(form)
    assert page.status == 422
    assert "This would break rules of the planning." in page.words
    assert places(page)[0].fields["speaker"] == "R01"


@pytest.mark.parametrize("named", ["A003,A001", "A001,A003", "A001,A003,A001,A002,A999"])
def test_the_order_in_which_they_are_named_asks_nothing_new(named: str) -> None:
    rows = [{"request": code} for code in ("A001", "A002", "A003")]
    version = Proposal(content={"assignments": rows})
    assert making_way.named(named, version, "A002")[0] == ("A001", "A003")


def test_an_evening_that_needs_a_rule_set_aside_says_so_and_names_it(
    answered: At, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        decisions.ban_person(session, desk, 1, "A002", "R01")
    page = answered(f"{INSTEAD}&day=2027-01-19&start=18:00&person=R01")
    assert "Even without them" not in page.words
    assert "The one prepared below needs this rule to be set aside: " in page.words
    assert places(page)[-1].fields["speaker"] == "R01"


def test_who_only_reads_is_led_to_nothing_that_is_refused(
    factory: sessionmaker[Session], sign_in: SignIn, answered: At
) -> None:
    answered(OPEN)
    with factory.begin() as session:
        auditor = factories.person(session, Role.AUDITOR, locale="en")
    page = sign_in(auditor).open(OPEN)
    assert "Rana Aydın could come on" in page.words
    assert "Profile of Rana Aydın" not in page.words
    assert "In place of other talks" not in sign_in(auditor).open(INSTEAD).words
