"""Pages that say why not: as whole as all others, and nothing typed is lost."""

from __future__ import annotations

import pytest

from tests.browser.visitor import DESK, PHONE, Visit

EDITED = "/koordination/anfragen/A046/aendern"
"""No plan has a place for this one, so its form stays open."""

SAVE = "main .actions button[type=submit]:not(.quiet)"


@pytest.mark.parametrize("language", ["de", "en"])
def test_unknown_page_leads_on(visit: Visit, language: str) -> None:
    visitor = visit(width=PHONE, language=language)
    visitor.open("/gibt-es-nicht", status=404)
    assert visitor.faults() == []
    visitor.press("main a[href='/']")
    assert visitor.path == "/"


def test_page_for_others_says_that_it_is(visit: Visit) -> None:
    visitor = visit(width=DESK)
    visitor.sign_in_as("host")
    visitor.open("/koordination/anfragen", status=403)
    assert visitor.faults() == []


def test_stale_tab_shows_what_has_changed_since(visit: Visit) -> None:
    """Two people have the same form open; the second to save is told, and overwrites nothing."""
    first, second = visit(width=DESK), visit(width=DESK)
    for visitor, people in ((first, "21"), (second, "22")):
        visitor.sign_in_as("coordinator")
        visitor.open(EDITED)
        visitor.page.fill("[name=people]", people)
    first.press(SAVE)
    assert first.path == EDITED.removesuffix("/aendern")
    second.press(SAVE)
    assert "22" in second.page.inner_text("main") or second.page.input_value("[name=people]")
    assert second.faults() == []
    second.open(EDITED)
    assert second.page.input_value("[name=people]") == "21"


def test_gap_in_a_form_is_named_beside_its_field(visit: Visit) -> None:
    visitor = visit(width=DESK)
    visitor.sign_in_as("coordinator")
    visitor.open("/koordination/planung/neu")
    visitor.page.evaluate(
        "document.querySelectorAll('main form').forEach(f => f.noValidate = true)"
    )
    visitor.page.fill("[name=name]", "")
    visitor.press(SAVE)
    visitor.page.locator(".error-summary a").first.click()
    assert visitor.page.evaluate("document.activeElement.matches('[aria-invalid=true]')")
    assert visitor.faults() == []
