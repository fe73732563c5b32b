"""The documents are complete: every setting, every command, every public address."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest

from matchmaker.cli import main
from matchmaker.config import SETTING_NAMES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", SETTING_NAMES)
def test_setting_is_in_the_readme(name: str) -> None:
    assert name in (ROOT / "README.md").read_text()


def _commands(group: click.Group, prefix: str = "") -> list[str]:
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            found += _commands(command, f"{prefix}{name} ")
        else:
            found.append(prefix + name)
    return found


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [name for name in _commands(main) if f"matchmaker {name}" not in readme] == []


@pytest.mark.parametrize(
    "address",
    [
        "/anfrage",
        "/anmelden",
        "/kalender/<token>/<name>.ics",
        "/antwort/<token>",
        "/koordination/",
        "/demo/post",
        "/demo/als/<role>",
        "/healthz",
    ],
)
def test_public_address_is_in_the_readme(address: str) -> None:
    assert address in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("folder", ["README.md", "CHANGELOG.md", "docs", "matchmaker", ".ci"])
def test_nobody_is_told_to_install_a_stranger_s_package(folder: str) -> None:
    start = ROOT / folder
    files = [start] if start.is_file() else [path for path in start.rglob("*") if path.is_file()]
    by_name = re.compile(rb"pip install[^\n&]*[ '\"]matchmaker\b(?!-)")
    assert [path.name for path in files if by_name.search(path.read_bytes())] == []


def test_licence_goes_along_with_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    text = (ROOT / "LICENSE").read_text()
    assert (project["license"], "LICENSE" in project["license-files"]) == ("MIT", True)
    assert text.startswith("MIT License\n")
    assert "the matchmaker contributors" in text
