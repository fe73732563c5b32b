"""Error pages hold even when something they are made of does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from matchmaker.config import Settings
from matchmaker.web.access import public
from matchmaker.web.app import create_app
from matchmaker.web.db import db
from tests.support.pages import Browser


@pytest.fixture(params=["sqlite"])
def engine_kind(request: pytest.FixtureRequest) -> str:
    """What an error page says does not depend on the engine."""
    return str(request.param)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """As in real use: faults become pages."""
    made = create_app(replace(settings, testing=False))
    yield made
    with made.app_context():
        db.engine.dispose()


def _break(*_args: object, **_kwargs: object) -> str:
    raise RuntimeError("secret detail")


def test_fault_of_a_view_is_explained_without_its_details(app: Flask, browse: Browser) -> None:
    app.add_url_rule("/broken", "broken", public(_break))

    page = browse.open("/broken")

    assert page.status == 500
    assert "Das war unser Fehler" in page.words
    assert "secret detail" not in page.text


@pytest.mark.parametrize("address", ["/", "/nirgends"])
def test_fault_of_the_frame_itself_ends_in_a_plain_answer(
    app: Flask, browse: Browser, address: str
) -> None:
    app.context_processor(_break)

    page = browse.open(address)

    assert page.status == 500
    assert page.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Bitte versuchen Sie es in einigen Minuten noch einmal." in page.text
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert "secret detail" not in page.text


def test_method_that_a_page_does_not_know_is_told_the_ones_it_knows(app: Flask) -> None:
    answer = app.test_client().put("/impressum")

    assert answer.status_code == 405
    assert sorted(answer.headers["Allow"].split(", ")) == ["GET", "HEAD", "OPTIONS"]
