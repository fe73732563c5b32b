"""Drawn problems are valid, repeat, and are special in the way that their variant says."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from drawing.problem import generate
from drawing.variants import VARIANTS
from generate import write

from matchmaker.scheduling.formats import load_problem, read_problem
from matchmaker.scheduling.judge import judge


@pytest.mark.parametrize("variant", VARIANTS)
def test_drawn_problem_is_valid_and_of_its_size(variant: str) -> None:
    problem = read_problem(generate("S", variant))
    assert (len(problem.requests), len(problem.speakers)) == (60, 40)


def test_same_seed_draws_the_same_problem() -> None:
    assert generate("S", "declined", 3) == generate("S", "declined", 3)
    assert generate("S", "declined", 3) != generate("S", "declined", 4)


def test_published_plan_obeys_the_rules() -> None:
    problem = read_problem(generate("S", "published"))
    assert len(problem.published) > 20
    assert judge(problem, problem.published).violations == ()


def test_declined_plan_only_lacks_the_time_of_those_who_withdrew() -> None:
    problem = read_problem(generate("S", "declined"))
    broken = {breach.code for breach in judge(problem, problem.published).violations}
    assert broken == {"availability"}


def test_teams_cover_topics_that_nobody_covers_alone() -> None:
    def covered_alone(variant: str) -> float:
        problem = read_problem(generate("S", variant))
        wanted = [set(row.topics) for row in problem.requests if len(row.topics) > 1]
        alone = [
            topics
            for topics in wanted
            if any(topics <= row.topics.keys() for row in problem.speakers)
        ]
        return len(alone) / len(wanted)

    assert covered_alone("teams") < covered_alone("fresh") < 1


def test_days_hold_several_talks_beside_other_engagements() -> None:
    problem = read_problem(generate("S", "days"))
    assert min(row.max_per_day for row in problem.speakers) == 2
    assert any(row.commitments for row in problem.speakers)
    assert any(row.venue for row in problem.requests)
    assert {row.mode.value for row in problem.requests} == {"onsite", "online", "either"}


def test_gzipped_file_holds_the_same_problem(tmp_path: Path) -> None:
    problem = generate("S")
    write(tmp_path / "plain.json", problem)
    write(tmp_path / "packed.json.gz", problem)
    assert load_problem(tmp_path / "plain.json") == load_problem(tmp_path / "packed.json.gz")
    assert json.loads(gzip.decompress((tmp_path / "packed.json.gz").read_bytes())) == problem
