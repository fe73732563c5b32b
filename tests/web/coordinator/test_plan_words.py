"""A broken rule, as people read it: names and words instead of ids."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Organisation, Request, Venue
from matchmaker.scheduling.judge import Breach
from matchmaker.web.plan_words import breach_text
from tests import factories

HOST = Organisation(name="Sonnenhof")
REQUESTS = {"A012": Request(code="A012", organisation=HOST, venue=Venue(id=12, name="Saal"))}


@pytest.mark.parametrize(
    ("template", "facts", "words"),
    [
        (
            "%(request)s takes place %(mode)s, which it does not accept.",
            {"request": "A012", "mode": "onsite"},
            "A012 Sonnenhof findet vor Ort statt; das passt nicht zur Anfrage.",
        ),
        (
            "%(request)s is in district %(district)s, where %(person)s does not go.",
            {"request": "A012", "district": "05", "person": "R01"},
            "A012 Sonnenhof liegt im Bezirk Spandau; dorthin fährt R01 nicht.",
        ),
        (
            "%(requests)s are in venue %(venue)s at the same time, %(start)s.",
            {"requests": "A012, A013", "venue": "V12", "start": "gleich"},
            "A012 Sonnenhof; A013 sind gleichzeitig im Raum Saal (gleich).",
        ),
        (
            "Nobody assigned to %(request)s covers its first topic %(topic)s.",
            {"request": "A012", "topic": "ANE-01"},
            "Niemand bei A012 Sonnenhof deckt das wichtigste Thema ab: Anerkennung.",
        ),
        (
            "Talks of %(person)s in month %(month)s: %(count)s; allowed: %(limit)s (%(requests)s).",
            {"person": "R01", "month": "2027-03", "count": "2", "limit": "1", "requests": "A012"},
            "Termine von R01 im März 2027: 2; erlaubt: 1 (A012 Sonnenhof).",
        ),
    ],
)
def test_broken_rule_is_told_with_names(
    app: Flask,
    factory: sessionmaker[Session],
    template: str,
    facts: Mapping[str, str],
    words: str,
) -> None:
    with factory.begin() as session:
        factories.district(session, "05", name="Spandau")
        factories.topic(session, "ANE-01").name_de = "Anerkennung"
    breach = Breach(
        code="rule", template=template, facts=facts, requests=(), persons=(), only_fixed=False
    )
    with app.test_request_context("/?lang=de"):
        assert breach_text(breach, {}, REQUESTS) == words
