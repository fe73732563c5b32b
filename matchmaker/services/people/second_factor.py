"""The second step of a sign-in: codes of an authenticator app (TOTP, RFC 6238).

The app's secret is derived from the service's key and a random salt, and recovery codes are kept
as keyed hashes: a copy of the database gives no code away. `at` is the real time, which the phone
shows too; the service's own clock may be a shifted one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from pyotp import TOTP
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.i18n import N_
from matchmaker.models import Person, RecoveryCode, SecondFactor
from matchmaker.services.desk import Desk
from matchmaker.services.errors import NotPossible
from matchmaker.services.house import audit
from matchmaker.services.house.tokens import new_token
from matchmaker.services.people import account_letters, factor_rule, sessions

RECOVERY_CODES = 10
RECOVERY_DIGITS = 12
TRIES = 5
PAUSE = timedelta(minutes=15)
DRIFT = (0, -1, 1)
"""Half minutes by which a phone's clock may differ."""

WRONG = N_("This code is not right. Please look at the app again: it shows a new one soon.")
TOO_MANY = N_("Too many wrong codes. Please wait 15 minutes and try again.")
NOT_ON = N_("There is no second factor. It may have been turned off in the meantime.")
ON_ALREADY = N_("Your second factor is set up already.")
NOT_ONESELF = N_("You cannot reset your own second factor. Turn it off with a code.")
NONE_OF_ONES_OWN = N_("Please set up your own second factor first.")


def factor_of(session: Session, person: Person) -> SecondFactor | None:
    """The person's factor, also one that is being set up."""
    return session.get(SecondFactor, person.id)


def is_on(session: Session, person: Person) -> bool:
    factor = factor_of(session, person)
    return factor is not None and factor.confirmed_at is not None


def people_with_one(session: Session) -> frozenset[int]:
    """The ids of everybody whose factor is on."""
    on = select(SecondFactor.person_id).where(SecondFactor.confirmed_at.is_not(None))
    return frozenset(session.scalars(on))


def begin(session: Session, desk: Desk, person: Person) -> SecondFactor:
    """A new secret, which counts when its first code was given. Raises NotPossible."""
    factor = factor_of(session, person)
    if factor is None:
        factor = SecondFactor(person_id=person.id)
        session.add(factor)
    elif factor.confirmed_at is not None:
        raise NotPossible(ON_ALREADY)
    factor.salt, factor.created_at = new_token(), desk.now
    factor.wrong_codes, factor.locked_until = 0, None
    session.flush()
    return factor


def secret(settings: Settings, factor: SecondFactor) -> str:
    """What the app is told, in base 32: 160 bits, as RFC 4226 wants."""
    message = f"second factor:{factor.person_id}:{factor.salt}".encode()
    digest = hmac.digest(settings.secret_key.encode(), message, "sha256")
    return base64.b32encode(digest[:20]).decode()


def app_address(settings: Settings, factor: SecondFactor, person: Person, issuer: str) -> str:
    """The `otpauth://` address that an app reads from a picture."""
    return TOTP(secret(settings, factor)).provisioning_uri(name=person.email, issuer_name=issuer)


def confirm(session: Session, desk: Desk, person: Person, code: str, at: datetime) -> list[str]:
    """Turn the factor on by its first code; returns the recovery codes, which nobody can see again.

    Raises NotPossible; commit nevertheless, so that the try stays counted.
    """
    factor = _locked(session, person)
    if factor is None or factor.confirmed_at is not None:
        raise NotPossible(NOT_ON if factor is None else ON_ALREADY)
    _try(session, desk, factor, code, at)
    factor.confirmed_at = desk.now
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    factor.recovery_codes = [
        RecoveryCode(code_hash=_hash(desk.settings, factor, code)) for code in codes
    ]
    sessions.end_all(session, desk, person)
    audit.record(session, desk, "factor.set_up", person)
    return [f"{code[:4]} {code[4:8]} {code[8:]}" for code in codes]


def check(session: Session, desk: Desk, person: Person, code: str, at: datetime) -> None:
    """Use up a code of the app or a recovery code.

    Raises NotPossible; commit nevertheless, so that the try stays counted.
    """
    factor = _locked(session, person)
    if factor is None or factor.confirmed_at is None:
        raise NotPossible(NOT_ON)
    _try(session, desk, factor, code, at)
    left = codes_left(factor)
    audit.record(session, desk, "factor.used", person, after={"recovery_codes": left})


def codes_left(factor: SecondFactor) -> int:
    """How many recovery codes have not been used."""
    return sum(row.used_at is None for row in factor.recovery_codes)


def end(session: Session, desk: Desk, person: Person, code: str, at: datetime) -> None:
    """Turn one's own factor off with a code. Raises NotPossible as `check` does."""
    check(session, desk, person, code, at)
    _remove(session, person)
    audit.record(session, desk, "factor.ended", person)


def reset(session: Session, desk: Desk, person: Person) -> None:
    """Turn somebody's factor off for them and sign them out everywhere; they are told by mail.

    Raises NotPossible.
    """
    if person.id == desk.actor.id:
        raise NotPossible(NOT_ONESELF)
    if factor_of(session, person) is None:
        raise NotPossible(NOT_ON)
    _remove(session, person)
    sessions.end_all(session, desk, person)
    audit.record(session, desk, "factor.reset", person)
    account_letters.tell_factor_reset(session, desk, person)


def require(session: Session, desk: Desk, person: Person, on: bool) -> None:
    """Whether all of the coordination must have one; only somebody who has one may turn it on."""
    if on and not is_on(session, person):
        raise NotPossible(NONE_OF_ONES_OWN)
    factor_rule.turn(session, desk, on)


def _locked(session: Session, person: Person) -> SecondFactor | None:
    """The row, held until the end of the transaction: two tries at once count as two."""
    return session.get(SecondFactor, person.id, with_for_update=True, populate_existing=True)


def _try(session: Session, desk: Desk, factor: SecondFactor, code: str, at: datetime) -> None:
    if factor.locked_until is not None and factor.locked_until > desk.now:
        raise NotPossible(TOO_MANY)
    digits = "".join(character for character in code if not character.isspace())
    if _use_app(desk.settings, factor, digits, at) or _use_recovery(desk, factor, digits):
        factor.wrong_codes, factor.locked_until = 0, None
        return
    factor.wrong_codes += 1
    if factor.wrong_codes < TRIES:
        raise NotPossible(WRONG)
    factor.wrong_codes, factor.locked_until = 0, desk.now + PAUSE
    audit.record(session, desk, "factor.locked", session.get_one(Person, factor.person_id))
    raise NotPossible(TOO_MANY)


def _use_app(settings: Settings, factor: SecondFactor, digits: str, at: datetime) -> bool:
    app = TOTP(secret(settings, factor))
    step = app.timecode(at)
    for number in (step + drift for drift in DRIFT):
        if _same(app.generate_otp(number), digits) and number > factor.last_step:
            factor.last_step = number
            return True
    return False


def _use_recovery(desk: Desk, factor: SecondFactor, digits: str) -> bool:
    given = _hash(desk.settings, factor, digits)
    for row in factor.recovery_codes:
        if row.used_at is None and _same(row.code_hash, given):
            row.used_at = desk.now
            return True
    return False


def _same(kept: str, given: str) -> bool:
    return hmac.compare_digest(kept.encode(), given.encode())


def _remove(session: Session, person: Person) -> None:
    factor = factor_of(session, person)
    if factor is not None:
        session.delete(factor)
        session.flush()


def _new_code() -> str:
    return f"{secrets.randbelow(10**RECOVERY_DIGITS):0{RECOVERY_DIGITS}d}"


def _hash(settings: Settings, factor: SecondFactor, code: str) -> str:
    """Keyed, because twelve digits could be guessed from a plain hash."""
    message = f"recovery:{factor.salt}:{code}".encode()
    return hmac.new(settings.secret_key.encode(), message, hashlib.sha256).hexdigest()
