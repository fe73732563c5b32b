"""The worker's lane for mail, with a real mail server that does not answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.clock import system_clock
from matchmaker.config import Settings
from matchmaker.jobs.queue import poke
from matchmaker.services.desk import Desk
from matchmaker.services.sending import delivery
from tests.jobs.conftest import wait_until
from tests.jobs.test_worker import working
from tests.mail.servers import HANG, MailServer, running
from tests.services.letters import letter, states


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running() as server:
        yield server


@pytest.mark.parametrize("phase", ["ehlo", "rcpt", "dot"])
def test_sign_in_mail_leaves_while_another_mail_hangs(
    factory: sessionmaker[Session],
    settings: Settings,
    server: MailServer,
    phase: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "HUNG_AFTER", 0.2)
    patient = {"connect_timeout": 2, "command_timeout": 2, "final_timeout": 2}
    settings = replace(settings, mail_url=server.url(**patient))

    def queue() -> None:
        with factory.begin() as session:
            letter(session, Desk(settings, system_clock()))
        poke(settings, "mail")

    server.faults[phase] = HANG
    with working(settings):
        queue()
        wait_until(lambda: server.hanging == 1)
        server.faults.clear()
        queue()
        wait_until(lambda: states(factory) == ["sending", "sent"])
