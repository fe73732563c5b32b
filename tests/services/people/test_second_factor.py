"""The second step of a sign-in, on both engines."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from pyotp import TOTP
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, OutboxMessage, Person, RecoveryCode, SecondFactor
from matchmaker.models.states import Role
from matchmaker.services.desk import Actor, Desk
from matchmaker.services.errors import NotPossible
from matchmaker.services.people import factor_rule, second_factor, sessions
from tests import factories

REAL = datetime(2026, 11, 3, 12, 0, 10, tzinfo=UTC)
"""What phones show, whatever the service's own clock says."""

HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture
def person(session: Session) -> Person:
    return factories.person(session, Role.COORDINATOR, email="k@traeger.example")


@pytest.fixture
def own_desk(desk: Desk, person: Person) -> Desk:
    return desk.by(Actor.of(person))


def _secret(session: Session, desk: Desk, person: Person) -> str:
    factor = second_factor.factor_of(session, person)
    assert factor is not None
    return second_factor.secret(desk.settings, factor)


def _code(session: Session, desk: Desk, person: Person, at: datetime = REAL) -> str:
    return TOTP(_secret(session, desk, person)).at(at)


@pytest.fixture
def codes(session: Session, own_desk: Desk, person: Person) -> list[str]:
    """The recovery codes of a factor that was turned on a minute ago."""
    second_factor.begin(session, own_desk, person)
    before = REAL - 2 * HALF_MINUTE
    code = _code(session, own_desk, person, before)
    return second_factor.confirm(session, own_desk, person, code, before)


def _wrong(session: Session, desk: Desk, person: Person) -> str:
    right = {_code(session, desk, person, REAL + n * HALF_MINUTE) for n in (-1, 0, 1)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in right)


def _actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_it_is_on_only_after_its_first_code(
    session: Session, own_desk: Desk, person: Person
) -> None:
    second_factor.begin(session, own_desk, person)
    assert not second_factor.is_on(session, person)
    with pytest.raises(NotPossible, match=re.escape(second_factor.NOT_ON)):
        second_factor.check(session, own_desk, person, _code(session, own_desk, person), REAL)

    code = _code(session, own_desk, person)
    codes = second_factor.confirm(session, own_desk, person, code, REAL)

    assert second_factor.is_on(session, person)
    assert [bool(re.fullmatch(r"\d{4} \d{4} \d{4}", code)) for code in codes] == [True] * 10
    assert len(set(codes)) == 10
    assert _actions(session) == ["factor.set_up"]


def test_the_app_is_told_who_and_where(session: Session, own_desk: Desk, person: Person) -> None:
    factor = second_factor.begin(session, own_desk, person)

    address = second_factor.app_address(own_desk.settings, factor, person, "Träger & Co")

    parts, told = urlsplit(address), parse_qs(urlsplit(address).query)
    assert (parts.scheme, parts.netloc, parts.path.endswith("k%40traeger.example")) == (
        "otpauth",
        "totp",
        True,
    )
    assert told == {"secret": [_secret(session, own_desk, person)], "issuer": ["Träger & Co"]}
    assert len(told["secret"][0]) == 32


@pytest.mark.usefixtures("codes")
@pytest.mark.parametrize(("seconds", "fits"), [(0, True), (30, True), (-30, True), (90, False)])
def test_a_phone_may_be_half_a_minute_off(
    session: Session, own_desk: Desk, person: Person, seconds: int, fits: bool
) -> None:
    at = REAL + 4 * HALF_MINUTE
    code = _code(session, own_desk, person, at + timedelta(seconds=seconds))
    if fits:
        second_factor.check(session, own_desk, person, f" {code[:3]} {code[3:]} ", at)
    else:
        with pytest.raises(NotPossible, match=re.escape(second_factor.WRONG)):
            second_factor.check(session, own_desk, person, code, at)


def test_a_code_works_once_and_none_before_it(
    session: Session, own_desk: Desk, person: Person, codes: list[str]
) -> None:
    code, earlier = (_code(session, own_desk, person, REAL - n * HALF_MINUTE) for n in (0, 1))
    second_factor.check(session, own_desk, person, code, REAL)

    for again in (code, earlier):
        with pytest.raises(NotPossible):
            second_factor.check(session, own_desk, person, again, REAL)


def test_a_recovery_code_works_once(
    session: Session, own_desk: Desk, person: Person, codes: list[str]
) -> None:
    second_factor.check(session, own_desk, person, codes[3].replace(" ", ""), REAL)

    with pytest.raises(NotPossible):
        second_factor.check(session, own_desk, person, codes[3], REAL)
    second_factor.check(session, own_desk, person, codes[4], REAL)
    factor = second_factor.factor_of(session, person)
    assert factor is not None
    assert second_factor.codes_left(factor) == 8


def test_codes_of_somebody_else_are_worth_nothing(
    session: Session, own_desk: Desk, person: Person, codes: list[str]
) -> None:
    other = factories.person(session, Role.COORDINATOR)
    second_factor.begin(session, own_desk, other)
    second_factor.confirm(session, own_desk, other, _code(session, own_desk, other), REAL)

    for code in (codes[0], _code(session, own_desk, person)):
        with pytest.raises(NotPossible):
            second_factor.check(session, own_desk, other, code, REAL)


def test_five_wrong_codes_rest_for_a_quarter_of_an_hour(
    session: Session, own_desk: Desk, person: Person, codes: list[str]
) -> None:
    wrong, said = _wrong(session, own_desk, person), []
    for _ in range(5):
        with pytest.raises(NotPossible) as refusal:
            second_factor.check(session, own_desk, person, wrong, REAL)
        said.append(str(refusal.value))
    assert said == [second_factor.WRONG] * 4 + [second_factor.TOO_MANY]
    assert _actions(session)[-1] == "factor.locked"

    for code in (codes[0], _code(session, own_desk, person)):
        with pytest.raises(NotPossible, match=re.escape(second_factor.TOO_MANY)):
            second_factor.check(session, own_desk, person, code, REAL)
    later = replace(own_desk, now=own_desk.now + timedelta(minutes=15))
    second_factor.check(session, later, person, codes[0], REAL)


@pytest.mark.parametrize("code", ["", "abc", "٣٤٥٦٧٨", "0" * 500, "\x00"])
def test_odd_codes_are_wrong(
    session: Session, own_desk: Desk, person: Person, codes: list[str], code: str
) -> None:
    with pytest.raises(NotPossible, match=re.escape(second_factor.WRONG)):
        second_factor.check(session, own_desk, person, code, REAL)


def test_turning_it_on_signs_other_devices_out(
    session: Session, own_desk: Desk, person: Person
) -> None:
    other = sessions.start(session, own_desk, person)
    second_factor.begin(session, own_desk, person)
    second_factor.confirm(session, own_desk, person, _code(session, own_desk, person), REAL)

    assert sessions.person_of(session, own_desk, other) is None


def test_it_is_turned_off_by_a_code_alone(
    session: Session, own_desk: Desk, person: Person, codes: list[str]
) -> None:
    with pytest.raises(NotPossible):
        second_factor.end(session, own_desk, person, _wrong(session, own_desk, person), REAL)
    assert second_factor.is_on(session, person)

    second_factor.end(session, own_desk, person, codes[0], REAL)

    assert second_factor.factor_of(session, person) is None
    assert _actions(session) == ["factor.set_up", "factor.used", "factor.ended"]


def test_reset_is_for_others_and_signs_them_out(
    session: Session, desk: Desk, own_desk: Desk, person: Person, codes: list[str]
) -> None:
    token = sessions.start(session, own_desk, person)
    with pytest.raises(NotPossible, match=re.escape(second_factor.NOT_ONESELF)):
        second_factor.reset(session, own_desk, person)
    admin = factories.person(session, Role.ADMIN)

    second_factor.reset(session, desk.by(Actor.of(admin)), person)

    assert second_factor.factor_of(session, person) is None
    assert sessions.person_of(session, own_desk, token) is None
    assert _actions(session)[-1] == "factor.reset"
    (mail,) = session.scalars(select(OutboxMessage))
    assert (mail.kind, mail.recipient) == ("account_changed", "k@traeger.example")


def test_turning_ones_own_factor_off_sends_no_letter(
    session: Session, own_desk: Desk, person: Person, codes: list[str]
) -> None:
    second_factor.end(session, own_desk, person, codes[0], REAL)
    assert session.scalars(select(OutboxMessage)).all() == []


def test_setting_up_again_makes_a_new_secret(
    session: Session, own_desk: Desk, person: Person, codes: list[str]
) -> None:
    before = _secret(session, own_desk, person)
    with pytest.raises(NotPossible, match=re.escape(second_factor.ON_ALREADY)):
        second_factor.begin(session, own_desk, person)
    second_factor.end(session, own_desk, person, codes[0], REAL)
    second_factor.begin(session, own_desk, person)

    assert _secret(session, own_desk, person) != before


def test_no_secret_and_no_code_stands_in_the_database(
    session: Session, own_desk: Desk, person: Person, codes: list[str]
) -> None:
    kept = [
        [str(value) for value in row]
        for table in (SecondFactor.__table__, RecoveryCode.__table__)
        for row in session.execute(select(table))
    ]
    told = json.dumps(
        [[entry.before, entry.after] for entry in session.scalars(select(AuditEntry))]
    )
    secret = _secret(session, own_desk, person)

    for hidden in (secret, *codes, *(code.replace(" ", "") for code in codes)):
        assert [row for row in kept if hidden in row] == []
        assert hidden not in told


def test_only_who_has_one_can_ask_it_of_everybody(
    session: Session, own_desk: Desk, person: Person
) -> None:
    with pytest.raises(NotPossible, match=re.escape(second_factor.NONE_OF_ONES_OWN)):
        second_factor.require(session, own_desk, person, True)
    assert not factor_rule.is_required(session)


def test_rule_concerns_the_coordination_without_a_factor(
    session: Session, own_desk: Desk, person: Person, codes: list[str]
) -> None:
    second_factor.require(session, own_desk, person, True)
    second_factor.require(session, own_desk, person, True)
    people = {
        "has one": person,
        "coordinator": factories.person(session, Role.COORDINATOR),
        "auditor": factories.person(session, Role.AUDITOR),
        "speaker": factories.person(session, Role.SPEAKER),
    }

    def lacking() -> dict[str, bool]:
        found = {}
        for name, one in people.items():
            token = sessions.start(session, own_desk, one)
            session.flush()
            sign_in = sessions.sign_in_of(session, own_desk, token)
            assert sign_in is not None
            found[name] = sign_in.needs_factor
        return found

    assert lacking() == {"has one": False, "coordinator": True, "auditor": True, "speaker": False}
    second_factor.require(session, own_desk, person, False)
    assert set(lacking().values()) == {False}
    assert _actions(session) == ["factor.set_up", "factor.required", "factor.optional"]
