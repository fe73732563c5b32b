"""A problem document that uses every key, for tests to spoil one place at a time."""

from __future__ import annotations

import json
import re
from typing import Any

PERSON: dict[str, Any] = {
    "languages": ["de", "tr"],
    "modes": ["onsite", "online"],
    "home": "01",
    "districts": ["01", "02"],
    "available": [["2027-01-12T16:00", "2027-01-12T21:00"]],
    "avoid": [["2027-01-12T20:00", "2027-01-13T00:00"]],
    "commitments": [{"from": "2027-01-12T10:00", "to": "2027-01-12T12:00", "district": "02"}],
    "max_per_day": 1,
    "max_per_week": 2,
    "max_per_month": 3,
    "max_talks": 8,
    "lead_days": 21,
    "womens_groups": True,
    "past_talks": 3,
}
REQUEST: dict[str, Any] = {
    "id": "A1",
    "organisation": "MO1",
    "topics": ["ANE-01", "ARB-01"],
    "languages": ["ar", "de"],
    "interpreting": "if_needed",
    "interpreters_needed": 1,
    "max_speakers": 2,
    "minutes": 120,
    "windows": [{"from": "2027-01-12T17:00", "to": "2027-01-12T21:00", "preference": 2}],
    "district": "01",
    "venue": None,
    "mode": "either",
    "people": 15,
    "womens_group": False,
    "priority": 2,
    "waiting_rounds": 0,
    "excluded_speakers": ["R2"],
    "preferred_speakers": ["R1"],
}
ASSIGNMENT: dict[str, Any] = {
    "request": "A1",
    "start": "2027-01-12T18:00",
    "mode": "onsite",
    "language": "ar",
    "speakers": ["R1"],
    "interpreters": ["S1"],
}
PROBLEM: dict[str, Any] = {
    "format": "matchmaker/problem@1",
    "timezone": "Europe/Berlin",
    "now": "2026-11-22T09:00",
    "horizon": {"first_day": "2027-01-11", "last_day": "2027-03-31"},
    "start_grid_minutes": 30,
    "closed_days": ["2027-03-08"],
    "discouraged_days": {"2027-02-01": 30},
    "travel": {
        "default_minutes": 60,
        "online_gap_minutes": 15,
        "minutes": {"01": {"01": 20, "02": 30}, "02": {"01": 30, "02": 20}},
    },
    "organisations": [
        {
            "id": "MO1",
            "max_per_week": 1,
            "max_talks": 4,
            "past_talks": 0,
            "blocked": [["2027-02-08", "2027-03-11"], ["2027-03-12", "2027-03-12"]],
        }
    ],
    "speakers": [
        {**PERSON, "id": "R1", "topics": {"ANE-01": 3, "ARB-01": 1}, "min_people": 8},
        {**PERSON, "id": "R2", "topics": {"ANE-01": 1}, "districts": None},
    ],
    "interpreters": [{**PERSON, "id": "S1"}],
    "requests": [REQUEST, {**REQUEST, "id": "A2"}],
    "fixed": [ASSIGNMENT],
    "published": [ASSIGNMENT, {**ASSIGNMENT, "request": "A2"}],
    "weights": {"serve": 900, "fair_first": 100000, "fair_second": 200, "fair_third": 200},
}
PROPOSAL: dict[str, Any] = {
    "format": "matchmaker/proposal@1",
    "status": "feasible",
    "assignments": [ASSIGNMENT],
    "unassigned": [
        {"request": "A2", "reasons": ["competition"], "detail": {"competition": ["A1"]}}
    ],
    "score": {
        "total": 1970,
        **dict.fromkeys(
            [
                "serve",
                "fairness",
                "topics",
                "language",
                "preference",
                "day",
                "avoid",
                "travel",
                "team",
                "preferred",
            ],
            1,
        ),
        "balance": -30,
        "stability": 0,
    },
    "bound": 1970,
    "seconds": 0.41,
    "seed": 0,
    "warnings": [{"code": "window", "request": "A1"}],
    "info": {"version": "1"},
}
GONE = object()
_STEP = re.compile(r'\.([A-Za-z_]\w*)|\[(\d+)\]|\["([^"]*)"\]')


def steps(path: str) -> list[str | int]:
    """The steps of a JSON path like `$.requests[3]["a key"]`."""
    found = _STEP.finditer(path)
    return [int(match[2]) if match[2] else match[1] or match[3] or "" for match in found]


def spoilt(document: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy, sharing nothing, with another value at the path; `GONE` leaves the key out."""
    changed: dict[str, Any] = json.loads(json.dumps(document))
    *way, last = steps(path)
    place: Any = changed
    for step in way:
        place = place[step]
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    return changed
