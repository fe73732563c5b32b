"""The page that users read says what the program does."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from matchmaker.scheduling.compare import compare
from matchmaker.scheduling.fairness import fairness_of, spread_of
from matchmaker.scheduling.formats import (
    comparison_to_json,
    read_problem,
    read_proposal,
    unlocking_to_json,
)
from matchmaker.scheduling.formats.encode import encoded
from matchmaker.scheduling.judge import RULES, check
from matchmaker.scheduling.problem import Weights
from matchmaker.scheduling.proposal import Score
from matchmaker.scheduling.unlocking import Evening, Unlocked, Unlocking
from tests.scheduling.small import problem, talk, when

PAGE = (Path(__file__).parents[2] / "docs" / "planning-problem.md").read_text("utf-8")


def example(format_name: str) -> dict[str, Any]:
    blocks: list[str] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    (found,) = (json.loads(block) for block in blocks if format_name in block)
    assert isinstance(found, dict)
    return found


def rows_after(heading: str) -> list[str]:
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)


def test_documentation_example_is_a_right_proposal() -> None:
    problem = read_problem(example("matchmaker/problem@1"))
    verdict = check(problem, read_proposal(example("matchmaker/proposal@1")))
    assert (verdict.right, verdict.warnings, verdict.score.total) == (True, (), 1970)


def test_documentation_shows_every_key_of_a_comparison() -> None:
    shown = example("matchmaker/comparison@1")
    written = comparison_to_json(compare(problem(), [talk("A1")], [talk("A1", speakers=("R2",))]))
    assert [*shown] == [*written]
    for name in ("served", "published"):
        assert [*shown[name]] == [*written[name]]
    assert [*shown["published"]["after"]] == [*written["published"]["after"]]
    assert [*shown["talks"][0]] == [*written["talks"][0]]


def test_documentation_shows_every_key_of_what_unlocks_most() -> None:
    evening = Evening("R1", when("2027-01-14T16:00"), when("2027-01-14T18:00"))
    row = Unlocked(
        change=evening, requests=1, points=1700, placed=("A2",), left_out=(), proven=True
    )
    written = unlocking_to_json(
        Unlocking(
            open=("A2",),
            without=(0, 0),
            by_requests=(row,),
            by_points=(),
            proven=True,
            looked_at=164,
            solved=4,
        )
    )
    shown = example("matchmaker/unlock@1")
    assert shown == written
    assert [*shown] == [*written]


def test_documentation_shows_every_figure_of_fairness() -> None:
    blocks: list[str] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    (shown,) = (json.loads(block) for block in blocks if '"gini"' in block)
    written = encoded(fairness_of(problem(), []))["organisations"]
    assert [*shown["organisations"]] == [*written]
    for name, talks in (("in_plan", (0, 1, 3)), ("with_past", (0 + 3, 1 + 1, 3 + 0))):
        assert shown["organisations"][name] == encoded(spread_of(talks))


def test_documentation_lists_the_rules_in_order() -> None:
    assert rows_after("Rules") == [rule.code for rule in RULES]


def test_documentation_lists_the_parts_of_the_score_in_order() -> None:
    assert rows_after("The score") == [row.name for row in fields(Score)]


def test_documentation_states_every_weight_with_its_default() -> None:
    weights = Weights()
    assert [
        row.name
        for row in fields(Weights)
        if f"`{row.name}` {getattr(weights, row.name)}" not in PAGE
    ] == []
