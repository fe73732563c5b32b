"""An association on a phone: from the start page to the status of its request."""

from __future__ import annotations

from urllib.parse import urlsplit

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


def test_request_takes_eight_steps_on_a_phone(visit: Visit) -> None:
    visitor = visit(width=PHONE)
    titles, faults = _ask(visitor, "amina@neue-wege.example")
    assert len(set(titles)) == STEPS
    assert faults + visitor.faults() == []


def test_request_is_sent_changed_and_withdrawn_without_scripts(visit: Visit) -> None:
    """And nothing of it needs JavaScript."""
    visitor = visit(width=PHONE, scripts=False)
    _ask(visitor, "samira@neue-wege.example")
    status = visitor.path
    visitor.press("main form[action$='/aendern'] button[type=submit]")
    visitor.press("main a[href*='/aendern/6']")
    visitor.page.fill("[name=people]", "23")
    visitor.press(NEXT)
    visitor.press("main form[action*='senden'] button[type=submit]")
    assert visitor.path == status
    assert "23" in _told(visitor)
    visitor.press("main a[href$='/zuruecknehmen']")
    visitor.press("main form[action$='/zuruecknehmen'] button[type=submit]")
    assert visitor.path == status
    assert visitor.page.locator("main form[action$='/aendern']").count() == 0
    assert visitor.page.locator("main a[href$='/zuruecknehmen']").count() == 0


def test_request_can_be_gone_on_with_later_without_scripts(visit: Visit) -> None:
    visitor = visit(width=PHONE, scripts=False)
    visitor.open("/anfrage")
    visitor.press("main form button[type=submit]")
    _answer(visitor, 1, "spaeter@neue-wege.example")
    visitor.press("main button[value=later]")
    link = visitor.page.input_value("#link")
    other = visit(width=PHONE, scripts=False)
    other.page.goto(link, wait_until="load")
    # The first step is done already.
    assert other.path == f"{urlsplit(link).path}/2"


def _ask(visitor: Visitor, email: str) -> tuple[list[str], list[str]]:
    """From the start page to the status page: the titles and faults of all steps."""
    visitor.open("/")
    visitor.press("main a[href*='/anfrage']")
    visitor.press("main form button[type=submit]")
    titles, faults = [], []
    for step in range(1, STEPS + 1):
        assert visitor.path.endswith(f"/{step}"), visitor.page.url
        titles.append(visitor.page.title())
        if visitor.scripts:
            faults += visitor.faults()
        if step < STEPS:
            _answer(visitor, step, email)
            visitor.press(NEXT)
    visitor.press("main form[action*='senden'] button[type=submit]")
    assert visitor.path.count("/") == 2
    assert "Neue Straße 1" in _told(visitor)
    return titles, faults


def _told(visitor: Visitor) -> str:
    """All that the page holds, opened or not."""
    return str(visitor.page.text_content("main"))


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
