"""`matchmaker unlock` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from matchmaker.scheduling.formats import read_problem, write_problem, write_proposal
from matchmaker.scheduling.formats.problem import problem_to_json
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.solving import solve
from tests.cli.planning_files import run
from tests.scheduling import small


@pytest.fixture
def case() -> Problem:
    """A2 asks for an evening when nobody is there, in a language that nobody has."""
    return small.problem(
        speakers=(small.speaker(),),
        requests=(
            small.request(windows=small.windows("2027-01-12")),
            small.request("A2", "MO2", windows=small.windows("2027-01-14"), languages=("de", "tr")),
        ),
    )


@pytest.fixture
def files(tmp_path: Path, case: Problem) -> tuple[Path, Path]:
    write_problem(tmp_path / "problem.json", case)
    write_proposal(tmp_path / "proposal.json", solve(case, threads=1))
    return tmp_path / "problem.json", tmp_path / "proposal.json"


def answer(result: Result) -> dict[str, Any]:
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def test_unlock_writes_both_lists(files: tuple[Path, Path], tmp_path: Path) -> None:
    result = run("unlock", *files, "--out", tmp_path / "unlock.json")
    assert (result.exit_code, result.stdout) == (0, "")
    found = json.loads((tmp_path / "unlock.json").read_text("utf-8"))
    assert (found["format"], found["open"], found["proven"]) == (
        "matchmaker/unlock@1",
        ["A2"],
        True,
    )
    kinds = {row["change"]["kind"] for row in found["by_requests"]}
    assert kinds == {"evening", "window", "speaker"}
    assert [row["placed"] for row in found["by_requests"]] == [["A2"]] * len(found["by_requests"])


def test_unlock_lists_as_many_as_asked_for(files: tuple[Path, Path]) -> None:
    found = answer(run("unlock", *files, "--most", 1, "--threads", 1))
    assert (len(found["by_requests"]), len(found["by_points"])) == (1, 1)


def test_unlock_invents_people_that_fit_into_the_problem(
    files: tuple[Path, Path], case: Problem
) -> None:
    rows = answer(run("unlock", *files))["by_points"]
    (person, points) = next(
        (row["change"]["person"], row["points"])
        for row in rows
        if row["change"]["kind"] == "speaker"
    )
    document = problem_to_json(case)
    document["speakers"].append(person)
    before, after = (solve(one, threads=1) for one in (case, read_problem(document)))
    assert after.score.total - before.score.total == points


def test_unlock_refuses_what_it_cannot_use(files: tuple[Path, Path], tmp_path: Path) -> None:
    problem, proposal = files
    assert run("unlock", problem, problem).exit_code == 2
    assert run("unlock", "-", "-").exit_code == 2
    assert run("unlock", problem, proposal, "--most", 0).exit_code == 1
    assert run("unlock", problem, proposal, "--time-limit", "nan").exit_code == 1
    assert run("unlock", problem, proposal, "--out", problem).exit_code == 1
