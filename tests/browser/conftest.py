"""One running demo, and a real browser in front of it that notices everything."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.browser.visitor import Visitor
from tests.story import coordinator
from tests.support import postgres
from tests.support.http import HttpClient
from tests.support.pages import Browser
from tests.support.service import running_demo

MAIL = re.compile(r"/demo/post/\d+")
ANSWER = "?antwort=declined#substitute"
"""Only speakers and interpreters can send somebody else."""

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _missing(what: str) -> None:
    message = f"needs {what} (pip install -e '.[dev,browser]', apt install chromium)"
    if postgres.REQUIRE_ALL:
        pytest.fail(message)
    pytest.skip(message)


class Chromium:
    """Makes browsers without any memory; starts another program if one has broken down."""

    def __init__(self, driver: Any, program: str) -> None:
        self.driver, self.program = driver, program
        self.running: Any = None

    def new_context(self, **wishes: Any) -> Any:
        if self.running is None or not self.running.is_connected():
            chromium = self.driver.chromium
            self.running = chromium.launch(executable_path=self.program, args=ARGUMENTS)
        return self.running.new_context(**wishes)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    for module in ("playwright", "axe_playwright_python"):
        if find_spec(module) is None:
            _missing(f"the extra `browser`: {module}")
    program = CHROMIUM if os.access(CHROMIUM, os.X_OK) else shutil.which("chromium")
    if program is None:
        _missing("Debian's chromium")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # an optional extra

    with sync_playwright() as driver:
        made = Chromium(driver, str(program))
        yield made
        if made.running is not None:
            made.running.close()


@pytest.fixture(scope="session")
def demo(chromium: Chromium, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one `matchmaker demo` for all journeys, if there is a browser."""
    with running_demo(tmp_path_factory.mktemp("demo") / "service") as (url, _):
        yield url


@pytest.fixture(scope="session")
def invitations(demo: str) -> list[str]:
    """The addresses of mails that invite a speaker: a plan is made and three evenings approved."""
    browser = Browser(HttpClient(demo))
    browser.open("/demo/als/coordinator")
    coordinator.plan(browser, 1)
    page = coordinator.confirm_page(browser, 1)
    three = page.form("freigabe").choices["code"][:3]
    announced = coordinator.approve(browser, page, code=three)
    found = [url for url, _ in browser.open("/demo/post").links if MAIL.fullmatch(url)]
    assert len(found) >= announced
    pages = {url: browser.open(url) for url in found}
    return [url for url, page in pages.items() if "@" in page.words and ANSWER in page.text]


@pytest.fixture
def visit(chromium: Chromium, demo: str) -> Iterator[Callable[..., Visitor]]:
    """Makes somebody with an own browser; at the end each must have seen nothing odd."""
    made: list[Visitor] = []

    def come(**wishes: Any) -> Visitor:
        made.append(Visitor(chromium, demo, **wishes))
        return made[-1]

    yield come
    odd = [oddity for visitor in made for oddity in visitor.leave()]
    assert odd == []
