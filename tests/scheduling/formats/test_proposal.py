"""Reading and writing proposals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from matchmaker.scheduling.formats import FormatError, proposal_to_json, read_proposal
from matchmaker.scheduling.problem import Assignment, Mode
from matchmaker.scheduling.proposal import Proposal, RuleWarning, Score, Status, Unassigned
from tests.scheduling.formats.documents import ASSIGNMENT, GONE, PROPOSAL, spoilt
from tests.scheduling.small import when

REQUIRED = [
    *(f"$.{key}" for key in PROPOSAL if key not in ("warnings", "info")),
    *(f"$.assignments[0].{key}" for key in ASSIGNMENT),
    *(f"$.score.{key}" for key in PROPOSAL["score"]),
    "$.unassigned[0].request",
    "$.warnings[0].code",
    "$.warnings[0].request",
]
DEEP: dict[str, Any] = {}
for _ in range(2000):
    DEEP = {"inner": DEEP}


def faulty() -> Iterator[tuple[str, object]]:
    yield from ((path, GONE) for path in REQUIRED)
    for value in ("best", None, 1, ["optimal"]):
        yield "$.status", value
    for value in (-1, True, "1", None, float("nan"), float("inf"), 10**400):
        yield "$.seconds", value
    for value in (1.0, True, "1", float("nan")):
        yield "$.bound", value
    for value in (1.0, False, None, "0"):
        yield "$.score.total", value
        yield "$.score.balance", value
    for value in (-1, 0.5, None, True):
        yield "$.seed", value
    for value in (["x"], "text", None, {"x": float("nan")}, {"x": "\ud800"}, DEEP):
        yield "$.info", value
        yield "$.unassigned[0].detail", value
    for path in ("$.assignments", "$.unassigned", "$.warnings", "$.assignments[0].speakers"):
        yield from ((path, value) for value in ({}, None, "text"))
    for path in ("$.assignments[0]", "$.unassigned[0]", "$.warnings[0]", "$.score"):
        yield from ((path, value) for value in ([], None, "A1", 1))
    for path in ("$.surplus", "$.assignments[0].surplus", "$.score.surplus", "$.warnings[0].x"):
        yield path, 1
    yield "$.format", "matchmaker/problem@1"
    yield "$.assignments[0].start", "2027-02-30T18:00"
    yield "$.assignments[0].mode", "either"
    yield "$.assignments[0].request", 7
    yield "$.unassigned[0].reasons", "competition"
    yield "$.unassigned[0].request", ""


FAULTY = list(faulty())


@pytest.mark.parametrize(
    ("path", "value"), FAULTY, ids=[f"{n}-{row[0]}" for n, row in enumerate(FAULTY)]
)
def test_read_proposal_one_fault_is_the_one_reported(path: str, value: object) -> None:
    with pytest.raises(FormatError) as caught:
        read_proposal(spoilt(PROPOSAL, path, value))
    assert [fault.path for fault in caught.value.faults] == [path]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.warnings", GONE),
        ("$.info", GONE),
        ("$.info", {"versions": {"python": "3.11"}, "spread": 0.5}),
        ("$.bound", None),
        ("$.bound", -5),
        ("$.seconds", 3),
        ("$.seed", 2**31),
        ("$.score.total", -(10**12)),
        ("$.unassigned", [{"request": "A2"}]),
        ("$.unassigned[0].hint", "another evening"),
        ("$.assignments[0].speakers", ["R2", "R1", "R1"]),
        ("$.assignments[0].speakers", []),
        ("$.assignments[0].request", "unheard-of"),
    ],
)
def test_read_proposal_leaves_to_the_judge_what_is_his(path: str, value: object) -> None:
    read_proposal(spoilt(PROPOSAL, path, value))


def test_read_proposal_keeps_everything() -> None:
    parts = dict.fromkeys(Score.__dataclass_fields__, 1) | {"balance": -30, "stability": 0}
    assert read_proposal(PROPOSAL) == Proposal(
        status=Status.FEASIBLE,
        assignments=(
            Assignment(
                request="A1",
                start=when("2027-01-12T18:00"),
                mode=Mode.ONSITE,
                language="ar",
                speakers=("R1",),
                interpreters=("S1",),
            ),
        ),
        unassigned=(
            Unassigned(request="A2", reasons=("competition",), detail={"competition": ["A1"]}),
        ),
        score=Score(**parts),
        bound=1970,
        seconds=0.41,
        seed=0,
        stated_total=1970,
        warnings=(RuleWarning(code="window", request="A1"),),
        info={"version": "1"},
    )


def test_proposal_to_json_writes_what_was_read_in_the_same_order() -> None:
    written = proposal_to_json(read_proposal(PROPOSAL))
    assert written == PROPOSAL
    assert [*written] == [*PROPOSAL]
    assert [*written["score"]] == [*PROPOSAL["score"]]


def test_proposal_to_json_states_the_sum_of_the_parts() -> None:
    proposal = Proposal(
        status=Status.OPTIMAL,
        assignments=(),
        unassigned=(Unassigned(request="A1"),),
        score=Score(serve=1000, balance=-30),
        bound=970,
        seconds=0.0,
        seed=0,
    )
    written = proposal_to_json(proposal)
    assert written["score"]["total"] == 970
    assert written["unassigned"] == [{"request": "A1"}]
    assert {"warnings", "info"}.isdisjoint(written)
