"""The house stays as it was drawn: import directions, small files, nothing that must not be."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = sorted(
    path for path in (ROOT / "matchmaker").rglob("*.py") if "migrations/versions" not in str(path)
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def test_imports_follow_the_directions_of_the_house() -> None:
    # A process of its own: in this one it would silence every logger for the tests that follow.
    command = (
        "import sys; from importlinter.cli import lint_imports as run; sys.exit(run(no_cache=True))"
    )
    assert subprocess.run([sys.executable, "-c", command], cwd=ROOT, check=False).returncode == 0


def test_files_stay_under_400_lines() -> None:
    long = {path.name: n for path in CODE if (n := len(path.read_text().splitlines())) > 400}
    assert long == {}


def test_functions_stay_under_60_lines() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": length
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > 60
    }
    assert long == {}


BANNED = {
    r"render_template_string": "templates live in files",
    r"redirect\(request\.": "redirects go through public.own_path",
    r"datetime\.(now|today)\(\)|date\.today\(\)": "the time is handed in",
    r"os\.environ|os\.getenv": "only config.py reads the environment",
    r"(execute|text)\(f[\"']": "SQL is never built from text",
    r"flask_mail import .*\bMessage\b": "mails are composed in mail/message.py",
}
ALLOWED = {r"os\.environ|os\.getenv": {"config.py"}, r"(execute|text)\(f[\"']": {"database.py"}}


@pytest.mark.parametrize("pattern", sorted(BANNED))
def test_code_avoids(pattern: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {BANNED[pattern]}"
        for path in CODE
        if path.name not in ALLOWED.get(pattern, set()) and re.search(pattern, path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"\|\s*safe\b",
        r"<style",
        r"\sstyle=",
        r"<script(?! src)",
        r"\son[a-z]+=",
        # A paragraph ends where a block begins, so that its own end stands alone: invalid HTML.
        r"<p\b[^>]*>(?:(?!</p>)[\s\S])*?(?:<(?:form|div|ul|ol|dl|table|section)\b|ui\.post_)",
    ],
)
def test_templates_avoid(pattern: str) -> None:
    mails = ROOT / "templates" / "mail"  # mail programs need their styles inside
    found = [
        str(path.relative_to(ROOT))
        for path in TEMPLATES
        if mails not in path.parents and re.search(pattern, path.read_text())
    ]
    assert found == []


def test_tracked_files_name_no_path_of_a_machine() -> None:
    listed = subprocess.run(
        ["git", "grep", "-lIE", r"(^|[^A-Za-z0-9_.])/(tm[p]|wor[k]|roo[t])/"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode > 1:
        pytest.skip("needs a git checkout")
    assert listed.stdout.split() == []


def test_nothing_reads_the_shared_folder() -> None:
    found = [
        str(p)
        for p in [*CODE, *sorted((ROOT / "tests").rglob("*.py"))]
        if "../share" + "d" in p.read_text()
    ]
    assert found == []
