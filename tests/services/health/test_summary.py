"""The short summary for whoever watches the service from outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matchmaker.mail.outcome import (
    AuthenticationRefused,
    SenderRefused,
    SettingsRefused,
    Unreachable,
)
from matchmaker.models import Heartbeat, MailboxState
from matchmaker.models.states import OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.health import report
from matchmaker.services.sending import mail_trouble
from tests.services.health.checking import mail, no_messages


@pytest.mark.parametrize(
    ("met", "mail_url", "kind"),
    [
        (None, "smtp://127.0.0.1:1", None),
        (None, None, "no_server"),
        (None, "smtp://me:secret@mail.example", "unusable_address"),
        (AuthenticationRefused("535 no, me"), "smtp://127.0.0.1:1", "login_refused"),
        (SenderRefused("550 not you"), "smtp://127.0.0.1:1", "sender_refused"),
        (Unreachable("no connection"), "smtp://127.0.0.1:1", "unreachable"),
    ],
)
def test_summary_names_the_trouble_without_the_servers_words(
    session: Session,
    desk: Desk,
    met: SettingsRefused | Unreachable | None,
    mail_url: str | None,
    kind: str | None,
) -> None:
    given = replace(desk.settings, mail_url=mail_url)
    if met is not None:
        mail_trouble.note(session, given, desk.now, met)
        session.flush()

    assert report.summary(session, given, desk.now, no_messages)["mail"] == {
        "waiting": 0,
        "dead": 0,
        "uncertain": 0,
        "trouble": kind,
    }


def test_summary_says_that_no_answer_is_read(session: Session, desk: Desk) -> None:
    given = replace(desk.settings, imap_url="imaps://a:b@mail.example")
    state = MailboxState(name="x", tried_at=desk.now)
    session.add(state)
    session.flush()
    assert report.summary(session, given, desk.now, no_messages)["answers"] == {"failing": False}
    state.failing_since = desk.now
    session.flush()
    assert report.summary(session, given, desk.now, no_messages)["answers"] == {"failing": True}


@pytest.mark.parametrize(
    ("state", "counted"),
    [
        (OutboxState.QUEUED, {"waiting": 1, "dead": 0, "uncertain": 0}),
        (OutboxState.SENDING, {"waiting": 1, "dead": 0, "uncertain": 0}),
        (OutboxState.DEAD, {"waiting": 0, "dead": 1, "uncertain": 0}),
        (OutboxState.SENT, {"waiting": 0, "dead": 0, "uncertain": 0}),
    ],
)
def test_summary_counts_mail(
    session: Session, desk: Desk, state: OutboxState, counted: dict[str, int]
) -> None:
    mail(session, desk, state)
    session.flush()

    found = report.summary(session, desk.settings, desk.now, no_messages)["mail"]
    assert {name: found[name] for name in counted} == counted


def test_summary_names_the_worker_and_the_queue(session: Session, desk: Desk) -> None:
    def down() -> int:
        raise OSError

    session.add(Heartbeat(name="worker", at=desk.now))
    session.flush()

    found = report.summary(session, desk.settings, desk.now, down)

    assert (found["database"], found["queue"]) == ("ok", "down")
    assert found["worker"] == {"last_run": "2026-12-28T08:00:00+00:00", "silent": False}


def test_summary_says_that_the_worker_is_silent(session: Session, desk: Desk) -> None:
    session.add(Heartbeat(name="worker", at=desk.now - timedelta(minutes=6)))
    session.flush()

    found = report.summary(session, desk.settings, desk.now, no_messages)
    assert (found["worker"]["silent"], found["disk"]) == (True, "ok")
