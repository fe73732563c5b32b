"""A mail server for the checks to talk to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller

from tests.services.health.checking import free_port
from tests.services.health.mail_server import Answering


@pytest.fixture
def answering() -> Iterator[Answering]:
    handler = Answering()
    yield handler
    assert handler.sent == 0, "a check sent a mail"


@pytest.fixture
def mail_server(answering: Answering) -> Iterator[str]:
    controller = Controller(answering, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield f"smtp://127.0.0.1:{controller.port}"
    controller.stop()
