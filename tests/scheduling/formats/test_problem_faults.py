"""One fault at a time in a problem that uses every key: where it is and what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from matchmaker.scheduling.formats import FormatError, read_problem
from tests.scheduling.formats.documents import (
    ASSIGNMENT,
    GONE,
    PROBLEM,
    REQUEST,
    spoilt,
)

SPEAKER = PROBLEM["speakers"][0]
WINDOW = REQUEST["windows"][0]
ANY_AMOUNT = [
    "$.travel.default_minutes",
    "$.travel.online_gap_minutes",
    '$.travel.minutes["01"]["02"]',
    *(f"$.organisations[0].{key}" for key in ("max_per_week", "max_talks", "past_talks")),
    *(
        f"$.{people}[0].{key}"
        for people in ("speakers", "interpreters")
        for key in (
            "max_per_day",
            "max_per_week",
            "max_per_month",
            "max_talks",
            "lead_days",
            "past_talks",
        )
    ),
    "$.speakers[0].min_people",
    "$.requests[0].people",
    "$.requests[0].waiting_rounds",
]
RANGES = {
    **dict.fromkeys(ANY_AMOUNT, (0, 1_000_000)),
    "$.start_grid_minutes": (1, 1440),
    '$.discouraged_days["2027-02-01"]': (0, 1000),
    '$.speakers[0].topics["ANE-01"]': (1, 3),
    "$.requests[0].interpreters_needed": (1, 3),
    "$.requests[0].max_speakers": (1, 3),
    "$.requests[0].minutes": (30, 480),
    "$.requests[0].priority": (1, 3),
    "$.requests[0].windows[0].preference": (0, 3),
    "$.weights.serve": (0, 100_000),
    "$.weights.fair_first": (200, 100_000),
}
TEXTS = [
    "$.organisations[0].id",
    "$.speakers[0].home",
    "$.speakers[0].languages[0]",
    "$.speakers[0].districts[0]",
    "$.speakers[0].commitments[0].district",
    "$.requests[0].topics[0]",
    "$.requests[0].languages[0]",
    "$.requests[0].district",
    "$.requests[0].venue",
    "$.fixed[0].language",
]
LISTS = [
    "$.closed_days",
    "$.organisations",
    "$.organisations[0].blocked",
    "$.speakers",
    "$.speakers[0].languages",
    "$.speakers[0].modes",
    "$.speakers[0].districts",
    "$.speakers[0].available",
    "$.speakers[0].avoid",
    "$.speakers[0].commitments",
    "$.interpreters",
    "$.requests",
    "$.requests[0].topics",
    "$.requests[0].languages",
    "$.requests[0].windows",
    "$.requests[0].excluded_speakers",
    "$.requests[0].preferred_speakers",
    "$.fixed",
    "$.fixed[0].speakers",
    "$.fixed[0].interpreters",
    "$.published",
]
OBJECTS = [
    "$.horizon",
    "$.discouraged_days",
    "$.travel",
    "$.travel.minutes",
    '$.travel.minutes["01"]',
    "$.organisations[0]",
    "$.speakers[0]",
    "$.speakers[0].topics",
    "$.speakers[0].commitments[0]",
    "$.interpreters[0]",
    "$.requests[1]",
    "$.requests[0].windows[0]",
    "$.fixed[0]",
    "$.weights",
]
FLAGS = ["$.speakers[0].womens_groups", "$.requests[0].womens_group"]
TIMES = [
    "$.now",
    "$.speakers[0].available[0][0]",
    "$.speakers[0].avoid[0][1]",
    "$.speakers[0].commitments[0].from",
    "$.requests[0].windows[0].to",
    "$.fixed[0].start",
]
NO_TIMES = [
    "2027-02-30T18:00",
    "2027-01-12T24:00",
    "2027-01-12T18:60",
    "2027-01-12T18:00:00",
    "2027-01-12T18:00Z",
    "2027-01-12 18:00",
    "2027-01-12T1800",
    "20270112T18:00",
    "2027-1-12T18:00",
    "2027-01-12",
    "2027-W02-2T18:00",
    " 2027-01-12T18:00",
    "2027-01-12T18:00\n",
    "٢٠٢٧-01-12T18:00",
    "0000-01-12T18:00",
    "",
    None,
    1,
    ["2027-01-12T18:00"],
]
DAYS = ["$.horizon.first_day", "$.horizon.last_day", "$.closed_days[0]"]
NO_DAYS = ["2027-02-29", "2027-01-12T00:00", "20270112", "2027-W02-2", "12.01.2027", None, 1]
REQUIRED = [
    *(f"$.{key}" for key in ("format", "timezone", "now", "horizon", "start_grid_minutes")),
    *(f"$.{key}" for key in ("travel", "organisations", "speakers", "interpreters", "requests")),
    *(f"$.horizon.{key}" for key in ("first_day", "last_day")),
    *(f"$.travel.{key}" for key in ("default_minutes", "online_gap_minutes", "minutes")),
    "$.organisations[0].id",
    *(f"$.speakers[0].{key}" for key in ("id", "topics", "languages", "home", "available")),
    *(f"$.interpreters[0].{key}" for key in ("id", "languages", "home", "available")),
    *(f"$.speakers[0].commitments[0].{key}" for key in ("from", "to")),
    *(f"$.requests[0].{key}" for key in ("id", "organisation", "topics", "languages")),
    *(f"$.requests[0].{key}" for key in ("minutes", "windows", "district")),
    *(f"$.requests[0].windows[0].{key}" for key in ("from", "to")),
    *(f"$.fixed[0].{key}" for key in ASSIGNMENT),
]
OPTIONAL = [
    *(f"$.{key}" for key in ("closed_days", "discouraged_days", "fixed", "published", "weights")),
    *(f"$.organisations[0].{key}" for key in PROBLEM["organisations"][0] if key != "id"),
    *(
        f"$.speakers[0].{key}"
        for key in SPEAKER
        if key not in ("id", "topics", "languages", "home", "available")
    ),
    "$.speakers[0].commitments[0].district",
    "$.requests[0].windows[0].preference",
    *(f"$.requests[0].{key}" for key in REQUEST if f"$.requests[0].{key}" not in REQUIRED),
]


def faulty() -> Iterator[tuple[str, object, str | None]]:
    """Where, which value, and where the fault is reported if not there."""
    for path, (low, high) in RANGES.items():
        for value in (low - 1, high + 1, 1.5, float(low), True, None, str(low), 10**400):
            yield (
                path,
                value,
                "$.weights" if (path, value) == ("$.weights.fair_first", 199) else None,
            )
    for value in (float("nan"), float("inf"), float("-inf"), 10**4999):
        yield "$.requests[0].people", value, None
    for path in TEXTS:
        yield from ((path, value, None) for value in ("", 1, True, ["x"], {}, "\ud800"))
    for path in LISTS:
        yield from ((path, value, None) for value in ({}, "text", 0, False))
    for path in OBJECTS:
        yield from ((path, value, None) for value in ([], "text", 0, False, None))
    for path in FLAGS:
        yield from ((path, value, None) for value in (0, 1, "true", None))
    for path in TIMES:
        yield from ((path, value, None) for value in NO_TIMES)
    for path in DAYS:
        yield from ((path, value, None) for value in NO_DAYS)
    yield from ((path, GONE, None) for path in REQUIRED)
    for path in OBJECTS:
        if "minutes" not in path and "topics" not in path and "discouraged" not in path:
            yield f"{path}.surplus", 1, None
    yield "$.surplus", 1, None


MORE: list[tuple[str, object, str | None]] = [
    ("$.format", "matchmaker/problem@2", None),
    ("$.format", "matchmaker/proposal@1", None),
    ("$.timezone", "Europe/Atlantis", None),
    ("$.timezone", "../etc/passwd", None),
    ("$.timezone", "Europe", None),
    ("$.timezone", "europe/berlin", None),
    ("$.timezone", "", None),
    ("$.timezone", 1, None),
    ("$.horizon", {"first_day": "2027-01-12", "last_day": "2027-01-11"}, None),
    ("$.discouraged_days", {"2027-02-30": 1}, '$.discouraged_days["2027-02-30"]'),
    ("$.organisations[0].blocked[0]", ["2027-02-09", "2027-02-08"], None),
    ("$.organisations[0].blocked[0]", ["2027-02-09"], None),
    (
        "$.organisations[0].blocked[0]",
        ["2027-02-09", "2027-02-30"],
        "$.organisations[0].blocked[0][1]",
    ),
    ("$.speakers[0].available[0]", ["2027-01-12T16:00", "2027-01-12T16:00"], None),
    ("$.speakers[0].available[0]", ["2027-01-12T17:00", "2027-01-12T16:00"], None),
    ("$.speakers[0].available[0]", ["2027-01-12T16:00"], None),
    ("$.speakers[0].available[0]", ["2027-01-12T16:00"] * 3, None),
    ("$.speakers[0].available[0]", {"from": "2027-01-12T16:00", "to": "2027-01-12T17:00"}, None),
    ("$.speakers[0].avoid[0]", ["2027-01-12T17:00", "2027-01-12T16:00"], None),
    ("$.speakers[0].commitments[0].to", "2027-01-12T10:00", "$.speakers[0].commitments[0]"),
    ("$.speakers[0].languages", [], None),
    ("$.interpreters[0].languages", [], None),
    ("$.speakers[0].topics", {}, None),
    ("$.speakers[0].topics", {"": 1}, '$.speakers[0].topics[""]'),
    ("$.speakers[0].modes[0]", "either", None),
    ("$.speakers[0].modes[0]", ["onsite"], None),
    ("$.interpreters[0].topics", {"ANE-01": 1}, None),
    ("$.interpreters[0].min_people", 1, None),
    ("$.interpreters[0].id", "R1", None),
    ("$.interpreters[0].id", "R2", None),
    ("$.speakers[1].id", "R1", None),
    ("$.requests[0].topics", [], None),
    ("$.requests[0].topics", [f"T{n}" for n in range(7)], None),
    ("$.requests[0].topics", ["ANE-01", "ANE-01"], "$.requests[0].topics[1]"),
    ("$.requests[0].languages", [], None),
    ("$.requests[0].languages", [f"l{n}" for n in range(7)], None),
    ("$.requests[0].languages", ["de", "ar", "de"], "$.requests[0].languages[2]"),
    ("$.requests[0].interpreting", "always", None),
    ("$.requests[0].mode", "hybrid", None),
    ("$.requests[0].windows", [], None),
    ("$.requests[0].windows[0].to", "2027-01-12T17:00", "$.requests[0].windows[0]"),
    ("$.requests[0].windows[0].to", "2027-01-11T17:00", "$.requests[0].windows[0]"),
    ("$.requests[0].organisation", "MO9", None),
    ("$.requests[0].organisation", "A1", None),
    ("$.requests[0].excluded_speakers[0]", "S1", None),
    ("$.requests[0].preferred_speakers[0]", "R9", None),
    ("$.requests[0].preferred_speakers", ["R1", "R1"], "$.requests[0].preferred_speakers[1]"),
    ("$.fixed[0].mode", "either", None),
    ("$.fixed[0].speakers", ["R1", "R1"], "$.fixed[0].speakers[1]"),
    ("$.fixed[0].speakers[0]", "S1", None),
    ("$.fixed[0].interpreters[0]", "R1", None),
    ("$.fixed[0].request", "A9", None),
    ("$.published[1].request", "A1", None),
    ("$.published[1].speakers[0]", "R9", None),
    ("$.weights.fairness", 1, None),
    ("$.weights", {"fair_first": 100}, None),
    ("$.weights", {"fair_third": 201}, None),
    ("$.weights", {"fair_second": 401}, None),
]


FAULTY = [*faulty(), *MORE]


@pytest.mark.parametrize(
    ("path", "value", "reported"), FAULTY, ids=[f"{n}-{row[0]}" for n, row in enumerate(FAULTY)]
)
def test_read_problem_one_fault_is_the_one_reported(
    path: str, value: object, reported: str | None
) -> None:
    with pytest.raises(FormatError) as caught:
        read_problem(spoilt(PROBLEM, path, value))
    # An id that is gone or renamed leaves references behind; they are named after it.
    assert caught.value.faults[0].path == (reported or path)
    assert all(len(str(fault).splitlines()) == 1 for fault in caught.value.faults)


@pytest.mark.parametrize("path", OPTIONAL)
def test_read_problem_optional_key_may_be_missing(path: str) -> None:
    read_problem(spoilt(PROBLEM, path, GONE))


@pytest.mark.parametrize("path", [path for path in RANGES if path != "$.requests[0].minutes"])
def test_read_problem_ends_of_a_range_are_inside(path: str) -> None:
    for value in RANGES[path]:
        read_problem(spoilt(PROBLEM, path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.horizon", {"first_day": "2027-01-11", "last_day": "2027-01-11"}),
        ("$.timezone", "UTC"),
        ("$.timezone", "America/New_York"),
        ("$.speakers[0].available", []),
        ("$.speakers[0].modes", []),
        ("$.speakers[0].districts", []),
        ("$.speakers[0].districts", None),
        ("$.speakers[0].commitments[0].district", None),
        ("$.travel.minutes", {}),
        ("$.requests[0].minutes", 480),
        ("$.fixed[0].speakers", []),
        ("$.fixed[0].speakers", ["R2", "R1"]),
        ("$.weights", {"fair_first": 200, "fair_second": 200, "fair_third": 200}),
        ("$.closed_days", ["2028-02-29"]),
    ],
)
def test_read_problem_unusual_value_is_allowed(path: str, value: object) -> None:
    read_problem(spoilt(PROBLEM, path, value))


@pytest.mark.parametrize("document", [None, True, 1, 1.5, "text", [], [PROBLEM], {}])
def test_read_problem_other_json_is_refused(document: object) -> None:
    with pytest.raises(FormatError):
        read_problem(document)


def test_read_problem_names_every_fault_at_once() -> None:
    document = spoilt(PROBLEM, "$.requests[0].windows[0].from", "2027-02-30T18:00")
    document = spoilt(document, "$.requests[0].organisation", "MO9")
    document = spoilt(document, "$.speakers[0].lead_days", -1)
    document = spoilt(document, "$.now", GONE)
    with pytest.raises(FormatError) as caught:
        read_problem(document)
    assert [str(fault) for fault in caught.value.faults] == [
        "$.speakers[0].lead_days: -1 is out of range; expected a whole number in 0..1000000",
        '$.requests[0].windows[0].from: "2027-02-30T18:00" is no calendar time; '
        "expected YYYY-MM-DDTHH:MM",
        "$.now: the key is missing; expected it to be there",
        '$.requests[0].organisation: "MO9" is not known; expected the id of an organisation',
    ]


def test_read_problem_many_faults_are_summed_up() -> None:
    document: dict[str, Any] = {**PROBLEM, "closed_days": ["never"] * 150}
    with pytest.raises(FormatError) as caught:
        read_problem(document)
    lines = str(caught.value).splitlines()
    assert (len(caught.value.faults), len(lines), lines[-1]) == (150, 101, "and 50 more faults")


def test_read_problem_repeated_key_is_refused_where_it_stands() -> None:
    text = json.dumps(PROBLEM).replace('"max_talks": 4', '"max_talks": 4, "max_talks": 4')
    text = text.replace('{"01": 20', '{"01": 20, "01": 20')
    with pytest.raises(FormatError) as caught:
        read_problem(text.encode())
    assert [fault.path for fault in caught.value.faults] == [
        '$.travel.minutes["01"]["01"]',
        "$.organisations[0].max_talks",
    ]
