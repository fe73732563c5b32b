"""Style sheets, script and sprite: packed for browsers that can unpack them, and kept by them."""

from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from matchmaker.web import static_files

TEXTS = sorted(static_files.PACKED)
A_YEAR = "public, max-age=31536000"


@pytest.fixture
def engine_kind() -> str:
    """No static file comes out of a database."""
    return "sqlite"


def fetch(client: FlaskClient, name: str, **headers: str) -> TestResponse:
    named = {header.replace("_", "-"): value for header, value in headers.items()}
    return client.get(f"/static/{name}", headers=named, buffered=True)


@pytest.mark.parametrize("name", TEXTS)
def test_text_is_packed_for_browsers_that_take_gzip(client: FlaskClient, name: str) -> None:
    plain = fetch(client, name)
    packed = fetch(client, name, Accept_Encoding="gzip, br")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Length"] == str(len(packed.data))
    assert packed.content_type == plain.content_type
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["Cache-Control"] == packed.headers["Cache-Control"] == A_YEAR


def test_nothing_is_packed_for_browsers_that_refuse_it(client: FlaskClient) -> None:
    answer = fetch(client, "app.css", Accept_Encoding="gzip;q=0")
    assert (answer.status_code, "Content-Encoding" in answer.headers) == (200, False)


def test_both_forms_have_validators_of_their_own(client: FlaskClient) -> None:
    etag = fetch(client, "app.css", Accept_Encoding="gzip").headers["ETag"]
    assert fetch(client, "app.css", If_None_Match=etag).status_code == 200
    again = fetch(client, "app.css", Accept_Encoding="gzip", If_None_Match=etag)
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("name", ["nothing.css", "../web/app.py", "licences/nothing.txt"])
def test_there_is_nothing_else(client: FlaskClient, name: str) -> None:
    assert fetch(client, name).status_code == 404
