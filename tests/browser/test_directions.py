"""Pages that run from right to left: the product has no such texts yet, its layout is ready."""

from __future__ import annotations

import pytest

from tests.browser.visitor import PHONE, Visit

PAGES = [
    ("/", None),
    ("/demo/bausteine", None),
    ("/mein/zeiten", "speaker"),
    ("/koordination/", "coordinator"),
    ("/koordination/anfragen", "coordinator"),
    ("/koordination/planung/1/vorschlag/1", "coordinator"),
]
SHOWN_TWICE = {"/demo/bausteine: not one h1"}
"""The style guide shows the heads of pages, each with its heading."""

TURN = "() => Object.assign(document.documentElement, { dir: 'rtl', lang: 'ar' }).dir"
EDGES = """() => ["h1", ".brand", "main"].map(name => {
  const one = document.querySelector(name), at = one.getBoundingClientRect();
  const inside = one.parentElement.getBoundingClientRect();
  return [at.left - inside.left, inside.right - at.right].map(Math.round);
})"""


@pytest.mark.parametrize(("address", "role"), PAGES)
def test_page_is_mirrored_and_as_whole_as_before(
    visit: Visit, invitations: list[str], address: str, role: str | None
) -> None:
    visitor = visit(width=PHONE)
    if role:
        visitor.sign_in_as(role)
    visitor.open(address)
    before = visitor.page.evaluate(EDGES)
    assert visitor.page.evaluate(TURN) == "rtl"
    after = visitor.page.evaluate(EDGES)
    assert [[end, start] for start, end in before] == after
    faults = visitor.faults(("light",))
    assert [fault for fault in faults if fault not in SHOWN_TWICE] == []
