"""What a coordinator does, page by page, with the buttons and fields that the pages have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.support.pages import Browser, Form, Page
from tests.support.service import Service
from tests.support.waiting import until

EMAIL = "koordination@traeger-demo.example"
PLANNING = "/koordination/planung"
TALKS = "/koordination/termine"
PLAN_ADDRESS = re.compile(r"/koordination/planung/(\d+)/vorschlag/(\d+)")
SEARCHING = re.compile(r"/koordination/planung/\d+/lauf/\d+")


@dataclass(frozen=True)
class Plan:
    """A version of a plan by its address."""

    round_id: int
    number: int

    def address(self, rest: str = "") -> str:
        return f"{PLANNING}/{self.round_id}/vorschlag/{self.number}{rest}"


def sign_in(service: Service, email: str = EMAIL) -> Browser:
    """By the operator's link: opening it changes nothing, pressing its button signs in."""
    link = service.call("login-link", email).stdout.strip()
    browser = service.browser()
    for _ in range(3):
        assert browser.open(link).status == 200
        assert browser.client.cookies == {}
    page = browser.send(browser.open(link).form("anmelden"))
    assert (page.status, list(browser.client.cookies)) == (200, ["session"])
    assert service.browser().open(link).status == 410, "a link works once"
    return browser


def make_ready(browser: Browser, words: str) -> str:
    """Find the request by words of it and set it ready; its code."""
    found = browser.open(f"/koordination/anfragen?q={words}")
    (address,) = {url for url, _ in found.links if re.search(r"/anfragen/A\d+$", url)}
    code = address.rpartition("/")[2]
    page = browser.send(browser.open(address).form("bereit"))
    assert (page.status, forms(page, "bereit")) == (200, []), page.words
    return code


def plan(browser: Browser, round_id: int) -> tuple[Plan, list[Page]]:
    """Press *Plan*; the plan when it is there, and the pages that were seen on the way."""
    page = browser.open(f"{PLANNING}/{round_id}")
    page = browser.send(page.form("planen"))
    assert SEARCHING.fullmatch(page.address) or PLAN_ADDRESS.match(page.address), page.words
    address, seen = page.address, [page]

    def look() -> bool:
        seen.append(browser.open(address))
        return PLAN_ADDRESS.match(seen[-1].address) is not None

    until("the plan", look, pause=0.3)
    return plan_at(seen[-1]), seen


def plan_at(page: Page) -> Plan:
    """The version that a page shows."""
    found = PLAN_ADDRESS.match(page.address)
    assert found is not None, f"{page.status} {page.address}: {page.words}"
    return Plan(int(found[1]), int(found[2]))


def asked(browser: Browser, where: Plan, code: str) -> Page:
    """The page of one request in a plan, as soon as the worker has said where else it could be."""

    def look() -> Page | None:
        page = browser.open(where.address(f"/anfrage/{code}"))
        return None if "data-refresh-url" in page.text else page

    found = until(f"the answer about {code}", look, pause=0.3)
    assert found is not None
    return found


def forms(page: Page, action: str) -> list[Form]:
    return [form for form in page.forms if form.method == "post" and action in form.action]


def confirm_page(browser: Browser, round_id: int) -> Page:
    return browser.open(f"{PLANNING}/{round_id}/freigabe")


def announced(form: Form) -> int:
    """How many mails the first button says that it sends."""
    numbers = re.findall(r"\d+", form.buttons[0][2])
    assert len(numbers) == 1, form.buttons
    return int(numbers[0])


def approve(browser: Browser, page: Page, **choice: Any) -> int:
    """Choose, count again if the choice is new, send; how many mails the page announced."""
    if choice:
        page = browser.send(page.form("freigabe"), button="count", **choice)
        assert page.status == 200, page.words
    mails = announced(page.form("freigabe"))
    done = browser.send(page.form("freigabe"))
    assert done.address.endswith("/versand"), done.words
    return mails


def change_talk(browser: Browser, code: str, step: str, **values: Any) -> int:
    """Fill the form of a step in, confirm what it shows; how many mails it announced."""
    page = browser.open(f"{TALKS}/{code}/{step}")
    page = browser.send(page.form(), **values)
    return confirm(browser, page)


def confirm(browser: Browser, page: Page) -> int:
    """Press the button of a page that shows which mails go out."""
    form = page.form()
    assert (page.status, "sure" in form.names) == (200, True), page.words
    reasons = {"note": "So abgesprochen."} if "note" in form.names else {}
    mails = announced(form)
    done = browser.send(form, **reasons)
    assert re.fullmatch(rf"{TALKS}/T\d+", done.address), done.words
    return mails
