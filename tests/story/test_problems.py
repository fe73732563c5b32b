"""`matchmaker solve` and `check` as programs: the demo quarter, and files that are no problem."""

from __future__ import annotations

import copy
import gzip
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scheduling.golden_cases import DEMO_PROBLEM
from tests.support.service import Service

Document = dict[str, Any]
DEMO: Document = json.loads(DEMO_PROBLEM.read_text(encoding="utf-8"))

NOT_POSSIBLE = {
    "A046": "language",
    "A047": "topic",
    "A048": "group",
    "A049": "blocked",
    "A050": "closed_day",
    "A051": "group_size",
    "A056": "availability",
    "A059": "lead_time",
    "A060": "blocked",
}
ONE_OF_EACH = ({"A052", "A053"}, {"A054", "A055"})


@pytest.fixture
def house(tmp_path: Path) -> Service:
    """Commands that need no database."""
    return Service(tmp_path / "house")


def test_solve_proves_the_demo_quarter_and_check_agrees(house: Service) -> None:
    (house.folder / "problem.json").write_bytes(DEMO_PROBLEM.read_bytes())
    house.run("solve", "problem.json", "--out", "proposal.json")
    proposal = json.loads((house.folder / "proposal.json").read_text())
    assert (proposal["status"], proposal["bound"]) == ("optimal", 68865)
    assert (len(proposal["assignments"]), proposal["score"]["total"]) == (49, 68865)
    reasons = {row["request"]: row["reasons"] for row in proposal["unassigned"]}
    assert {code: reasons[code][0] for code in NOT_POSSIBLE} == NOT_POSSIBLE
    others = reasons.keys() - NOT_POSSIBLE.keys()
    assert [len(others & pair) for pair in ONE_OF_EACH] == [1, 1]
    assert all(reasons.values())
    house.run("check", "problem.json", "proposal.json")


def test_check_refuses_a_plan_that_somebody_has_changed(house: Service) -> None:
    (house.folder / "problem.json").write_bytes(DEMO_PROBLEM.read_bytes())
    house.run("solve", "problem.json", "--out", "proposal.json")
    proposal = json.loads((house.folder / "proposal.json").read_text())
    proposal["assignments"][0]["start"] = "2027-03-26T18:00"
    (house.folder / "changed.json").write_text(json.dumps(proposal))
    refused = house.run("check", "problem.json", "changed.json", expect=1)
    assert "violation closed_day: " in refused.stdout


def _changed(change: Callable[[Document], None]) -> bytes:
    document = copy.deepcopy(DEMO)
    change(document)
    return json.dumps(document).encode()


def _wrong_types(document: Document) -> None:
    document["requests"][0]["minutes"] = "120"
    document["speakers"][0]["languages"] = {"de": 1}
    document["closed_days"] = None


def _unknown_ids(document: Document) -> None:
    document["requests"][0]["organisation"] = "MO99"
    document["speakers"][3]["home_district"] = "13"


def _no_number(document: Document) -> None:
    document["requests"][5]["people"] = math.nan


def _infinite(document: Document) -> None:
    document["requests"][5]["people"] = math.inf


def _no_day(document: Document) -> None:
    document["closed_days"][0] = "2027-02-30"


def _repeated_id(document: Document) -> None:
    document["requests"].append(document["requests"][0])


def _unknown_key(document: Document) -> None:
    document["requests"][0]["colour"] = "blue"


DEEP = b"[" * 200_000 + b"]" * 200_000
UNREADABLE: dict[str, tuple[bytes, list[str]]] = {
    "nothing": (b"", ["$: "]),
    "no JSON": (b"\x89PNG\r\n\x1a\n", ["$: "]),
    "a list": (b"[]", ["$: "]),
    "nested deeply": (DEEP, ["$: "]),
    "nested deeply inside": (b'{"requests": ' + DEEP + b"}", ["$: "]),
    "a long number": (b'{"now": ' + b"9" * 100_000 + b"}", ["$: "]),
    "half a gzip file": (gzip.compress(b"{}" * 1000)[:20], ["$: "]),
    "wrong types": (
        _changed(_wrong_types),
        ["$.requests[0].minutes: ", "$.speakers[0].languages: ", "$.closed_days: "],
    ),
    "unknown ids": (
        _changed(_unknown_ids),
        ["$.requests[0].organisation: ", "$.speakers[3].home_district: "],
    ),
    "NaN": (_changed(_no_number), ["$.requests[5].people: "]),
    "Infinity": (_changed(_infinite), ["$.requests[5].people: "]),
    "no day of the calendar": (_changed(_no_day), ["$.closed_days[0]: "]),
    "an id twice": (_changed(_repeated_id), ["$.requests[60].id: "]),
    "an unknown key": (_changed(_unknown_key), ["$.requests[0].colour: "]),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_solve_names_every_fault_in_a_line_and_writes_nothing(house: Service, name: str) -> None:
    content, expected = UNREADABLE[name]
    (house.folder / "problem.json").write_bytes(content)
    refused = house.run("solve", "problem.json", "--out", "proposal.json", expect=2)
    lines = refused.stderr.splitlines()
    assert (refused.stdout, len(lines)) == ("", len(expected)), refused.stderr
    found = [path for path in expected if any(line.startswith(path) for line in lines)]
    assert found == expected, refused.stderr
    assert [path.name for path in house.folder.iterdir()] == ["problem.json"]


@pytest.mark.slow
def test_solve_refuses_a_huge_file(house: Service) -> None:
    with (house.folder / "problem.json").open("wb") as file:
        file.truncate(600 * 2**20)
    refused = house.run("solve", "problem.json", "--out", "proposal.json", expect=2)
    assert refused.stderr.startswith("$: the document is too large")
    assert len(refused.stderr.splitlines()) == 1
    assert [path.name for path in house.folder.iterdir()] == ["problem.json"]
