"""Somebody who is invited: profile, times, subscription – and the answer by the mail's link."""

from __future__ import annotations

import pytest

from tests.browser.visitor import DESK, PHONE, Visit

SAVE = ".actions button[type=submit]:not(.quiet)"
PAGES = (
    "/mein/",
    "/mein/profil",
    "/mein/zeiten",
    "/mein/zeiten/kalender",
    "/mein/termine",
    "/mein/kalender",
)


@pytest.mark.parametrize("role", ["speaker", "interpreter"])
def test_own_pages_are_whole(visit: Visit, role: str) -> None:
    visitor = visit(width=PHONE)
    visitor.sign_in_as(role)
    faults, titles = [], set()
    for address in PAGES:
        visitor.open(address)
        titles.add(visitor.page.title())
        faults += visitor.faults()
    assert (len(titles), faults) == (len(PAGES), [])


def test_profile_and_times_are_kept(visit: Visit) -> None:
    visitor = visit(width=DESK)
    visitor.sign_in_as("speaker")
    visitor.open("/mein/profil")
    visitor.page.fill("[name=lead_days]", "17")
    visitor.press(f"main form:has([name=lead_days]) {SAVE}")
    visitor.open("/mein/profil")
    assert visitor.page.input_value("[name=lead_days]") == "17"
    visitor.open("/mein/zeiten")
    box = visitor.page.locator("[name=band]").last
    before = box.is_checked()
    box.set_checked(not before, force=True)
    visitor.press(f"main form:has([name=band]) {SAVE}")
    visitor.open("/mein/zeiten")
    assert visitor.page.locator("[name=band]").last.is_checked() is not before


def test_mails_link_leads_to_an_answer(visit: Visit, invitations: list[str]) -> None:
    """From the mail in the demo's viewer, by the link in its frame, to the answer and back."""
    visitor = visit(width=PHONE)
    visitor.open(invitations[0])
    faults = visitor.faults()
    with visitor.page.expect_navigation(url="**/antwort/**"):
        visitor.page.frame_locator("iframe").locator("a[href*='/antwort/']").first.click()
    faults += visitor.faults()
    visitor.press("main button[name=antwort][value=accepted]")
    assert visitor.path.endswith("/danke")
    faults += visitor.faults()
    visitor.press("main a[href*='/antwort/']:not([href*='.ics'])")
    visitor.press("main button[name=antwort][value=declined]")
    visitor.page.click("main details:has([name=comment]) > summary")
    visitor.page.fill("[name=comment]", "An dem Abend bin ich verreist.")
    faults += visitor.faults()
    visitor.press("main form:has([name=comment]) button[name=antwort][value=declined]")
    assert visitor.path.endswith("/danke")
    assert faults == []


def test_address_of_the_calendar_can_be_made_and_fetched(visit: Visit) -> None:
    visitor = visit(width=PHONE)
    visitor.sign_in_as("interpreter")
    visitor.open("/mein/kalender")
    if visitor.page.locator("#full details").count():
        # Whoever has been invited has an address already, and gets another one.
        visitor.page.click("#full details > summary")
    visitor.press("form[action*='full/adresse'] button[type=submit]")
    address = visitor.page.input_value("#full-address")
    answer = visitor.page.request.get(address)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert visitor.page.locator("#full img").evaluate("image => image.naturalWidth") > 0
    assert visitor.faults() == []
