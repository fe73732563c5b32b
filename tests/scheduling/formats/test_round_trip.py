"""What is written is read again; whatever else is read ends in a FormatError and nothing worse."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.scheduling.formats import (
    FormatError,
    parse_json,
    problem_to_json,
    proposal_to_json,
    read_problem,
    read_proposal,
)
from matchmaker.scheduling.judge import check
from matchmaker.scheduling.problem import Problem
from tests.scheduling import strategies
from tests.scheduling.formats.documents import PROBLEM, PROPOSAL
from tests.scheduling.golden_cases import DEMO_PROBLEM

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["2027-01-12T18:00", "2027-02-30", "A1", "R1", "S1", "onsite", "de"])
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=10,
)


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a JSON tree."""
    keys = (
        list(tree) if isinstance(tree, dict) else range(len(tree) if isinstance(tree, list) else 0)
    )
    return [place for key in keys for place in ((tree, key), *places(tree[key]))]


@st.composite
def mutated(draw: st.DrawFn, document: dict[str, Any]) -> dict[str, Any]:
    """The document with one to three values replaced, dropped or given twice."""
    changed: dict[str, Any] = json.loads(json.dumps(document))
    for _ in range(draw(st.integers(1, 3))):
        container, key = draw(st.sampled_from(places(changed)))
        match draw(st.sampled_from(["replace", "drop", "double"])):
            case "replace":
                container[key] = draw(anything)
            case "drop":
                del container[key]
            case "double" if isinstance(container, list):
                container.append(container[key])
        if not places(changed):
            break
    return changed


@settings(max_examples=50)
@given(strategies.problems())
def test_problem_written_is_the_problem_read(problem: Problem) -> None:
    document = problem_to_json(problem)
    assert read_problem(document) == problem
    assert read_problem(json.dumps(document).encode()) == problem


def test_problem_of_the_demo_quarter_survives_the_round_trip() -> None:
    problem = read_problem(DEMO_PROBLEM.read_bytes())
    assert read_problem(problem_to_json(problem)) == problem
    assert (len(problem.requests), len(problem.speakers), len(problem.interpreters)) == (60, 25, 8)


def test_problem_to_json_keeps_the_order_of_keys() -> None:
    first = problem_to_json(read_problem(PROBLEM))
    again = problem_to_json(read_problem(first))
    assert json.dumps(first) == json.dumps(again)
    assert [*first][:4] == ["format", "timezone", "now", "horizon"]


@given(anything)
def test_read_any_json_raises_nothing_but_format_error(document: object) -> None:
    for read in (read_problem, read_proposal):
        with contextlib.suppress(FormatError):
            read(document)


@given(st.binary() | st.text().map(str.encode) | anything.map(json.dumps).map(str.encode))
def test_read_any_bytes_raises_nothing_but_format_error(data: bytes) -> None:
    for read in (parse_json, read_problem, read_proposal):
        with contextlib.suppress(FormatError):
            read(data)


@given(mutated(PROBLEM))
def test_read_mutated_problem_is_refused_in_single_lines_or_written_again(
    document: dict[str, Any],
) -> None:
    faults: list[str] = []
    try:
        problem = read_problem(document)
        assert read_problem(problem_to_json(problem)) == problem
    except FormatError as error:
        faults = [str(fault) for fault in error.faults]
    assert [len(line.encode().splitlines()) for line in faults] == [1] * len(faults)


@given(mutated(PROPOSAL))
def test_check_mutated_proposal_always_comes_to_a_verdict(document: dict[str, Any]) -> None:
    try:
        proposal = read_proposal(document)
    except FormatError:
        return
    assert read_proposal(proposal_to_json(proposal)) == proposal
    verdict = check(read_problem(PROBLEM), proposal)
    assert verdict.right == (not verdict.violations and not verdict.misstatements)
