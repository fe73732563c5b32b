"""The checks with other settings, and mails in the outbox."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matchmaker.models import OutboxMessage
from matchmaker.models.states import OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.health import report
from matchmaker.services.health.check import Check


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def no_messages() -> int:
    return 0


def examined(desk: Desk, engine: Engine, **settings: Any) -> dict[str, Check]:
    given = replace(desk.settings, **settings)
    return {check.name: check for check in report.examine(given, engine, desk.now, no_messages)}


def mail(session: Session, desk: Desk, state: OutboxState, minutes: int = 0) -> None:
    session.add(
        OutboxMessage(
            key=f"{state}{minutes}",
            kind="login",
            recipient="a@b.example",
            subject="s",
            message_id=f"<{state}{minutes}@localhost>",
            body=b"",
            state=state,
            created_at=desk.now - timedelta(minutes=minutes),
            due_at=desk.now,
        )
    )
