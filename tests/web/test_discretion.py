"""No log line holds a link that is a key."""

from __future__ import annotations

import logging

import pytest
from flask import Flask

TOKEN = "kZ9_" + "a-B3" * 9 + "xyz"


@pytest.fixture(params=["sqlite"])
def engine_kind(request: pytest.FixtureRequest) -> str:
    """Logging does not depend on the engine."""
    return str(request.param)


@pytest.mark.parametrize(
    "path",
    [
        "/kalender/{}/plan.ics",
        "/antwort/{}?antwort=accepted",
        "/anmelden/{}",
        "/anfrage/{}",
        "/anfrage/entwurf/{}/3",
        "/sprache?next=/antwort/{}",
    ],
)
def test_failed_request_is_logged_without_its_key(
    app: Flask, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    app.logger.error("Exception on %s [%s]", path.format(TOKEN), "GET")
    (record,) = caplog.records
    assert TOKEN not in record.getMessage() + repr(record.args)
    assert record.getMessage() == f"Exception on {path.format('…')} [GET]"


def test_other_lines_stay_as_they_are(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    app.logger.error("Exception on %s [%s]", "/koordination/anfragen/A001", "GET")
    assert caplog.records[0].args == ("/koordination/anfragen/A001", "GET")
