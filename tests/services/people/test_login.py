from __future__ import annotations

import email
import re
from dataclasses import replace
from datetime import timedelta
from email.policy import default

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, LimitCount, LoginToken, OutboxMessage, Person
from matchmaker.models.states import Role
from matchmaker.services.desk import Desk
from matchmaker.services.errors import NotFound, NotPossible
from matchmaker.services.people import login
from tests import factories

ADDRESS = "koordination@traeger.example"


@pytest.fixture
def coordinator(session: Session) -> Person:
    return factories.person(session, Role.COORDINATOR, email=ADDRESS)


def _mail(session: Session) -> tuple[str, str]:
    """Token and code of the newest login mail."""
    row = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert row is not None
    body = email.message_from_bytes(row.body, policy=default).get_body(("plain",))
    assert body is not None
    text = body.get_content()
    token = re.search(r"/anmelden/([\w-]{43})", text)
    code = re.search(r"\b(\d{3}) (\d{3})\b", text)
    assert token, text
    assert code, text
    return token[1], code[1] + code[2]


def _count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def _later(desk: Desk, **span: int) -> Desk:
    return replace(desk, now=desk.now + timedelta(**span))


def test_ask_mails_a_link_that_signs_in(session: Session, desk: Desk, coordinator: Person) -> None:
    browser = login.ask(session, desk, "  Koordination@Traeger.example ", "de")
    token, _ = _mail(session)

    assert login.waiting(session, desk, token, browser) is not None
    assert login.by_link(session, desk, token, browser) == coordinator
    assert session.scalars(select(AuditEntry.action)).all() == ["login.used"]


def test_link_works_once(session: Session, desk: Desk, coordinator: Person) -> None:
    browser = login.ask(session, desk, ADDRESS, "de")
    token, code = _mail(session)
    login.by_link(session, desk, token, browser)

    assert login.waiting(session, desk, token, browser) is None
    with pytest.raises(NotPossible):
        login.by_link(session, desk, token, browser)
    with pytest.raises(NotPossible):
        login.by_code(session, desk, browser, code)


def test_link_works_only_in_the_browser_that_asked(
    session: Session, desk: Desk, coordinator: Person
) -> None:
    login.ask(session, desk, ADDRESS, "de")
    token, _ = _mail(session)
    other = login.ask(session, desk, "stranger@example.org", "de")

    for browser in (None, other, ""):
        assert login.waiting(session, desk, token, browser) is None
        with pytest.raises(NotPossible):
            login.by_link(session, desk, token, browser)


def test_link_and_code_end_after_ten_minutes(
    session: Session, desk: Desk, coordinator: Person
) -> None:
    browser = login.ask(session, desk, ADDRESS, "de")
    token, code = _mail(session)
    late = _later(desk, minutes=10)

    assert login.waiting(session, _later(desk, minutes=9), token, browser) is not None
    assert login.waiting(session, late, token, browser) is None
    with pytest.raises(NotPossible):
        login.by_code(session, late, browser, code)


def test_code_signs_in_the_browser_that_asked(
    session: Session, desk: Desk, coordinator: Person
) -> None:
    browser = login.ask(session, desk, ADDRESS, "de")
    _, code = _mail(session)

    assert login.by_code(session, desk, browser, f" {code[:3]} {code[3:]} ") == coordinator


def test_code_of_another_browser_is_worth_nothing(
    session: Session, desk: Desk, coordinator: Person
) -> None:
    login.ask(session, desk, ADDRESS, "de")
    _, code = _mail(session)
    other = login.ask(session, desk, "stranger@example.org", "de")

    with pytest.raises(NotPossible):
        login.by_code(session, desk, other, code)


def test_five_wrong_codes_end_code_and_link(
    session: Session, desk: Desk, coordinator: Person
) -> None:
    browser = login.ask(session, desk, ADDRESS, "de")
    token, code = _mail(session)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    answers = []
    for _ in range(5):
        with pytest.raises(NotPossible) as refusal:
            login.by_code(session, desk, browser, wrong)
        answers.append(str(refusal.value))
    assert answers == [login.WRONG_CODE] * 5
    with pytest.raises(NotPossible):
        login.by_code(session, desk, browser, code)
    assert login.waiting(session, desk, token, browser) is None


def test_many_wrong_codes_in_a_day_leave_only_the_links(
    session: Session, desk: Desk, coordinator: Person
) -> None:
    other = factories.person(session, Role.COORDINATOR, email="other@verein.example")
    at = desk
    for _ in range(6):
        at = _later(at, minutes=11)
        guessing = login.ask(session, at, ADDRESS, "de", asker="198.51.100.7")
        for _try in range(5):
            with pytest.raises(NotPossible):
                login.by_code(session, at, guessing, "0000000")

    browser = login.ask(session, at, ADDRESS, "de", asker="192.0.2.1")
    token, code = _mail(session)
    with pytest.raises(NotPossible, match="This code is not right"):
        login.by_code(session, at, browser, code)
    assert login.by_link(session, at, token, browser) == coordinator

    browser = login.ask(session, at, other.email, "de")
    assert login.by_code(session, at, browser, _mail(session)[1]) == other
    tomorrow = _later(at, days=1)
    browser = login.ask(session, tomorrow, ADDRESS, "de")
    assert login.by_code(session, tomorrow, browser, _mail(session)[1]) == coordinator


def test_ask_for_a_stranger_looks_the_same_and_sends_nothing(session: Session, desk: Desk) -> None:
    browser = login.ask(session, desk, "stranger@example.org", "de")

    assert re.fullmatch(r"[\w-]{43}", browser)
    assert (_count(session, OutboxMessage), _count(session, LoginToken)) == (0, 0)


@pytest.mark.parametrize("address", ["", "@", "a@b\x00", "ü@ü.example", "x" * 300 + "@a.example"])
def test_ask_with_odd_addresses_sends_nothing(session: Session, desk: Desk, address: str) -> None:
    login.ask(session, desk, address, "xx")

    assert _count(session, OutboxMessage) == 0


def test_ask_for_a_disabled_person_sends_nothing(
    session: Session, desk: Desk, coordinator: Person
) -> None:
    coordinator.active = False

    login.ask(session, desk, ADDRESS, "de")

    assert _count(session, OutboxMessage) == 0


def test_link_of_a_person_disabled_meanwhile_does_not_work(
    session: Session, desk: Desk, coordinator: Person
) -> None:
    browser = login.ask(session, desk, ADDRESS, "de")
    token, _ = _mail(session)
    coordinator.active = False

    assert login.waiting(session, desk, token, browser) is None


def test_ask_sends_three_mails_in_ten_minutes_and_then_rests(
    session: Session, desk: Desk, coordinator: Person
) -> None:
    for _ in range(5):
        login.ask(session, desk, ADDRESS, "de")
    assert _count(session, OutboxMessage) == 3

    login.ask(session, _later(desk, minutes=11), ADDRESS, "de")
    assert _count(session, OutboxMessage) == 4


def test_strangers_do_not_use_up_the_mails_of_a_person(
    session: Session, desk: Desk, coordinator: Person
) -> None:
    for _ in range(5):
        login.ask(session, desk, ADDRESS, "de", asker="198.51.100.7")
    assert _count(session, OutboxMessage) == 3

    browser = login.ask(session, desk, ADDRESS.upper(), "de", asker="192.0.2.1")
    token, code = _mail(session)

    assert login.waiting(session, desk, token, browser) is not None
    assert login.by_code(session, desk, browser, code) == coordinator


def test_no_mailbox_is_flooded_from_many_places(
    session: Session, desk: Desk, coordinator: Person
) -> None:
    for number in range(40):
        login.ask(session, desk, ADDRESS, "de", asker=f"198.51.100.{number}")
    assert _count(session, OutboxMessage) == login.MAILS_FOR_AN_ACCOUNT

    login.ask(session, _later(desk, minutes=11), ADDRESS, "de", asker="192.0.2.1")
    assert _count(session, OutboxMessage) == login.MAILS_FOR_AN_ACCOUNT + 1


def test_asking_counts_the_same_for_unknown_addresses(
    session: Session, desk: Desk, coordinator: Person
) -> None:
    for address in (ADDRESS, "stranger@verein.example"):
        for _ in range(4):
            login.ask(session, desk, address, "de", asker="192.0.2.1")

    assert session.scalars(select(LimitCount.tries)).all() == [4, 4]
    assert [key for key in session.scalars(select(LimitCount.key)) if "@" in key] == []


def test_only_hashes_are_kept(session: Session, desk: Desk, coordinator: Person) -> None:
    browser = login.ask(session, desk, ADDRESS, "de")
    token, code = _mail(session)
    row = session.scalars(select(LoginToken)).one()

    kept = f"{row.token_hash} {row.browser_hash} {row.code_hash}"
    assert [secret for secret in (browser, token, code) if secret in kept.split()] == []


def test_ask_forgets_tokens_after_a_month(
    session: Session, desk: Desk, coordinator: Person
) -> None:
    login.ask(session, desk, ADDRESS, "de")
    login.ask(session, _later(desk, days=31), "stranger@example.org", "de")

    assert _count(session, LoginToken) == 0


def test_operator_link_works_once_in_any_browser(
    session: Session, desk: Desk, coordinator: Person
) -> None:
    address = login.operator_link(session, desk, ADDRESS)
    token = address.rpartition("/")[2]

    assert address == f"http://localhost/anmelden/{token}"
    assert login.by_link(session, desk, token, "any browser") == coordinator
    with pytest.raises(NotPossible):
        login.by_link(session, desk, token, None)


def test_operator_link_ends_after_half_an_hour(
    session: Session, desk: Desk, coordinator: Person
) -> None:
    token = login.operator_link(session, desk, ADDRESS).rpartition("/")[2]

    with pytest.raises(NotPossible):
        login.by_link(session, _later(desk, minutes=30), token, None)


def test_operator_link_for_nobody_is_refused(session: Session, desk: Desk) -> None:
    with pytest.raises(NotFound):
        login.operator_link(session, desk, "stranger@example.org")


def test_next_path_travels_in_the_mailed_link(
    session: Session, desk: Desk, coordinator: Person
) -> None:
    login.ask(session, desk, ADDRESS, "de", next_path="/koordination/planung?x=1")
    row = session.scalars(select(OutboxMessage)).one()
    body = email.message_from_bytes(row.body, policy=default).get_body(("plain",))

    assert body is not None
    assert "?next=%2Fkoordination%2Fplanung%3Fx%3D1" in body.get_content()
