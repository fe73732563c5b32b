"""`matchmaker explain` and `matchmaker alternatives` as a user meets them."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from matchmaker.scheduling.formats import write_problem, write_proposal
from tests.cli.planning_files import proposal, run
from tests.scheduling import small

LOADED = """\
import sys
from matchmaker.cli import main
try:
    main()
finally:
    print(sorted({"flask", "sqlalchemy", "ortools", "numpy"} & {*sys.modules}))
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A1 has its talk and one free start besides; A2 asks for an evening when nobody is there."""
    case = small.problem(
        speakers=(small.speaker(),),
        requests=(
            small.request(windows=small.windows("2027-01-12"), minutes=330),
            small.request("A2", "MO2", windows=small.windows("2027-01-14")),
        ),
    )
    talk = small.talk(start="2027-01-12T16:00")
    write_problem(tmp_path / "problem.json", case)
    write_proposal(tmp_path / "proposal.json", proposal(case, [talk]))
    return tmp_path / "problem.json", tmp_path / "proposal.json"


def answer(*arguments: object) -> Any:
    result = run(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def test_explain_answers_for_every_request(files: tuple[Path, Path]) -> None:
    document = answer("explain", *files)
    assert document["format"] == "matchmaker/explanation@1"
    placed, left_out = document["requests"]
    assert placed["request"] == "A1"
    assert placed["talk"] == json.loads(files[1].read_text())["assignments"][0]
    assert placed["fixed"] is False
    assert placed["gain"] == json.loads(files[1].read_text())["score"]
    (other,) = placed["alternatives"]
    assert (other["talk"]["start"], other["change"]["total"]) == ("2027-01-12T16:30", 0)
    assert left_out == {
        "request": "A2",
        "talk": None,
        "reasons": ["availability"],
        "detail": {"availability": [{"person": "R1", "start": "2027-01-14T16:00"}]},
        "alternatives": [],
    }


def test_explain_answers_for_one_request(files: tuple[Path, Path]) -> None:
    document = answer("explain", *files, "--request", "A2")
    assert [row["request"] for row in document["requests"]] == ["A2"]


def test_alternatives_answers_with_the_talk_and_the_changes(files: tuple[Path, Path]) -> None:
    document = answer("alternatives", *files, "--request", "A1")
    assert (document["format"], document["request"]) == ("matchmaker/alternatives@1", "A1")
    assert document["talk"]["start"] == "2027-01-12T16:00"
    assert [row["talk"]["start"] for row in document["alternatives"]] == ["2027-01-12T16:30"]
    assert answer("alternatives", *files, "--request", "A2")["talk"] is None


def test_alternatives_are_as_many_as_wanted(files: tuple[Path, Path]) -> None:
    many = [small.request(), small.request("A2", "MO2")]
    case = small.problem(requests=tuple(many))
    write_problem(files[0], case)
    write_proposal(files[1], proposal(case, []))
    found = answer("alternatives", *files, "--request", "A1", "--most", 7)["alternatives"]
    assert len(found) == 7
    assert answer("alternatives", *files, "--request", "A1")["alternatives"] == found[:5]


@pytest.mark.parametrize("command", ["explain", "alternatives"])
def test_unknown_request_exits_1_with_one_line(files: tuple[Path, Path], command: str) -> None:
    result = run(command, *files, "--request", "A\n9")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "the problem has no request A\\n9\n"


@pytest.mark.parametrize("command", ["explain", "alternatives"])
def test_answers_go_to_a_file(files: tuple[Path, Path], tmp_path: Path, command: str) -> None:
    out = tmp_path / "answer.json.gz"
    result = run(command, *files, "--request", "A1", "--out", out)
    assert (result.exit_code, result.output) == (0, "")
    assert json.loads(gzip.decompress(out.read_bytes())) == answer(
        command, *files, "--request", "A1"
    )


@pytest.mark.parametrize("command", ["explain", "alternatives"])
def test_answers_never_overwrite_what_they_are_about(
    files: tuple[Path, Path], command: str
) -> None:
    before = [path.read_bytes() for path in files]
    for path in files:
        assert run(command, *files, "--request", "A1", "--out", path).exit_code == 1
    assert [path.read_bytes() for path in files] == before


@pytest.mark.parametrize("command", ["explain", "alternatives"])
def test_unreadable_files_exit_2(files: tuple[Path, Path], command: str) -> None:
    problem, plan = files
    wrong = [(plan, plan), (problem, problem), (problem, problem.parent / "none.json"), ("-", "-")]
    for pair in wrong:
        result = run(command, *pair, "--request", "A1")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr


def test_wrong_options_exit_1(files: tuple[Path, Path]) -> None:
    assert run("alternatives", *files).exit_code == 1
    assert run("alternatives", *files, "--request", "A1", "--most", "0").exit_code == 1
    assert run("explain", *files, "--most", "3").exit_code == 1


def test_explaining_needs_no_solver_library(files: tuple[Path, Path], tmp_path: Path) -> None:
    command = ["explain", *map(str, files), "--out", str(tmp_path / "answer.json")]
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *command], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "['numpy']\n")
