"""`matchmaker repair` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from matchmaker.scheduling.formats import write_problem, write_proposal
from matchmaker.scheduling.judge import judge
from matchmaker.scheduling.proposal import Proposal, Status, Unassigned
from tests.cli.planning_files import run
from tests.scheduling import small


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A1 in the venue V and A2 have their talks with R1 and R2 on one evening; A3 has none."""
    case = small.problem(
        requests=(
            small.request(venue="V", windows=small.windows("2027-01-12", "2027-01-13")),
            small.request("A2", "MO2"),
            small.request("A3", "MO2", windows=small.windows("2027-02-02")),
        )
    )
    talks = (small.talk(), small.talk("A2", speakers=("R2",)))
    plan = Proposal(
        status=Status.FEASIBLE,
        assignments=talks,
        unassigned=(Unassigned(request="A3"),),
        score=judge(case, talks).score,
        bound=None,
        seconds=0.1,
        seed=0,
    )
    write_problem(tmp_path / "problem.json", case)
    write_proposal(tmp_path / "proposal.json", plan)
    return tmp_path / "problem.json", tmp_path / "proposal.json"


def answer(*arguments: object) -> Any:
    result = run("repair", *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def test_repair_ranks_options_and_ends_with_doing_nothing(files: tuple[Path, Path]) -> None:
    document = answer(*files, "--without", "R1", "--talk", "A1")
    assert document["format"] == "matchmaker/repair@1"
    assert document["event"] == {"kind": "decline", "person": "R1", "request": "A1"}
    assert document["lost"] == ["A1"]
    first, *_, last = document["options"]
    assert (first["others_moved"], first["left_out"]) == (0, [])
    assert first["proof"] == {
        "others_moved": 0,
        "around": ["A1"],
        "limit": first["difference"]["total"],
        "best": True,
    }
    (change,) = first["changes"]
    assert change["before"]["speakers"] == ["R1"]
    assert change["after"]["speakers"] == ["R2"]
    assert last["left_out"] == ["A1"]
    assert last["changes"][0]["after"] is None


@pytest.mark.parametrize(
    ("options", "kind", "lost"),
    [
        (["--without", "R1"], "absence", ["A1"]),
        (["--without", "R1", "--from", "2027-01-13"], "absence", []),
        (["--without", "R2", "--from", "2027-01-12", "--to", "2027-01-12"], "absence", ["A2"]),
        (["--without", "R2", "--talk", "A2"], "decline", ["A2"]),
        (["--cancel", "A1"], "cancellation", ["A1"]),
        (["--no-venue", "V"], "venue_loss", ["A1"]),
        (["--no-venue", "V", "--to", "2027-01-12"], "venue_loss", ["A1"]),
        (["--late", "A3"], "late_request", []),
    ],
)
def test_repaired_proposal_is_right_for_the_changed_problem(
    files: tuple[Path, Path], tmp_path: Path, options: list[str], kind: str, lost: list[str]
) -> None:
    new, plan = tmp_path / "changed.json", tmp_path / "repaired.json.gz"
    document = answer(*files, *options, "--changed-problem", new, "--repaired", plan)
    assert (document["event"]["kind"], document["lost"]) == (kind, lost)
    assert run("check", new, plan).exit_code == 0


def test_repair_writes_days_as_they_were_told(files: tuple[Path, Path]) -> None:
    event = answer(*files, "--no-venue", "V", "--to", "2027-01-12")["event"]
    assert event == {"kind": "venue_loss", "venue": "V", "from": None, "to": "2027-01-12"}


def test_repair_finds_as_many_options_as_wanted(files: tuple[Path, Path]) -> None:
    options = answer(*files, "--without", "R1", "--talk", "A1", "--most", "3")["options"]
    assert len(options) == 3
    (only,) = answer(*files, "--without", "R1", "--talk", "A1", "--most", "1")["options"]
    assert only["left_out"] == ["A1"]


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--without", "R1", "--cancel", "A1"],
        ["--cancel", "A1", "--from", "2027-01-12"],
        ["--cancel", "A1", "--talk", "A1"],
        ["--without", "R1", "--talk", "A1", "--to", "2027-01-12"],
        ["--without", "R1", "--from", "2027-01-13", "--to", "2027-01-12"],
        ["--without", "R1", "--from", "tomorrow"],
        ["--without", "R9"],
        ["--without", "R2", "--talk", "A1"],
        ["--cancel", "A9"],
        ["--no-venue", "W"],
        ["--late", "A1"],
        ["--late", "A3", "--most", "0"],
    ],
)
def test_what_cannot_have_happened_exits_1(files: tuple[Path, Path], options: list[str]) -> None:
    result = run("repair", *files, *options)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr


def test_unreadable_files_exit_2(files: tuple[Path, Path]) -> None:
    problem, plan = files
    for pair in [(plan, plan), (problem, problem), ("-", "-")]:
        assert run("repair", *pair, "--cancel", "A1").exit_code == 2


def test_results_never_overwrite_each_other_or_what_they_are_about(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    for option in ("--out", "--changed-problem", "--repaired"):
        assert run("repair", *files, "--cancel", "A1", option, files[0]).exit_code == 1
    twice = ["--changed-problem", tmp_path / "x.json", "--repaired", tmp_path / "x.json"]
    assert run("repair", *files, "--cancel", "A1", *twice).exit_code == 1
