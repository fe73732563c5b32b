"""`/healthz` for monitoring."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flask.testing import FlaskClient

from matchmaker.config import Settings
from matchmaker.web.app import create_app
from matchmaker.web.db import db


def test_healthz_says_how_things_are(client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.json == {
        "database": "ok",
        "disk": "ok",
        "queue": "ok",
        "worker": {"last_run": None, "silent": True},
        "mail": {"waiting": 0, "dead": 0, "uncertain": 0, "trouble": "no_server"},
        "answers": {"failing": False},
    }


def test_healthz_without_database_is_unavailable(settings: Settings, tmp_path: Path) -> None:
    broken = tmp_path / "not a database.sqlite3"
    broken.write_bytes(b"this is no database" * 100)
    app = create_app(replace(settings, database_url=f"sqlite:///{broken}"))

    answer = app.test_client().get("/healthz")
    with app.app_context():
        db.engine.dispose()

    assert (answer.status_code, answer.json) == (503, {"database": "down"})
