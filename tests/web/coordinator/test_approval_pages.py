"""Approval in the browser: what is shown is what is sent."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import OutboxMessage, Request, Talk
from matchmaker.models.availability import AvailabilitySpan
from matchmaker.models.states import AvailabilityKind, OutboxState, RequestState
from matchmaker.services.desk import Desk
from tests.services.plans import TUESDAY
from tests.support.pages import Browser
from tests.web.conftest import SignIn
from tests.web.coordinator.approved_quarter import Quarter, make_quarter


@pytest.fixture
def quarter(factory: sessionmaker[Session], desk: Desk) -> Quarter:
    return make_quarter(factory, desk)


@pytest.fixture
def coordinator(quarter: Quarter, sign_in: SignIn) -> Browser:
    return sign_in(quarter.coordinator)


def address(quarter: Quarter) -> str:
    return f"/koordination/planung/{quarter.round_id}/freigabe"


def count(factory: sessionmaker[Session], table: type) -> int:
    with factory() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_page_says_how_many_mails_go_to_whom(coordinator: Browser, quarter: Quarter) -> None:
    page = coordinator.open(f"{address(quarter)}?lang=de")
    assert page.status == 200
    assert page.form("freigabe").fields.getlist("code") == [quarter.codes[1]]
    assert "2 Einladungen senden" in page.words
    assert "1 an eine Referent*in, 1 an einen Verein" in page.words
    assert "Fachperson B" in page.words


def test_button_sends_exactly_that_and_the_next_page_follows_the_mails(
    coordinator: Browser, quarter: Quarter, factory: sessionmaker[Session]
) -> None:
    page = coordinator.open(f"{address(quarter)}?lang=de")
    done = coordinator.send(page.form("freigabe"), "2 Einladungen senden")
    assert done.address == f"{address(quarter)}/versand"
    assert "0 von 4 Einladungen gesendet" in done.words
    assert (count(factory, Talk), count(factory, OutboxMessage)) == (2, 4)


def test_second_press_in_an_old_tab_sends_nothing(
    coordinator: Browser, quarter: Quarter, factory: sessionmaker[Session]
) -> None:
    old_tab = coordinator.open(address(quarter)).form("freigabe")
    coordinator.send(old_tab)
    again = coordinator.send(old_tab)
    assert again.status in {200, 409}
    assert count(factory, OutboxMessage) == 4


def test_page_overtaken_in_part_sends_nothing_and_shows_what_is_left(
    coordinator: Browser, quarter: Quarter, factory: sessionmaker[Session]
) -> None:
    old_tab = coordinator.open(f"{address(quarter)}?lang=de").form("freigabe")
    before = count(factory, OutboxMessage)
    both = " ".join(quarter.codes)
    for name, codes in (("code", list(quarter.codes)), ("shown", [both])):
        old_tab.fields.setlist(name, codes)
    after = coordinator.send(old_tab)
    assert after.address == address(quarter)
    assert "Nichts wurde gesendet" in after.words
    assert "1 Gespräch ist noch nicht freigegeben" in after.words
    assert after.form("freigabe").fields.getlist("code") == [quarter.codes[1]]
    assert count(factory, OutboxMessage) == before


def test_changed_choice_is_shown_with_its_own_figures_before_anything_is_sent(
    coordinator: Browser, quarter: Quarter, factory: sessionmaker[Session]
) -> None:
    page = coordinator.open(f"{address(quarter)}?lang=en")
    again = coordinator.send(page.form("freigabe"), code=None)
    assert again.status == 200
    assert "Nothing is chosen yet." in again.words
    chosen = coordinator.send(again.form("freigabe"), code=[quarter.codes[1]])
    assert "The choice has changed" in chosen.words
    assert "2 invitations go out" in chosen.words
    assert count(factory, Talk) == 1


def test_changed_choice_has_an_address_of_its_own(coordinator: Browser, quarter: Quarter) -> None:
    """“Back” then asks nobody to send a form again."""
    fields = coordinator.open(address(quarter)).form("freigabe").fields
    counted = coordinator.client.post(address(quarter), data=fields | {"count": "1"})
    chosen = f"{address(quarter)}?chosen=1&code={quarter.codes[1]}"
    assert (counted.status_code, counted.headers["Location"]) == (303, chosen)
    assert coordinator.open(chosen).form("freigabe").fields.getlist("code") == [quarter.codes[1]]
    nothing = coordinator.open(f"{address(quarter)}?chosen=1")
    assert nothing.form("freigabe").fields.getlist("code") == []


def test_all_and_none_are_chosen_with_one_press(coordinator: Browser, quarter: Quarter) -> None:
    page = coordinator.open(f"{address(quarter)}?lang=en")
    links = {words: link for link, words in page.links}
    none = coordinator.open(links["Choose none"])
    assert "Nothing is chosen yet." in none.words
    assert "people get mail" not in none.words
    assert "Approve without mails" not in none.words
    assert none.form("freigabe").fields.getlist("code") == []
    every = coordinator.open(links["Choose all"])
    assert every.form("freigabe").fields.getlist("code") == [quarter.codes[1]]


def test_send_button_knows_what_a_changed_choice_makes_of_it(
    coordinator: Browser, quarter: Quarter
) -> None:
    page = coordinator.open(f"{address(quarter)}?lang=en")
    assert 'data-changed-label="Continue: count the mails of this choice"' in page.text


def test_broken_rule_needs_a_reason_and_keeps_what_was_typed(
    coordinator: Browser, quarter: Quarter, factory: sessionmaker[Session]
) -> None:
    with factory.begin() as session:
        request = session.scalars(select(Request).where(Request.code == quarter.codes[1])).one()
        day = TUESDAY.date().replace(day=20)
        row = AvailabilitySpan(kind=AvailabilityKind.OFF, first_day=day, last_day=day)
        row.person_id = quarter.other_speaker.id - 1  # Fachperson B
        session.add(row)
        code = request.code
    page = coordinator.open(f"{address(quarter)}?lang=de")
    form = page.form("freigabe")
    assert form.fields.getlist("code") == []
    chosen = coordinator.send(form, code=[code])
    refused = coordinator.send(chosen.form("freigabe"))
    assert refused.status == 422
    assert f"{code}: Bitte begründen Sie den Regelverstoß" in refused.words
    sent = coordinator.send(refused.form("freigabe"), **{f"reason-{code}": "Am Telefon zugesagt"})
    assert sent.address.endswith("/versand")
    with factory() as session:
        talk = session.scalars(select(Talk).order_by(Talk.id.desc())).first()
        assert talk is not None
        assert talk.request_id is not None


def test_withdrawn_request_is_named_and_cannot_be_chosen(
    coordinator: Browser, quarter: Quarter, factory: sessionmaker[Session]
) -> None:
    with factory.begin() as session:
        request = session.scalars(select(Request).where(Request.code == quarter.codes[1])).one()
        request.state = RequestState.WITHDRAWN
    page = coordinator.open(f"{address(quarter)}?lang=de")
    assert "Nicht mehr möglich" in page.words
    assert "wartet nicht mehr auf ein Gespräch" in page.words


def test_newer_plan_refuses_the_old_page(
    coordinator: Browser, quarter: Quarter, factory: sessionmaker[Session]
) -> None:
    form = coordinator.open(address(quarter)).form("freigabe")
    form.fields.setlist("proposal", ["999"])
    assert coordinator.send(form).status == 409
    assert count(factory, Talk) == 1


def test_sending_page_counts_what_is_stuck(
    coordinator: Browser, quarter: Quarter, factory: sessionmaker[Session]
) -> None:
    with factory.begin() as session:
        rows = session.scalars(select(OutboxMessage)).all()
        rows[0].state, rows[1].state = OutboxState.SENT, OutboxState.DEAD
    page = coordinator.open(f"{address(quarter)}/versand?lang=de")
    assert "1 von 2 Einladungen gesendet" in page.words
    assert ("/koordination/post?status=stuck&lang=de", "warten auf Sie") in page.links


def test_sending_page_fetches_heading_and_figures_together_until_none_waits(
    coordinator: Browser, quarter: Quarter, factory: sessionmaker[Session]
) -> None:
    followed = f"{address(quarter)}/versand"
    waiting = coordinator.open(f"{followed}?lang=de")
    assert f'data-refresh-url="{followed}/stand?lang=de"' in waiting.text
    assert '<noscript><meta http-equiv="refresh"' in waiting.text
    with factory.begin() as session:
        session.scalars(select(OutboxMessage)).all()[0].state = OutboxState.SENT
    fragment = coordinator.open(f"{followed}/stand?lang=de")
    for words in ("unterwegs", "1 gesendet", "1 warten auf Versand", "1 von 2 Einladungen"):
        assert words in fragment.words
    with factory.begin() as session:
        for row in session.scalars(select(OutboxMessage)):
            row.state = OutboxState.SENT
    assert f'data-refresh-done="{followed}"' in coordinator.open(f"{followed}/stand").text
    done = coordinator.open(f"{followed}?lang=de")
    assert "Die Einladungen sind gesendet" in done.words
    assert "data-refresh" not in done.text


def test_sending_page_names_what_could_not_be_sent_in_its_heading(
    coordinator: Browser, quarter: Quarter, factory: sessionmaker[Session]
) -> None:
    with factory.begin() as session:
        rows = session.scalars(select(OutboxMessage)).all()
        rows[0].state, rows[1].state = OutboxState.SENT, OutboxState.DEAD
    page = coordinator.open(f"{address(quarter)}/versand?lang=de")
    assert "Einige Einladungen warten auf Sie" in page.words


def test_auditors_read_but_do_not_approve(quarter: Quarter, sign_in: SignIn) -> None:
    auditor = sign_in(quarter.auditor)
    assert auditor.open(address(quarter)).status == 403
    assert auditor.open(f"{address(quarter)}/versand").status == 200
    assert auditor.client.post(address(quarter)).status_code in {400, 403}


def test_unknown_round_is_not_found(coordinator: Browser) -> None:
    assert coordinator.open("/koordination/planung/4711/freigabe").status == 404
