"""`matchmaker solve` and `matchmaker check` as a user meets them."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from matchmaker import __version__
from matchmaker.cli import COMMANDS, main
from matchmaker.scheduling.formats import load_problem, load_proposal
from matchmaker.scheduling.judge import check
from tests.scheduling.golden_cases import GOLDEN, proposal_json

BASIC = GOLDEN["basic"]
FIXED = GOLDEN["fixed_broken"]


def run(*arguments: object, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(main, [str(part) for part in arguments], input=stdin)


def plan_of(case: dict[str, Any], what: str) -> dict[str, Any]:
    return next(row for row in case["proposals"] if row["what"] == what)


LOADED = """\
import sys
from matchmaker.cli import main
try:
    main()
finally:
    print(sorted({"flask", "sqlalchemy", "ortools", "numpy"} & {*sys.modules}))
"""


def program(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def problem(tmp_path: Path) -> Path:
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(BASIC["problem"]))
    return path


@pytest.fixture
def proposal(tmp_path: Path) -> Path:
    path = tmp_path / "proposal.json"
    path.write_text(json.dumps(proposal_json(BASIC, plan_of(BASIC, "right"))))
    return path


def test_main_shows_its_version() -> None:
    assert run("--version").output.strip().endswith(__version__)


@pytest.mark.parametrize("name", ["solve", "check"])
def test_main_lists_the_planning_commands(name: str) -> None:
    assert name in COMMANDS
    assert run(name, "--help").exit_code == 0


def test_check_right_proposal_exits_0(problem: Path, proposal: Path) -> None:
    result = run("check", problem, proposal)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "score:",
        "  serve            1000",
        "  fairness          400",
        "  topics            120",
        "  language          200",
        "  preference          0",
        "  day                 0",
        "  avoid               0",
        "  travel            -20",
        "  team                0",
        "  preferred           0",
        "  balance             0",
        "  stability           0",
        "  total            1700",
        "right: no rule is broken, and the stated score and bound are true",
    ]


def test_check_broken_rule_exits_1_and_warnings_are_apart(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(json.dumps(FIXED["problem"]))
    (tmp_path / "q.json").write_text(
        json.dumps(proposal_json(FIXED, plan_of(FIXED, "joins the week")))
    )
    result = run("check", tmp_path / "p.json", tmp_path / "q.json")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:3] == [
        "violation host_load: Talks at MO1 in week 2027-W02: 2; allowed: 1 (A1, A2).",
        "warning window: A1, 2027-01-12 17:00 to 2027-01-12 19:00, lies in none of its windows.",
        "warning availability: R1 is not available for A1, 2027-01-12 17:00 to 2027-01-12 19:00.",
    ]


def test_check_wrong_figure_exits_1(problem: Path, proposal: Path) -> None:
    document = json.loads(proposal.read_text())
    document["score"]["topics"] = 121
    proposal.write_text(json.dumps(document))
    result = run("check", problem, proposal)
    assert result.exit_code == 1
    assert "misstated: score.topics is stated as 121, but counts 120" in result.stdout.splitlines()


def test_check_reads_standard_input_and_gzip(problem: Path, proposal: Path) -> None:
    packed = problem.with_suffix(".json.gz")
    packed.write_bytes(gzip.compress(problem.read_bytes()))
    assert run("check", packed, "-", stdin=proposal.read_bytes()).exit_code == 0
    assert run("check", "-", proposal, stdin=problem.read_bytes()).exit_code == 0
    assert run("check", "-", "-").exit_code == 2


def test_check_unreadable_files_exit_2(problem: Path, proposal: Path, tmp_path: Path) -> None:
    assert run("check", problem, problem).exit_code == 2
    assert run("check", proposal, proposal).exit_code == 2
    missing = run("check", tmp_path / "nothing.json", proposal)
    assert missing.exit_code == 2
    assert missing.stderr == f"{tmp_path}/nothing.json cannot be read: No such file or directory\n"
    assert run("check", problem, tmp_path).exit_code == 2


def test_check_odd_ids_stay_on_their_line(problem: Path, proposal: Path) -> None:
    for path in (problem, proposal):
        path.write_text(path.read_text().replace('"A1"', '"A\\n1"'))
    document = json.loads(proposal.read_text())
    document["unassigned"] = [{"request": "A\n1"}]
    proposal.write_text(json.dumps(document))
    first = run("check", problem, proposal).stdout.splitlines()[0]
    assert first == r"violation shape: A\n1 is assigned and listed as unassigned."


def test_solve_writes_a_right_proposal(problem: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json.gz"
    result = run("solve", problem, "--out", out, "--time-limit", 20, "--threads", 1, "--progress")
    assert (result.exit_code, result.stdout) == (0, "")
    proposal = load_proposal(out)
    assert check(load_problem(problem), proposal).right
    assert proposal.score.total == BASIC["optimum"]
    for line in result.stderr.splitlines():
        assert {*json.loads(line)} == {"served", "best", "bound", "seconds", "phase"}


def test_solve_states_the_warnings_of_fixed_talks(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(json.dumps(FIXED["problem"]))
    assert run("solve", tmp_path / "p.json", "--out", tmp_path / "out.json").exit_code == 0
    document = json.loads((tmp_path / "out.json").read_text())
    assert document["warnings"] == [
        {"code": "availability", "request": "A1"},
        {"code": "window", "request": "A1"},
    ]


def test_solve_from_standard_input_to_standard_output(problem: Path) -> None:
    result = run("solve", "-", "--out", "-", "--time-limit", 20, stdin=problem.read_bytes())
    assert result.exit_code == 0
    assert json.loads(result.stdout)["score"]["total"] == BASIC["optimum"]


def test_solve_faulty_problem_exits_2_and_writes_nothing(problem: Path, tmp_path: Path) -> None:
    document = json.loads(problem.read_text())
    document["requests"][0]["minutes"] = True
    document["requests"][0]["organisation"] = "MO7"
    problem.write_text(json.dumps(document))
    result = run("solve", problem, "--out", tmp_path / "out.json")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "$.requests[0].minutes: true is no whole number; expected a whole number in 30..480",
        '$.requests[0].organisation: "MO7" is not known; expected the id of an organisation',
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["problem.json"]


def test_solve_missing_problem_exits_2(tmp_path: Path) -> None:
    assert run("solve", tmp_path / "nothing.json", "--out", tmp_path / "out.json").exit_code == 2


@pytest.mark.parametrize(
    "options",
    [
        ["--time-limit", "-1"],
        ["--time-limit", "nan"],
        ["--time-limit", "inf"],
        ["--time-limit", "soon"],
        ["--threads", "0"],
        ["--threads", "two"],
        ["--seed", "-1"],
        ["--seed", "1.5"],
        ["--speed", "9"],
        ["another.json"],
    ],
)
def test_solve_wrong_option_exits_1(problem: Path, tmp_path: Path, options: list[str]) -> None:
    result = run("solve", problem, "--out", tmp_path / "out.json", *options)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1].startswith("Error: ")


def test_solve_without_a_place_for_the_proposal_exits_1(problem: Path, tmp_path: Path) -> None:
    assert run("solve", problem).exit_code == 1
    assert run("solve", problem, "--out", tmp_path).exit_code == 1
    assert run("solve", problem, "--out", problem).exit_code == 1
    nowhere = run("solve", problem, "--out", tmp_path / "no" / "folder.json")
    assert nowhere.exit_code == 1
    assert nowhere.stderr.startswith(f"{tmp_path}/no/folder.json cannot be written: ")


def test_check_as_a_program_needs_no_web_and_no_solver(problem: Path, proposal: Path) -> None:
    result = program("-c", LOADED, "check", str(problem), str(proposal))
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[-1] == "[]"


def test_solve_as_a_program_exits_2_for_a_faulty_problem(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text("{")
    result = program("-m", "matchmaker", "solve", str(tmp_path / "p.json"), "--out", "-")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("$: it is no JSON (")
