"""What would give an open request its evening, as people read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask

from matchmaker.models import Organisation, Person, Request
from matchmaker.services.planning.plan_view import Open
from matchmaker.services.planning.reason_names import Names
from matchmaker.web.remedy_words import remedy_text

WANTED = Request(code="A001", minutes=120, organisation=Organisation(name="Sonnenhof"))
OTHER = Request(code="A002", minutes=120, organisation=Organisation(name="Ahornhaus"))
NAMES = Names(
    people={"R01": Person(code="R01", name="Fachperson A")},
    requests={"A001": WANTED, "A002": OTHER},
    topics={},
    districts={},
)
EVENING = {"person": "R01", "start": "2027-01-19T18:00"}


@pytest.mark.parametrize(
    ("code", "way", "words"),
    [
        (
            "travel",
            {**EVENING, "minutes": 15},
            "Fachperson A könnte kommen, mit 15 Minuten mehr für den Weg: "
            "Di., 19.01.2027, 18:00–20:00 Uhr.",
        ),
        (
            "travel",
            {**EVENING, "with": "A002"},
            "Fachperson A könnte kommen, wenn A002 (Ahornhaus) zu einer anderen Zeit stattfände: "
            "Di., 19.01.2027, 18:00–20:00 Uhr.",
        ),
        (
            "lead_time",
            {**EVENING, "days": 4},
            "Fachperson A könnte mit 4 Tagen Vorlauf kommen: Di., 19.01.2027, 18:00–20:00 Uhr.",
        ),
        (
            "lead_time",
            {"start": "2027-01-19T18:00", "days": -3},
            "Der Termin müsste in der Zukunft liegen.",
        ),
    ],
)
def test_remedy_says_what_would_have_to_change(
    app: Flask, code: str, way: Mapping[str, Any], words: str
) -> None:
    with app.test_request_context("/?lang=de"):
        assert remedy_text(code, way, Open(request=WANTED), NAMES) == words
