"""What gets in by a form, before anybody reads it."""

from __future__ import annotations

import pytest
from flask import Flask, request

from matchmaker.web.access import public
from tests.support.pages import Browser


@pytest.fixture(params=["sqlite"])
def engine_kind(request: pytest.FixtureRequest) -> str:
    """What gets in does not depend on the engine."""
    return str(request.param)


@pytest.fixture
def seen(app: Flask) -> list[tuple[str, str]]:
    """What a view finds in the form that was sent to `/echo` last."""
    found: list[tuple[str, str]] = []

    def echo() -> str:
        found[:] = request.form.items(multi=True)
        return ""

    app.add_url_rule("/echo", "echo", public(echo), methods=["POST"])
    return found


def _token(browse: Browser) -> str:
    return browse.open("/anmelden").form("anmelden").fields["csrf_token"]


def test_form_holds_no_controls_and_no_directions(
    browse: Browser, seen: list[tuple[str, str]]
) -> None:
    token = _token(browse)
    typed = " a\x00b\u2028c\u202ed\u2066e\u200f\r\nf "

    browse.client.post("/echo", data={"csrf_token": token, "name": typed})

    assert seen == [("csrf_token", token), ("name", "ab\ncde\u200f\nf")]


def test_fields_with_names_that_no_page_has_are_left_out(
    browse: Browser, seen: list[tuple[str, str]]
) -> None:
    token = _token(browse)
    data = {"csrf_token": token, "na\x00me": "1", "name\u202e": "2", " name": "3", "name": "4"}

    browse.client.post("/echo", data=data)

    assert seen == [("csrf_token", token), ("name", "4")]


def test_form_of_countless_fields_is_refused(browse: Browser, seen: list[tuple[str, str]]) -> None:
    token = _token(browse)

    def send(fields: int) -> int:
        data = {"csrf_token": token, **{f"f{number}": "" for number in range(fields)}}
        return browse.client.post("/echo", data=data).status_code

    assert send(4000) == 200
    assert send(5000) == 413
