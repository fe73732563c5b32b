"""Forms and addresses with numbers that nobody can mean: a page that says so, never a fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from matchmaker.models import Invitation, Proposal, Response, Talk, Topic
from matchmaker.services.desk import Desk
from matchmaker.web.numbers import NO_NUMBER, typed_number
from tests.support.invited import Evening
from tests.support.pages import Browser
from tests.web.coordinator.approved_quarter import Quarter, make_quarter

IMPOSSIBLE = [str(10**30), str(-(10**30)), "9" * 5000, "2147483648", "-1", "vier", "²", "1e3", ""]
FIELDS = (
    "version", "base", "sequence", "proposal", "first", "second", "participants", "venue_id",
    "minutes", "people", "number", "max_per_week", "max_per_month", "max_per_day", "max_talks",
    "lead_days", "min_people", "distance", "topic_level", "position", "postcode", "answer_days",
    "start_grid_minutes", "fairness_months", "weekday", "interpreters_needed", "priority",
    "women", "children", "load",
)  # fmt: skip
"""Every field of any form in which a number stands."""


@pytest.fixture
def quarter(factory: sessionmaker[Session], desk: Desk) -> Quarter:
    return make_quarter(factory, desk)


def _posts(app: Flask) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or set()) and rule.endpoint != "auth.sign_out":
            yield rule


def _address(rule: Rule, known: dict[str, str]) -> str:
    return re.sub(
        r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda match: known.get(match[1], "1"), rule.rule
    )


@pytest.mark.parametrize("role", ["coordinator", "speaker"])
def test_no_form_breaks_on_a_number_that_nobody_can_mean(
    app: Flask,
    factory: sessionmaker[Session],
    quarter: Quarter,
    sign_in: Callable[..., Browser],
    role: str,
) -> None:
    browser = sign_in(getattr(quarter, role))
    with factory() as session:
        number = session.scalars(select(Proposal.number)).first()
        invitation = session.scalars(
            select(Invitation).where(Invitation.person_id == quarter.speaker.id)
        ).one()
        talk = session.scalars(select(Talk)).one()
        topic = session.scalars(select(Topic.code)).first()
        known = {
            "round_id": str(quarter.round_id), "number": str(number), "other": str(number),
            "invitation_id": str(invitation.id), "person": quarter.speaker.code,
        }  # fmt: skip
        organisation = talk.organisation.code
    codes = {
        "/koordination/termine": talk.code,
        "/koordination/kontakte/organisation": organisation,
        "/koordination/kontakte": quarter.speaker.code,
        "/koordination/einstellungen": str(topic),
    }
    home = "/mein/termine" if role == "speaker" else "/koordination/termine/neu"
    token = next(form.fields["csrf_token"] for form in browser.open(home).forms
                 if "csrf_token" in form.fields)  # fmt: skip
    wrong = {}
    for rule in _posts(app):
        code = next((codes[path] for path in codes if rule.rule.startswith(path)), quarter.codes[1])
        for value in (str(10**30), str(-(10**30)), "9" * 5000, "vier"):
            data = MultiDict({"csrf_token": token, **dict.fromkeys(FIELDS, value)})
            answer = browser.client.post(_address(rule, {**known, "code": code}), data=data)
            if answer.status_code >= 500:
                wrong[rule.rule, value[:12]] = answer.status_code
    assert wrong == {}


@pytest.mark.parametrize("value", IMPOSSIBLE, ids=lambda value: value[:12] or "empty")
def test_impossible_sequence_counts_for_nothing(
    factory: sessionmaker[Session], desk: Desk, browse: Browser, value: str
) -> None:
    with factory.begin() as session:
        evening = Evening(session, desk)
        address = f"/antwort/{evening.link()}"
    form = browse.open(address).form("/antwort/")
    form.fields["sequence"] = value
    data = {**form.fields.to_dict(), "antwort": "accepted"}
    assert browse.client.post(address, data=data).status_code == 303
    with factory() as session:
        rows = session.execute(select(Response.outcome, Response.applied)).all()
    assert rows == [("outdated", False)]


@pytest.mark.parametrize("value", [*IMPOSSIBLE, "999999999"], ids=lambda value: value[:12] or "0")
def test_impossible_version_is_a_stale_one(
    quarter: Quarter, sign_in: Callable[..., Browser], factory: sessionmaker[Session], value: str
) -> None:
    coordinator = sign_in(quarter.coordinator)
    form = coordinator.open("/koordination/termine/T001/absagen").form("/absagen")
    form.fields["version"] = value
    page = coordinator.send(form, reason="Der Raum ist gesperrt.")
    assert page.status == 409


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), (" 007 ", 7), ("99999999", 99_999_999), *((one, NO_NUMBER) for one in IMPOSSIBLE)],
)
def test_typed_number_is_a_short_whole_one(text: str, number: int) -> None:
    assert typed_number(text) == number
