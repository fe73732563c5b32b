"""An association on a phone: from the start page to the status of its request."""

from __future__ import annotations

import pytest

from tests.browser.visitor import PHONE, Visit, Visitor

STEPS = 8
NEXT = "main button[value=next]:not([aria-hidden])"
"""The button that people see; another one before it is what the Enter key presses."""


def _answer(visitor: Visitor, step: int, email: str) -> None:
    """What is typed at a step, by the names of the fields."""
    page = visitor.page
    if step == 1:
        page.fill("[name=organisation]", "Neue Wege Neukölln")
        page.fill("[name=name]", "Amina Diallo")
        page.fill("[name=email]", email)
        page.select_option("[name=district]", "08")
    elif step == 2:
        page.locator("[name=topics][value='ANE-01']").check(force=True)
    elif step == 3:
        page.fill("[name=questions]", "Wo lasse ich mein Zeugnis anerkennen?")
    elif step == 4:
        for value in ("tue-eve", "wed-eve"):
            page.locator(f"[name=windows][value='{value}']").check(force=True)
    elif step == 5:
        page.fill("[name=address]", "Neue Straße 1, 12043 Berlin")
    elif step == 6:
        page.fill("[name=people]", "15")
    elif step == 7:
        page.select_option("[name=language_1]", "de")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_request_takes_eight_steps_on_a_phone(visit: Visit, scripts: bool) -> None:
    visitor = visit(width=PHONE, scripts=scripts)
    visitor.open("/")
    visitor.press("main a[href*='/anfrage']")
    visitor.press("main form button[type=submit]")
    faults, titles = [], []
    for step in range(1, STEPS):
        assert visitor.path.endswith(f"/{step}"), visitor.page.url
        titles.append(visitor.page.title())
        if scripts:
            faults += visitor.faults()
        _answer(visitor, step, f"amina{scripts}@neue-wege.example")
        visitor.press(NEXT)
    assert visitor.path.endswith(f"/{STEPS}")
    titles.append(visitor.page.title())
    visitor.press("main form[action*='senden'] button[type=submit]")
    assert visitor.path.count("/") == 2
    assert "Neue Straße 1" in visitor.page.text_content("main")
    if scripts:
        faults += visitor.faults()
    assert len(set(titles)) == STEPS
    assert faults == []


def test_gap_keeps_what_was_typed_and_leads_to_the_field(visit: Visit) -> None:
    visitor = visit(width=PHONE)
    visitor.open("/anfrage")
    visitor.press("main form button[type=submit]")
    visitor.page.fill("[name=organisation]", "Neue Wege")
    visitor.page.fill("[name=email]", "keine Adresse")
    visitor.page.evaluate(
        "document.querySelectorAll('main form').forEach(f => f.noValidate = true)"
    )
    visitor.press(NEXT)
    assert visitor.page.input_value("[name=organisation]") == "Neue Wege"
    assert visitor.page.input_value("[name=email]") == "keine Adresse"
    visitor.page.click(".error-summary a[href='#email']")
    assert visitor.page.evaluate("document.activeElement.name") == "email"
    assert visitor.faults() == []
