"""What a long trouble looks like in the log."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy.exc import OperationalError

from matchmaker.jobs.trouble import Trouble

log = logging.getLogger("tests.trouble")
AWAY = OperationalError("SELECT 1", {}, Exception("connection refused\nIs the server running?"))


class Hands:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def trouble(hands: Hands) -> Trouble:
    return Trouble(log, "the database", hands)


def test_trouble_is_told_once_then_more_and_more_rarely(
    trouble: Trouble, hands: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    told_at = []
    for second in range(4 * 3600):
        hands.seconds = float(second)
        before = len(caplog.messages)
        trouble.met(AWAY)
        if len(caplog.messages) > before:
            told_at.append(second // 60)
    assert told_at == [0, 1, 3, 7, 15, 31, 63, 123, 183]
    assert caplog.messages[0] == "the database: connection refused"
    assert caplog.messages[2] == "the database: connection refused (after 3 minutes)"
    assert {record.exc_info for record in caplog.records} == {None}


def test_end_is_told_once_and_the_next_trouble_at_once(
    trouble: Trouble, hands: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    trouble.over()
    assert caplog.messages == []
    for _ in range(2):
        trouble.met(AWAY)
        hands.seconds += 600
        trouble.over()
        trouble.over()
    again = ["the database: connection refused", "the database: works again (after 10 minutes)"]
    assert caplog.messages == again * 2


def test_a_bug_shows_where_and_another_one_at_once(
    trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    for error in (KeyError("a"), KeyError("a"), ValueError("b"), AWAY):
        try:
            raise error
        except Exception as caught:  # noqa: BLE001, RUF100  # as the worker meets them
            trouble.met(caught, traceback=caught is not AWAY)
    assert caplog.messages == [
        "the database: 'a'",
        "the database: b",
        "the database: connection refused",
    ]
    assert [bool(record.exc_info) for record in caplog.records] == [True, True, False]
