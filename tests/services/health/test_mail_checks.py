"""Whether mails can leave, and do: what the operator is told of the mail server and the outbox."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matchmaker.mail.outcome import AuthenticationRefused
from matchmaker.models.states import OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.sending import mail_trouble
from tests.services.health.checking import examined, mail
from tests.services.health.mail_server import Answering


@pytest.mark.parametrize(
    ("answers", "said", "remedy"),
    [
        ({"mail": "530 5.7.0 Authentication required"}, "demands a login", "user:password"),
        ({"rcpt": "530 5.7.0 Authentication required"}, "demands a login", "user:password"),
        ({"mail": "553 5.7.1 not your address"}, "refuses mail from", "MATCHMAKER_MAIL_FROM"),
        ({"rcpt": "550 5.1.1 no such user"}, "refuses mail from", "MATCHMAKER_MAIL_FROM"),
    ],
)
def test_server_that_would_not_take_our_mail_is_found_out(
    engine: Engine,
    desk: Desk,
    answering: Answering,
    mail_server: str,
    *,
    answers: dict[str, str],
    said: str,
    remedy: str,
) -> None:
    vars(answering).update(answers)

    check = examined(desk, engine, mail_url=mail_server)["mail server"]

    assert (check.ok, said in check.said, remedy in check.remedy) == (False, True, True)
    assert next(iter(answers.values())) in check.said


def test_server_that_only_puts_us_off_is_fine_and_named(
    engine: Engine, desk: Desk, answering: Answering, mail_server: str
) -> None:
    answering.rcpt = "450 4.2.0 greylisted"

    check = examined(desk, engine, mail_url=mail_server)["mail server"]

    assert check.ok
    assert "puts us off for now, mails are tried again: 450 4.2.0 greylisted" in check.said


def test_what_keeps_the_worker_from_sending_is_said(
    session: Session, engine: Engine, desk: Desk
) -> None:
    given = replace(desk.settings, mail_url="smtp://127.0.0.1:1")
    mail_trouble.note(session, given, desk.now, AuthenticationRefused("535 no"))
    session.commit()

    check = examined(desk, engine, mail_url=given.mail_url)["mail delivery"]

    assert not check.ok
    assert "535 no (since 2026-12-28 08:00 UTC)" in check.said


def test_password_of_the_mail_server_is_never_said(engine: Engine, desk: Desk) -> None:
    for url in ("smtps://me:geheim@127.0.0.1:1", "smtp://me:geheim@mail.example"):
        assert "geheim" not in str(examined(desk, engine, mail_url=url))


def test_mail_that_waits_long_or_is_dead_is_wrong(
    session: Session, engine: Engine, desk: Desk
) -> None:
    mail(session, desk, OutboxState.QUEUED, minutes=59)
    session.commit()
    assert examined(desk, engine)["waiting mail"].ok

    mail(session, desk, OutboxState.QUEUED, minutes=61)
    mail(session, desk, OutboxState.UNCERTAIN)
    session.commit()
    checks = examined(desk, engine)
    assert checks["waiting mail"].said == "1 of 2 have waited for more than an hour"
    assert not checks["dead mail"].ok
