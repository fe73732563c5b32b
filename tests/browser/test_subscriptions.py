"""Subscribing to all talks, to an organisation's and to the public ones, on phone and desk."""

from __future__ import annotations

import pytest

from tests.browser.visitor import DESK, PHONE, Visit, Visitor

STAFF = "/koordination/kalender"
CASES = [("de", PHONE, ("light", "dark")), ("en", DESK, ("light",))]


def press(visitor: Visitor, action: str) -> None:
    """Press the button of a form, also where it is folded away because there is an address."""
    unfold(visitor)
    visitor.press(f"main form[action*='{action}'] button")


def unfold(visitor: Visitor) -> None:
    for hidden in visitor.page.locator("main details").all():
        hidden.evaluate("one => { one.open = true; }")


@pytest.mark.parametrize(("language", "width", "schemes"), CASES, ids=["phone", "desk"])
def test_pages_of_subscriptions_are_whole_with_and_without_an_address(
    visit: Visit, invitations: list[str], language: str, width: int, schemes: tuple[str, ...]
) -> None:
    visitor, faults = visit(language=language, width=width), []
    visitor.sign_in_as("coordinator")
    for address, action in (
        (STAFF, "/alle/adresse"),
        (STAFF, "/oeffentlich/adresse"),
        (f"{STAFF}/organisation/MO01", "/MO01/adresse"),
    ):
        visitor.open(f"{address}?lang={language}")
        faults += visitor.faults(schemes)
        press(visitor, action)
        faults += visitor.faults(schemes)
        unfold(visitor)
        faults += visitor.faults(schemes)
    visitor.open(f"/kalender?lang={language}")
    faults += visitor.faults(schemes)
    visitor.open(f"/?lang={language}")
    visitor.press("main a[href*='/kalender']")
    assert visitor.path == "/kalender"
    visitor.open(STAFF)
    for action in ("/alle/ende", "/oeffentlich/ende"):
        press(visitor, action)
    visitor.open(f"/kalender?lang={language}")
    faults += visitor.faults(schemes)
    assert faults == []


def test_host_shares_the_association_s_talks(visit: Visit) -> None:
    visitor = visit(width=PHONE)
    visitor.sign_in_as("host")
    visitor.open("/mein/kalender")
    press(visitor, "/organisation/adresse")
    address = visitor.page.input_value("#organisation-address")
    assert address.endswith("/arbeitsmarktgespraeche.ics")
    assert visitor.faults() == []
    assert visitor.page.request.get(address).status == 200
