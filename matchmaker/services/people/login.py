"""Signing in without a password: a mailed link and six digits, both for the browser that asked.

Whoever asks cannot learn whether an address is known: both ways do the same work.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from matchmaker.config import Settings
from matchmaker.i18n import N_
from matchmaker.models import Heartbeat, LoginToken, Person
from matchmaker.models.states import MailPriority
from matchmaker.services.desk import Actor, Desk
from matchmaker.services.errors import NotFound, NotPossible
from matchmaker.services.house import audit, links, tries
from matchmaker.services.house.tokens import new_token, token_hash
from matchmaker.services.sending import post
from matchmaker.text import clean_line

LASTS = timedelta(minutes=10)
OPERATOR_LINK_LASTS = timedelta(minutes=30)
KEPT = timedelta(days=30)
MAILS_IN_A_ROW = 3
"""For one address and one asker within LASTS; further ones would be of no more use."""
MAILS_FOR_AN_ACCOUNT = 12
"""Within LASTS, whoever asks: strangers can neither flood a mailbox nor soon use it all up."""
TRIES = 5
WRONG_CODES_A_DAY = 30
"""For an account, whatever mails they belong to: then only the links in the mails let in."""
A_DAY = timedelta(days=1)
ASKED = "sign_in_asked"
NOWHERE = "nobody@nowhere.example"

NOT_VALID = N_("This link does not work any more. Please ask for a new one.")
WRONG_CODE = N_(
    "This code is not right, or it no longer works. Please look at the mail again, "
    "or ask for a new one."
)
NOBODY = N_("Nobody with this address may sign in.")


@dataclass(frozen=True, slots=True)
class _Keys:
    """What one mail holds: the link's token and six digits."""

    token: str = field(default_factory=new_token)
    code: str = field(default_factory=lambda: f"{secrets.randbelow(1_000_000):06d}")


def ask(
    session: Session, desk: Desk, email: str, locale: str, *, next_path: str = "", asker: str = ""
) -> str:
    """Send a link and a code if the address is known; returns the asking browser's key.

    `asker` says from where somebody asks: what a stranger asks for elsewhere does not use up the
    mails of the person, for only the browser that asked can use them. `locale` is for the words
    of the mail that is made and thrown away for an unknown address.
    """
    browser = new_token()
    key = f"sign-in mail:{normal_email(email)}:{asker}"
    asked = tries.count(session, desk.settings, desk.now, key, within=LASTS)
    person = _active(session, email)
    if (
        person is not None
        and asked <= MAILS_IN_A_ROW
        and not _has_had_enough(session, desk, person)
    ):
        _send(session, desk, person, browser, next_path)
    else:
        _pretend(session, desk, Person(name="?", email=NOWHERE, locale=locale), browser, next_path)
    _note_asked(session, desk)
    return browser


def waiting(session: Session, desk: Desk, token: str, browser: str | None) -> LoginToken | None:
    """What a link is worth in this browser, without using it up; None if nothing."""
    row = session.scalars(
        select(LoginToken)
        .where(LoginToken.token_hash == token_hash(token))
        .options(joinedload(LoginToken.person))
    ).one_or_none()
    if row is None or not _usable(row, desk):
        return None
    if row.browser_hash is not None and (
        browser is None or not hmac.compare_digest(row.browser_hash, token_hash(browser))
    ):
        return None
    return row


def by_link(session: Session, desk: Desk, token: str, browser: str | None) -> Person:
    """Use a link up. Raises NotPossible if it is used, expired or another browser's."""
    row = waiting(session, desk, token, browser)
    if row is None:
        raise NotPossible(NOT_VALID)
    return _use(session, desk, row)


def by_code(session: Session, desk: Desk, browser: str, code: str) -> Person:
    """Use up the code that this browser asked for; a wrong one is counted.

    Raises NotPossible, in the same words whether there is a code or not: only known addresses
    have one. Commit nevertheless, so that the count stays.
    """
    _note_asked(session, desk)
    rows = [
        row
        for row in session.scalars(
            select(LoginToken)
            .where(LoginToken.browser_hash == token_hash(browser))
            .with_for_update(of=LoginToken)
        )
        if row.used_at is None and row.expires_at > desk.now
    ]
    given = _code_hash(desk.settings, browser, "".join(code.split()))
    for row in rows:
        right = row.code_hash is not None and hmac.compare_digest(row.code_hash, given)
        if right and _usable(row, desk) and not _guessed_too_often(session, desk, row):
            return _use(session, desk, row)
    for row in rows:
        row.wrong_codes += 1
        key = _guesses(row)
        tries.count(session, desk.settings, desk.now, key, within=A_DAY)
    raise NotPossible(WRONG_CODE)


def operator_link(session: Session, desk: Desk, email: str) -> str:
    """The address of a link for the operator: once, in any browser. Raises NotFound."""
    person = _active(session, email)
    if person is None:
        raise NotFound(NOBODY)
    token = new_token()
    session.add(_token(desk, person, token, lasts=OPERATOR_LINK_LASTS))
    audit.record(session, desk, "login.link_printed", person)
    return links.sign_in(desk.settings, token)


def normal_email(email: str) -> str:
    """As addresses are kept: in lower case, no blanks around, no control characters."""
    return clean_line(email).lower()


def _active(session: Session, email: str) -> Person | None:
    return session.scalars(
        select(Person).where(Person.email == normal_email(email), Person.active)
    ).one_or_none()


def _has_had_enough(session: Session, desk: Desk, person: Person) -> bool:
    asked = select(func.count()).where(
        LoginToken.person_id == person.id,
        LoginToken.browser_hash.is_not(None),
        LoginToken.created_at > desk.now - LASTS,
    )
    return (session.scalar(asked) or 0) >= MAILS_FOR_AN_ACCOUNT


def _send(session: Session, desk: Desk, person: Person, browser: str, next_path: str) -> None:
    keys = _Keys()
    row = _token(desk, person, keys.token, lasts=LASTS)
    row.browser_hash = token_hash(browser)
    row.code_hash = _code_hash(desk.settings, browser, keys.code)
    session.add(row)
    session.flush()
    with suppress(NotPossible):  # an address that takes no mail is not for the asking to find out
        _write_letter(session, desk, person, keys, next_path)


def _pretend(session: Session, desk: Desk, nobody: Person, browser: str, next_path: str) -> None:
    """The same work as `_send`, of which nothing stays."""
    keys = _Keys()
    _code_hash(desk.settings, browser, keys.code)
    with session.begin_nested() as attempt:
        _write_letter(session, desk, nobody, keys, next_path)
        session.flush()
        attempt.rollback()


def _write_letter(
    session: Session, desk: Desk, person: Person, keys: _Keys, next_path: str
) -> None:
    query = f"?{urlencode({'next': next_path})}" if next_path else ""
    post.queue_letter(
        session,
        desk,
        kind="login",
        subject_key=f"login:{token_hash(keys.token)[:16]}",
        person=person,
        facts={
            "url": links.sign_in(desk.settings, keys.token) + query,
            "code": keys.code,
            "minutes": int(LASTS.total_seconds() // 60),
        },
        not_after=desk.now + LASTS,
        priority=MailPriority.AT_ONCE,
    )


def _note_asked(session: Session, desk: Desk) -> None:
    """Something to write for everybody who asks, and the moment to forget old tokens."""
    beat = session.get(Heartbeat, ASKED)
    if beat is None:
        session.add(Heartbeat(name=ASKED, at=desk.now))
    else:
        beat.at = desk.now
    session.execute(delete(LoginToken).where(LoginToken.created_at < desk.now - KEPT))


def _token(desk: Desk, person: Person, token: str, *, lasts: timedelta) -> LoginToken:
    return LoginToken(
        token_hash=token_hash(token),
        person_id=person.id,
        created_at=desk.now,
        expires_at=desk.now + lasts,
    )


def _usable(row: LoginToken, desk: Desk) -> bool:
    return (
        row.used_at is None
        and row.expires_at > desk.now
        and row.wrong_codes < TRIES
        and row.person.active
    )


def _guesses(row: LoginToken) -> str:
    return f"wrong code:{row.person_id}"


def _guessed_too_often(session: Session, desk: Desk, row: LoginToken) -> bool:
    made = tries.counted(session, desk.settings, desk.now, _guesses(row))
    return made is not None and made.tries >= WRONG_CODES_A_DAY


def _use(session: Session, desk: Desk, row: LoginToken) -> Person:
    used = session.execute(
        update(LoginToken)
        .where(LoginToken.id == row.id, LoginToken.used_at.is_(None))
        .values(used_at=desk.now)
        .returning(LoginToken.id)
    ).all()
    if not used:
        raise NotPossible(NOT_VALID)
    audit.record(session, desk.by(Actor.of(row.person)), "login.used", row.person)
    return row.person


def _code_hash(settings: Settings, browser: str, code: str) -> str:
    """Keyed, because six digits alone are soon guessed from a plain hash."""
    message = f"{token_hash(browser)}:{code}".encode()
    return hmac.new(settings.secret_key.encode(), message, hashlib.sha256).hexdigest()
