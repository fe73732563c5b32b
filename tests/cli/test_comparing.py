"""`matchmaker compare` as a user meets it."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from matchmaker.scheduling.formats import write_problem, write_proposal
from tests.cli.planning_files import proposal, run
from tests.scheduling.small import problem, talk


@dataclass(frozen=True)
class Files:
    problem: Path
    before: Path
    after: Path

    def compare(self, *options: object, **stdin: bytes) -> Result:
        return run("compare", self.before, self.after, "--problem", self.problem, *options, **stdin)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Before: A1 with R1; after: A2 in its place, and A1 a week later with R2."""
    case = problem(published=(talk("A1"),))
    found = Files(tmp_path / "p.json", tmp_path / "a.json", tmp_path / "b.json")
    write_problem(found.problem, case)
    write_proposal(found.before, proposal(case, [talk("A1")]))
    later = talk("A1", "2027-01-19T17:00", speakers=("R2",))
    write_proposal(found.after, proposal(case, [later, talk("A2")]))
    return found


def edited(path: Path, change: dict[str, Any]) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | change))


def test_compare_writes_what_differs_and_why(files: Files) -> None:
    result = files.compare()
    assert (result.exit_code, result.stderr) == (0, "")
    document = json.loads(result.stdout)
    assert [*document] == [
        "format",
        "served",
        "score",
        "fairness",
        "published",
        "violations",
        "talks",
    ]
    assert document["format"] == "matchmaker/comparison@1"
    assert document["served"] == {"before": 1, "after": 2, "gained": ["A2"], "lost": []}
    assert document["score"]["serve"] == {"before": 1000, "after": 2000, "difference": 1000}
    assert document["score"]["stability"] == {"before": 0, "after": -350, "difference": -350}
    assert document["fairness"]["before"]["organisations"]["share_with_talk"] == 0.5
    assert document["published"]["after"] == {
        "counts": {"dropped": 0, "moved": 1, "speakers_swapped": 1, "interpreters_swapped": 0},
        "dropped": [],
        "moved": ["A1"],
        "speakers_swapped": [{"request": "A1", "person": "R1"}],
        "interpreters_swapped": [],
    }
    assert document["violations"] == {"before": [], "after": []}
    first, second = document["talks"]
    assert (first["request"], second["request"]) == ("A1", "A2")
    assert first == {
        "request": "A1",
        "changed": ["start", "speakers"],
        "before": json.loads(files.before.read_text())["assignments"][0],
        "after": json.loads(files.after.read_text())["assignments"][0],
        "points": {"stability": {"before": 0, "after": -350, "difference": -350}},
        "old_place": {
            "obstacles": [
                {
                    "code": "travel",
                    "requests": ["A1", "A2"],
                    "persons": ["R1"],
                    "message": "A1, A2 of R1 overlap at 2027-01-12 17:00.",
                }
            ],
            "points": None,
        },
        "new_place": {"obstacles": [], "points": -350},
        "made_room_for": ["A2"],
        "room_made_by": [],
    }


def test_compare_goes_to_a_file_the_same_every_time(files: Files, tmp_path: Path) -> None:
    for name in ("c.json.gz", "d.json.gz"):
        result = files.compare("--out", tmp_path / name)
        assert (result.exit_code, result.output) == (0, "")
    first = (tmp_path / "c.json.gz").read_bytes()
    assert first == (tmp_path / "d.json.gz").read_bytes()
    assert json.loads(gzip.decompress(first)) == json.loads(files.compare().stdout)


def test_compare_reads_one_file_from_standard_input(files: Files) -> None:
    piped = replace(files, problem=Path("-")).compare(stdin=files.problem.read_bytes())
    assert (piped.exit_code, piped.stdout) == (0, files.compare().stdout)
    twice = replace(files, problem=Path("-"), before=Path("-")).compare()
    assert (twice.exit_code, twice.stdout) == (2, "")


def test_compare_wrong_files_exit_2(files: Files, tmp_path: Path) -> None:
    for wrong in (
        replace(files, before=files.problem),
        replace(files, after=files.problem),
        replace(files, problem=files.after),
        replace(files, before=tmp_path / "nothing.json"),
    ):
        result = wrong.compare("--out", tmp_path / "out.json")
        assert (result.exit_code, result.stdout) == (2, "")
    assert not (tmp_path / "out.json").exists()


def test_compare_says_which_proposal_is_wrong(files: Files) -> None:
    edited(files.after, {"status": "good"})
    assert files.compare().stderr == (
        f'{files.after}: $.status: "good" is not known here; expected "optimal" or "feasible"\n'
    )


def test_compare_a_proposal_for_another_problem_exits_2(files: Files) -> None:
    row = json.loads(files.before.read_text())["assignments"][0]
    strange = row | {"request": "A7", "speakers": ["R1", "S1"], "interpreters": ["S9"]}
    edited(files.before, {"assignments": [row, strange]})
    result = files.compare()
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f'{files.before}: $.assignments[1].request: "A7" is not known; '
        "expected the id of a request of the problem",
        f'{files.before}: $.assignments[1].speakers[1]: "S1" is not known; '
        "expected the id of a speaker",
        f'{files.before}: $.assignments[1].interpreters[0]: "S9" is not known; '
        "expected the id of an interpreter",
    ]


def test_compare_wrong_options_and_places_exit_1(files: Files, tmp_path: Path) -> None:
    assert run("compare", files.before, files.after).exit_code == 1
    assert files.compare("--speed", "9").exit_code == 1
    for place in (tmp_path, files.before, files.problem, tmp_path / "no" / "folder.json"):
        before = files.before.read_bytes()
        assert files.compare("--out", place).exit_code == 1
        assert files.before.read_bytes() == before
