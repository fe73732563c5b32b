"""Signing in as people do: an address, a code out of the mail, pasted."""

from __future__ import annotations

import re

from tests.browser.visitor import PHONE, Visit, Visitor
from tests.support.waiting import until

CODE = re.compile(r"\b\d{3} \d{3}\b")


def test_code_of_the_mail_signs_in(visit: Visit) -> None:
    email = _address_of(visit(width=PHONE))
    visitor = visit(width=PHONE)
    visitor.open("/anmelden")
    visitor.page.fill("[name=email]", email)
    visitor.press("main form button[type=submit]")
    assert visitor.path == "/anmelden/code"
    faults = visitor.faults()
    visitor.page.fill("[name=code]", "000000")
    visitor.press("main form button[type=submit]")
    faults += visitor.faults()
    code = until("the code", lambda: _code_for(visitor, email))
    visitor.page.locator("[name=code]").focus()
    visitor.page.locator("[name=code]").fill("")
    visitor.page.keyboard.insert_text(f" {code} ")
    visitor.press("main form button[type=submit]")
    assert visitor.path == "/mein/"
    assert faults == []


def _address_of(visitor: Visitor) -> str:
    visitor.sign_in_as("speaker")
    visitor.open("/mein/kontakt")
    return str(visitor.page.input_value("[name=email]"))


def _code_for(visitor: Visitor, email: str) -> str:
    """The two times three digits of the newest mail to this address, in the demo's viewer."""
    post = visitor.page.request.get("/demo/post").text()
    for number in re.findall(r"/demo/post/(\d+)\"", post):
        mail = visitor.page.request.get(f"/demo/post/{number}").text()
        if email in mail and (found := CODE.search(mail)):
            return found[0]
    return ""
