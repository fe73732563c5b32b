"""The faults that the drill of mutations puts into source files."""

from __future__ import annotations

import ast

import pytest

from tests.drills.mutants import mutants


def changed(source: str) -> list[str]:
    return [ast.unparse(row.tree) for row in mutants(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a < b", ["x = a <= b"]),
        ("x = a < b <= c", ["x = a <= b <= c", "x = a < b < c"]),
        ("x = a + 1", ["x = a - 1", "x = a + 2"]),
        ("x = not a", ["x = a"]),
        ("x = a and b", ["x = a or b"]),
        ("x &= ~a", ["x |= ~a", "pass", "x &= a"]),
        ("x = np.min(a)", ["x = np.max(a)"]),
        ("x = f(a, side='left')", ["x = f(a, side='right')"]),
        ("x: list[3] = y", []),
        ("x = _('words %(one)s')", []),
        ('"""A docstring."""', []),
    ],
)
def test_mutants_have_one_fault_each(source: str, expected: list[str]) -> None:
    assert changed(source) == expected


def test_mutants_leave_decorators_alone() -> None:
    assert changed("@dataclass(frozen=True)\nclass A:\n    x: int = 1") == [
        "@dataclass(frozen=True)\nclass A:\n    x: int = 2"
    ]
