"""A complete request without an account: eight steps, saved at each, nothing lost, sent once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import OutboxMessage, Person, Request
from matchmaker.models.states import RequestState, Role
from matchmaker.services.intake import drafts
from matchmaker.services.intake.steps import EVERY_FIELD, STEPS
from tests import factories
from tests.support.needs import full
from tests.support.pages import Browser, Page

TYPED = full()


def _begin(browser: Browser) -> Page:
    page = browser.open("/anfrage")
    return browser.send(page.form("/anfrage"))


def _step(browser: Browser, page: Page, number: int, **changes: Any) -> Page:
    """Fill the step in as `full` says, but for `changes`, and go on."""
    form = page.form(f"/{number}")
    values = {name: TYPED[name] for name in STEPS[number - 1].fields if name in form.names}
    if "needs_room" in values:
        values["needs_room"] = []
    return browser.send(form, **(values | changes))


def _review(browser: Browser) -> Page:
    page = _begin(browser)
    for number in range(1, 8):
        if number == 4:
            page = browser.send(page.form("/4"), "add_day:")
        page = _step(browser, page, number)
        assert page.status == 200, page.words
    return page


def _requests(session: Session) -> list[Request]:
    """As they are stored; the reading lock is given back at once."""
    session.expire_all()
    rows = list(session.scalars(select(Request).order_by(Request.id)))
    session.commit()
    return rows


def _one(session: Session, query: Any) -> Any:
    value = session.scalar(query)
    session.commit()
    return value


def test_request_is_made_in_eight_steps(host_browse: Browser, session: Session) -> None:
    page = _review(host_browse)
    assert page.address.endswith("/8")
    page = host_browse.send(page.form("senden"))
    assert (page.status, page.words.count("A001")) == (200, 1)
    (request,) = _requests(session)
    assert (request.state, request.people) == (RequestState.SUBMITTED, 18)
    assert _one(session, select(OutboxMessage.recipient)) == "amal@bruecke.example"
    assert page.headers["Cache-Control"] == "no-store"


def test_sending_twice_leads_to_the_same_request(host_browse: Browser, session: Session) -> None:
    form = _review(host_browse).form("senden")
    first, second = host_browse.send(form), host_browse.send(form)
    assert first.address == second.address
    assert len(_requests(session)) == 1


def test_links_into_the_form_lead_to_the_request_once_it_is_sent(host_browse: Browser) -> None:
    page = _review(host_browse)
    sent = host_browse.send(page.form("senden"))
    for number in (1, 8):
        again = host_browse.open(re.sub(r"\d$", str(number), page.address))
        assert (again.status, again.address) == (200, sent.address)


def test_step_with_faults_keeps_what_was_typed(host_browse: Browser, session: Session) -> None:
    page = _step(host_browse, _begin(host_browse), 1, email="amal(at)verein", phone="ruf an")
    assert page.status == 422
    form = page.form("/1")
    assert (form.fields["email"], form.fields["phone"]) == ("amal(at)verein", "ruf an")
    assert form.fields["organisation"] == "Brücke e. V."
    targets = [url for url, words in page.links if url in {"#email", "#phone"} and ": " in words]
    assert targets == ["#email", "#phone"]
    (request,) = _requests(session)
    assert drafts.fields_of(request)["email"] == "amal(at)verein"


def test_faulty_date_stays_in_its_box(host_browse: Browser) -> None:
    page = _begin(host_browse)
    for number in (1, 2, 3):
        page = _step(host_browse, page, number)
    page = _step(host_browse, page, 4, period_to="2027-02-30", off_from=["2027-02-31"], off_to=[""])
    assert page.status == 422
    assert page.form("/4").fields["period_to"] == "2027-02-30"
    assert page.form("/4").fields["off_from"] == "2027-02-31"
    assert [url for url, _words in page.links if url.startswith("#")][1:] == [
        "#period_to",
        "#off_from-0",
    ]


def test_going_back_saves_and_asks_nothing(host_browse: Browser) -> None:
    page = _step(host_browse, _begin(host_browse), 1)
    page = host_browse.send(page.form("/2"), "back", other_topic="x" * 600)
    assert (page.status, page.address[-1]) == (200, "1")
    page = host_browse.open(page.address[:-1] + "2")
    assert page.form("/2").fields["other_topic"] == "x" * 600


def test_change_from_the_overview_leads_back_to_it(host_browse: Browser) -> None:
    page = _review(host_browse)
    url = next(url for url, words in page.links if "/6?" in url)
    page = host_browse.send(host_browse.open(url).form("/6"), people="21")
    assert page.address.endswith("/8")
    assert "21" in page.words


def test_topics_are_ordered_by_buttons(host_browse: Browser, session: Session) -> None:
    page = _step(host_browse, _begin(host_browse), 1)
    page = host_browse.send(page.form("/2"), topics=["ANE-01", "ARB-01"])
    page = host_browse.open(page.address[:-1] + "2")
    page = host_browse.send(page.form("/2"), "up:ARB-01")
    assert page.address.endswith("/2")
    (request,) = _requests(session)
    assert drafts.fields_of(request)["topics"] == ["ARB-01", "ANE-01"]


def test_too_many_topics_are_counted_and_those_beyond_the_third_marked(
    host_browse: Browser,
) -> None:
    page = _step(host_browse, _begin(host_browse), 1)
    four = ["ANE-01", "ARB-01", "ANE-02", "ARB-02"]
    page = host_browse.send(page.form("/2"), topics=four)
    assert page.status == 422
    assert "Sie haben 4 gewählt. Möglich sind 3. Bitte entfernen Sie eine." in page.words
    assert (page.words.count("zu viel"), page.text.count('value="drop:')) == (1, 4)
    page = host_browse.send(page.form("/2"), "drop:ANE-02")
    assert ("zu viel" in page.words, page.text.count('value="drop:')) == (False, 3)


def test_feast_fills_in_dates_and_is_not_kept(host_browse: Browser, session: Session) -> None:
    page = _begin(host_browse)
    page = host_browse.open(page.address[:-1] + "4")
    page = host_browse.send(page.form("/4"), "feast:ramadan-2027")
    (request,) = _requests(session)
    typed = drafts.fields_of(request)
    assert (typed["off_from"], typed["off_to"]) == (["2027-02-08"], ["2027-03-08"])
    assert "ramadan" not in str(request.draft).lower()


def test_incomplete_form_is_not_sent(host_browse: Browser, session: Session) -> None:
    page = _begin(host_browse)
    page = host_browse.open(page.address[:-1] + "8")
    page = host_browse.send(page.form("senden"))
    assert page.status == 422
    assert any("/1?" in url and url.endswith("#organisation") for url, _words in page.links)
    (request,) = _requests(session)
    assert request.state is RequestState.DRAFT
    assert _one(session, select(func.count()).select_from(Person)) == 0


@pytest.mark.parametrize("step", ["0", "9", "99999", "-1", "x"])
def test_forged_steps_are_not_found(host_browse: Browser, step: str) -> None:
    address = _begin(host_browse).address
    assert host_browse.client.get(address[:-1] + step).status_code == 404


def test_unknown_links_are_not_found(host_browse: Browser) -> None:
    for path in ("entwurf/{0}", "entwurf/{0}/1", "entwurf/{0}/spaeter", "{0}", "{0}/zuruecknehmen"):
        assert host_browse.open("/anfrage/" + path.format("x" * 43)).status == 404


def test_form_can_be_left_and_found_again(host_browse: Browser, session: Session) -> None:
    page = _step(host_browse, _begin(host_browse), 1)
    page = host_browse.send(page.form("/2"), "later", topics=["ANE-01"])
    assert page.address.endswith("/spaeter")
    link = re.search(r"/anfrage/entwurf/[\w-]{43}", page.text)
    assert link is not None
    page = host_browse.send(page.form("spaeter"))
    assert "amal@bruecke.example" in page.words.lower()
    assert _one(session, select(OutboxMessage.kind)) == "request_status_link"
    again = host_browse.open(link[0])
    assert again.address == link[0] + "/4"


def test_link_is_not_mailed_before_there_is_an_address(host_browse: Browser) -> None:
    page = host_browse.send(_begin(host_browse).form("/1"), "later")
    assert [form for form in page.forms if "spaeter" in form.action] == []


def test_signed_in_host_starts_where_the_questions_begin(
    host_browse: Browser, session: Session, sign_in: Any
) -> None:
    host = factories.organisation(session, name="Sonnenhof")
    person = factories.person(session, Role.HOST, organisation=host, name="Mina")
    session.commit()
    page = _begin(sign_in(person))
    assert page.address.endswith("/2")
    page = sign_in(person).open(page.address[:-1] + "1")
    assert page.form("/1").fields["organisation"] == "Sonnenhof"
    assert page.form("/1").fields["email"] == person.email


def test_draft_is_shown_in_the_language_of_the_reader(host_browse: Browser) -> None:
    page = host_browse.open(_begin(host_browse).address + "?lang=en")
    assert "Who are you?" in page.words


BAD = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["", "NaN", "-1", "2027-02-30", "x" * 10_000, "\x00", "\u2028", "yes", "📎", "%s"]
    ),
)


@hypothesis_settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.fixed_dictionaries(
        {}, optional={name: st.lists(BAD, max_size=3) for name in EVERY_FIELD}
    )
)
def test_no_input_breaks_a_page_or_half_saves_a_request(
    host_browse: Browser, session: Session, data: dict[str, list[str]]
) -> None:
    page = _begin(host_browse)
    token = page.form("/1").fields["csrf_token"]
    for step in STEPS[:-1]:
        answer = host_browse.client.post(
            page.address[:-1] + str(step.number), data={**data, "csrf_token": token}
        )
        assert answer.status_code in {303, 422}
        assert host_browse.client.get(page.address[:-1] + str(step.number)).status_code == 200
    sent = host_browse.client.post(page.address[:-1] + "senden", data={"csrf_token": token})
    assert sent.status_code in {303, 422}
    if sent.status_code == 422:
        assert _one(session, select(func.count()).select_from(Person)) == 0


def test_link_to_the_form_is_mailed_after_the_first_step_and_only_once(
    host_browse: Browser, session: Session
) -> None:
    page = _step(host_browse, _begin(host_browse), 1)
    assert "amal@bruecke.example" in page.words
    page = _step(host_browse, page, 2)
    assert "amal@bruecke.example" not in page.words
    kinds = list(session.scalars(select(OutboxMessage.kind)))
    session.commit()
    assert kinds == ["request_status_link"]


def test_sending_says_where_the_link_went(host_browse: Browser) -> None:
    page = host_browse.send(_review(host_browse).form("senden"))
    assert "Link zu dieser Seite an amal@bruecke.example" in page.words


def test_topic_is_taken_away_by_its_button(host_browse: Browser, session: Session) -> None:
    page = _step(host_browse, _begin(host_browse), 1)
    page = host_browse.send(page.form("/2"), topics=["ARB-01", "ANE-01"])
    url = re.sub(r"\d$", "2", page.address)
    page = host_browse.send(host_browse.open(url).form("/2"), "drop:ARB-01")
    (request,) = _requests(session)
    assert drafts.fields_of(request)["topics"] == ["ANE-01"]
    assert page.status == 200
