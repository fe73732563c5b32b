"""An answer on its way from a calendar program to the plan, through a real mailbox and worker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from matchmaker.config import Settings
from matchmaker.database import open_engine, session_factory
from matchmaker.services.desk import Desk
from tests.conftest import NOW
from tests.incoming.programs import PROGRAMS
from tests.services.incoming.arriving import said
from tests.support import dovecot
from tests.support.dovecot import Dovecot
from tests.support.invited import Evening
from tests.support.service import Service
from tests.support.waiting import until

pytestmark = pytest.mark.clients


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot.running() as running:
        yield running


@pytest.fixture
def service(tmp_path: Path, server: Dovecot) -> Iterator[Service]:
    made = Service(tmp_path, {"IMAP_URL": server.url()})
    made.call("migrate")
    yield made
    made.close()


def invite(service: Service, **facts: str) -> bytes:
    """Somebody invited, and the mail with which their calendar says yes."""
    settings = Settings.from_environment(
        {f"MATCHMAKER_{name}": text for name, text in service.settings.items()}
    )
    engine = open_engine(settings.database_url)
    with session_factory(engine).begin() as session:
        evening = Evening(session, Desk(settings, NOW))
        raw = PROGRAMS["exchange"](said(evening, stamp=datetime.now(UTC), **facts))
    engine.dispose()
    return raw


def answers(service: Service) -> list[str]:
    return [row["state"] for row in service.rows("invitations")]


def test_answer_is_fetched_by_the_command(service: Service, server: Dovecot) -> None:
    server.deliver(invite(service), b"From: a@b.example\r\nSubject: Frage\r\n\r\nHallo\r\n")
    done = service.call("mail", "fetch")
    assert done.output == "2 fetched: 1 taken in, 1 for a person, 0 only listed\n"
    assert answers(service) == ["accepted"]
    assert service.call("mail", "fetch").output.startswith("0 fetched")


def test_answer_is_fetched_by_the_worker(service: Service, server: Dovecot) -> None:
    server.deliver(invite(service, partstat="DECLINED"))
    service.worker()
    until("the answer", lambda: answers(service) == ["declined"])


def test_command_says_why_nothing_can_be_read(service: Service, server: Dovecot) -> None:
    service.settings["IMAP_URL"] = server.url(password="wr0ng")
    said_ = service.call("mail", "fetch", expect=1).output
    assert "The mailbox cannot be read: login refused" in said_
    assert "wr0ng" not in said_
    del service.settings["IMAP_URL"]
    assert "no mailbox is set" in service.call("mail", "fetch", expect=1).output
