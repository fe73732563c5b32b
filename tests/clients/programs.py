"""Programs that other people wrote: where they are, and what happens when one is missing."""

from __future__ import annotations

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest

from tests.support.postgres import REQUIRE_ALL

HERE = Path(__file__).parent


def missing(what: str, remedy: str) -> NoReturn:
    """Skip the test, or fail it where all must run, saying how to get what it needs."""
    message = f"needs {what} ({remedy})"
    if REQUIRE_ALL:
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def node() -> str:
    """Node, with the packages of this folder beside it."""
    program = shutil.which("node")
    if program is None:
        missing("Node", "Debian: nodejs and npm")
    for package in ("ical.js", "node-ical"):
        if not (HERE / "node_modules" / package).is_dir():
            missing(f"the npm package {package}", "npm ci --prefix tests/clients")
    return program


def python_program(name: str) -> str:
    """A command that the extra `clients` installs beside this Python."""
    if find_spec(name) is None:
        missing(name, "pip install -e '.[dev,clients]'")
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else name
