"""The Host header is a stranger's word: nothing breaks on it, and nothing is made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from matchmaker.config import Settings
from matchmaker.web.app import create_app
from matchmaker.web.db import db
from tests.support.pages import Browser


@pytest.fixture(params=["sqlite"])
def engine_kind(request: pytest.FixtureRequest) -> str:
    """Hosts do not depend on the engine."""
    return str(request.param)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """As in real use: faults become pages."""
    made = create_app(replace(settings, testing=False))
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("host", ["x" * 64, "a" * 5000, "a..b", "."])
@pytest.mark.parametrize("address", ["/", "/koordination/", "/nirgends", "/static/app.css"])
def test_host_that_cannot_be_is_refused_on_our_own_page(
    browse: Browser, host: str, address: str
) -> None:
    page = browse.open(address, headers={"Host": host})

    assert page.status == (404 if address == "/nirgends" else 400)
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert ("/", "Zur Startseite") in page.links


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]:8000", "10.0.0.7", "other.example"])
def test_probe_by_another_name_is_answered(browse: Browser, host: str) -> None:
    assert browse.client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "bad host", "evil.example/x?"])
@pytest.mark.parametrize(
    ("address", "tidy"),
    [
        ("/koordination", "/koordination/"),
        ("/koordination?x=1&y=%2F", "/koordination/?x=1&y=%2F"),
        ("/mein//termine", "/mein/termine"),
    ],
)
def test_tidied_address_stays_here(browse: Browser, host: str, address: str, tidy: str) -> None:
    answer = browse.client.get(address, headers={"Host": host})

    assert (answer.status_code, answer.headers["Location"]) == (308, tidy)


@pytest.mark.parametrize(
    "path", ["//evil.example/koordination", "///evil.example", "/\\evil.example//koordination"]
)
def test_tidied_address_never_names_another_host(app: Flask, path: str) -> None:
    answer = app.test_client().get("/", environ_overrides={"PATH_INFO": path})

    place = answer.headers.get("Location", "/")
    assert place.startswith("/")
    assert place[1:2] not in {"/", "\\"}
