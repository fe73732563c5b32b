"""Subscriptions over HTTP, as calendar programs of all kinds ask for them."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Response

from matchmaker.models import Feed
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import feeds
from matchmaker.web.db import db
from matchmaker.web.feeds import Shortcut
from tests import factories
from tests.support.invited import Evening
from tests.support.statements import count_statements


@pytest.fixture
def address(factory: sessionmaker[Session], desk: Desk) -> str:
    """The path of the feed of a speaker with one talk."""
    with factory.begin() as session:
        person = Evening(session, desk).person
        assert person is not None
        return path(feeds.open_feed(session, desk, person))


@pytest.fixture
def first(client: FlaskClient, address: str) -> TestResponse:
    return client.get(address)


def path(address: str) -> str:
    return urlsplit(address).path


def test_feed_is_served_as_calendar_programs_expect(first: TestResponse) -> None:
    headers = first.headers
    assert first.status_code == 200
    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert headers["Content-Disposition"] == 'inline; filename="arbeitsmarktgespraeche.ics"'
    assert headers["ETag"] == f'"{hashlib.sha256(first.data).hexdigest()}"'
    assert headers["Cache-Control"] == "private, max-age=300"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert len(Calendar.from_ical(first.data).walk("VEVENT")) == 1
    for unwanted in ("Set-Cookie", "Location", "Content-Encoding", "WWW-Authenticate"):
        assert unwanted not in headers


def test_feed_says_where_it_comes_from(first: TestResponse, address: str) -> None:
    source = str(Calendar.from_ical(first.data)["SOURCE"])
    assert path(source) == address


def test_head_says_the_same_without_a_body(
    client: FlaskClient, address: str, first: TestResponse
) -> None:
    head = client.head(address)
    names = ("Content-Type", "Content-Length", "Content-Disposition", "ETag", "Last-Modified")
    assert head.data == b""
    assert [head.headers[name] for name in names] == [first.headers[name] for name in names]


@pytest.mark.parametrize(
    "accept",
    ["", "*/*", "text/html", "application/json", "text/calendar;q=0", "image/png", "nonsense"],
)
def test_feed_does_not_mind_what_is_accepted(
    client: FlaskClient, address: str, accept: str
) -> None:
    headers = {"Accept": accept, "Accept-Encoding": "identity;q=0", "Accept-Language": "xx"}
    answer = client.get(address, headers=headers)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")


Matching = Callable[[str, str], dict[str, str]]

MATRIX: list[tuple[str, Matching, int]] = [
    ("same tag", lambda tag, _: {"If-None-Match": tag}, 304),
    ("weak tag", lambda tag, _: {"If-None-Match": f"W/{tag}"}, 304),
    ("in a list", lambda tag, _: {"If-None-Match": f'"old", W/"older",{tag} , "x"'}, 304),
    ("star", lambda _tag, _: {"If-None-Match": "*"}, 304),
    ("other tag", lambda _tag, _: {"If-None-Match": '"other"'}, 200),
    ("empty", lambda _tag, _: {"If-None-Match": ""}, 200),
    ("no quotes around another", lambda _tag, _: {"If-None-Match": "other"}, 200),
    ("same date", lambda _tag, date: {"If-Modified-Since": date}, 304),
    ("later", lambda _tag, _: {"If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT"}, 304),
    ("earlier", lambda _tag, _: {"If-Modified-Since": "Fri, 01 Jan 2010 00:00:00 GMT"}, 200),
    ("no date", lambda _tag, _: {"If-Modified-Since": "yesterday"}, 200),
    ("no day", lambda _tag, _: {"If-Modified-Since": "Fri, 32 Jan 2010 00:00:00 GMT"}, 200),
    (
        "tag beats date, new",
        lambda _tag, date: {"If-None-Match": '"other"', "If-Modified-Since": date},
        200,
    ),
    (
        "tag beats date, known",
        lambda tag, _: {
            "If-None-Match": tag,
            "If-Modified-Since": "Fri, 01 Jan 2010 00:00:00 GMT",
        },
        304,
    ),
]  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("case", MATRIX, ids=[case[0] for case in MATRIX])
def test_feed_is_sent_again_only_when_it_is_new(
    client: FlaskClient, address: str, method: str, case: tuple[str, Matching, int]
) -> None:
    first = client.get(address)
    _name, headers, status = case
    sent = headers(first.headers["ETag"], first.headers["Last-Modified"])
    answer = client.open(address, method=method, headers=sent)
    validators = ("ETag", "Last-Modified", "Cache-Control")
    assert answer.status_code == status
    assert [answer.headers[name] for name in validators] == [
        first.headers[name] for name in validators
    ]
    if status == 304:
        assert answer.data == b""
        assert "Content-Type" not in answer.headers


def test_feed_is_new_after_a_change(
    client: FlaskClient, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        evening = Evening(session, desk)
        assert evening.person is not None
        address = path(feeds.open_feed(session, desk, evening.person))
    before = client.get(address)
    with factory.begin() as session:
        evening.session = session
        evening.talk, evening.invitation, evening.assignment = (
            session.merge(row) for row in (evening.talk, evening.invitation, evening.assignment)
        )
        evening.move(evening.later(hours=1), datetime(2027, 1, 21, 18, 0))  # noqa: DTZ001  # wall clock
    after = client.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.headers["ETag"] == before.headers["ETag"]) == (200, False)


def test_feed_that_has_aged_answers_304_before_and_after_it_is_stored_again(
    client: FlaskClient, factory: sessionmaker[Session], desk: Desk, address: str
) -> None:
    with factory.begin() as session:
        feed = session.query(Feed).one()
        feed.stale_on = desk.today
    aged = client.get(address)
    with factory.begin() as session:
        feeds.renew_stale(session, desk)
    again = client.get(address, headers={"If-None-Match": aged.headers["ETag"]})
    assert (aged.status_code, again.status_code) == (200, 304)
    assert again.headers["Last-Modified"] == aged.headers["Last-Modified"]


def test_feed_of_nobody_is_404_and_an_old_address_410(
    client: FlaskClient, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        person = factories.speaker(session)
        old = path(feeds.open_feed(session, desk, person))
        new = path(feeds.renew(session, desk, person))
    unknown = client.get(f"/kalender/{'x' * 43}/arbeitsmarktgespraeche.ics")
    gone = client.get(old, headers={"If-None-Match": "*"})
    empty = client.get(new)
    assert (unknown.status_code, gone.status_code, empty.status_code) == (404, 410, 200)
    assert (unknown.mimetype, gone.mimetype) == ("text/plain", "text/plain")
    assert Calendar.from_ical(empty.data).walk("VEVENT") == []


def test_feed_is_read_only(client: FlaskClient, address: str) -> None:
    assert client.post(address).status_code == 405
    assert client.delete(address).status_code == 405


def test_feed_needs_no_sign_in_and_ignores_a_cookie(client: FlaskClient, address: str) -> None:
    client.set_cookie("session", "not one of ours")
    answer = client.get(address)
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)


def test_token_is_in_no_log_line(
    client: FlaskClient, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client.get(address)
    client.get(address.replace("/kalender/", "/kalender/x"))
    token = address.split("/")[2]
    logged: list[Any] = [(record.getMessage(), record.args) for record in caplog.records]
    assert token not in repr(logged)


def test_last_modified_is_when_the_bytes_changed(
    client: FlaskClient, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        person = factories.speaker(session)
        address = path(feeds.open_feed(session, desk, person))
    later = replace(desk, now=desk.now + timedelta(hours=3))
    with factory.begin() as session:
        Evening(session, later, person=session.merge(person))
    answer = client.get(address)
    assert answer.last_modified == later.now


def test_shortcut_says_what_the_pages_would_say(app: Flask, address: str) -> None:
    shortcut = app.wsgi_app
    assert isinstance(shortcut, Shortcut)
    ways = [Client(way, Response) for way in (shortcut, shortcut.pages)]
    tag = ways[0].get(address).headers["ETag"]
    for method in ("GET", "HEAD"):
        for headers in ({}, {"If-None-Match": tag}, {"If-None-Match": '"other"'}):
            one, other = (way.open(address, method=method, headers=headers) for way in ways)
            assert (one.status, one.data) == (other.status, other.data)
            assert sorted(one.headers) == sorted(other.headers)


def test_unchanged_feed_takes_one_query(client: FlaskClient, app: Flask, address: str) -> None:
    tag = client.get(address).headers["ETag"]
    with app.app_context(), count_statements(db.session()) as seen:
        client.get(address, headers={"If-None-Match": tag})
    assert [row.split()[0] for row in seen if not row.startswith("BEGIN")] == ["SELECT"]
