"""A coordinator's day: plan, look, change, approve by keyboard alone, call off, read the mails."""

from __future__ import annotations

import re

from tests.browser.visitor import DESK, Visit, Visitor
from tests.support.waiting import until

MOST_TABS = 400
PLAN = re.compile(r"/koordination/planung/\d+/vorschlag/\d+$")
FOCUS = """wanted => {
  const one = document.activeElement, at = one.getBoundingClientRect();
  return {
    seen: at.width > 0 && at.height > 0,
    outlined: getComputedStyle(one).outlineStyle !== "none",
    wanted: one.matches(wanted),
    where: one.outerHTML.slice(0, 200),
  };
}"""


def test_quarter_is_planned_changed_approved_and_called_off(visit: Visit) -> None:
    """Pages with an address of their own are examined in `test_pages`; here the states between."""
    visitor = visit(width=DESK)
    _plan(visitor)
    _look_at_every_view(visitor)
    faults = _fix_and_move(visitor)
    faults += _approve_by_keyboard(visitor)
    faults += _call_off(visitor)
    assert faults == []


def _plan(visitor: Visitor) -> None:
    visitor.sign_in_as("coordinator")
    visitor.open("/koordination/")
    visitor.press("nav a[href*='/koordination/planung']")
    visitor.press("main a[href$='/planung/1']")
    visitor.press("main form[action$='/planen'] button[type=submit]")
    # The page leads on by itself when the plan is there.
    visitor.page.wait_for_url(PLAN, timeout=120_000)


def _look_at_every_view(visitor: Visitor) -> None:
    plan = visitor.path
    assert "49" in visitor.page.inner_text("main")
    for view in ("list", "open", "figures"):
        visitor.press(f"main nav a[href*='ansicht={view}']")
        assert visitor.page.locator("main [aria-current]").count() == 1
    visitor.open(f"{plan}?ansicht=open")
    assert visitor.page.locator("main .open-requests article").count() >= 11
    visitor.open(plan)


def _fix_and_move(visitor: Visitor) -> list[str]:
    plan = visitor.path
    links = visitor.page.locator("main a[href*='/anfrage/A']")
    codes = links.evaluate_all("all => all.map(one => one.href.match(/A\\d+/)[0])")
    fixed, moved = [code for code in codes if _is_free(visitor, plan, code)][:2]
    visitor.open(f"{plan}/anfrage/{fixed}")
    faults = visitor.faults()
    visitor.press("main form[action$='/festlegen'] button[type=submit]")
    assert visitor.page.locator("main form[action$='/festlegen']").count() == 0
    visitor.open(f"{plan}/anfrage/{moved}")
    _wait_for_answer(visitor)
    visitor.press("main li form[action$='/verschieben'] button[type=submit]")
    assert visitor.path != plan
    assert PLAN.search(visitor.path)
    return faults + visitor.faults()


def _is_free(visitor: Visitor, plan: str, code: str) -> bool:
    """Whether the request can be fixed and moved: approved ones cannot."""
    visitor.open(f"{plan}/anfrage/{code}")
    _wait_for_answer(visitor)
    return visitor.page.locator("main li form[action$='/verschieben']").count() > 0


def _wait_for_answer(visitor: Visitor) -> None:
    """Until the worker has said where else the request could be."""
    visitor.page.locator("main progress").wait_for(state="detached")


def _approve_by_keyboard(visitor: Visitor) -> list[str]:
    """Without the mouse: every stop can be seen, and the keys do what the pointer does."""
    _tab_to(visitor, "main a[href$='/freigabe']")
    _enter(visitor)
    _tab_to(visitor, "main input[name=code]")
    before = visitor.page.locator("main input[name=code]:checked").count()
    visitor.page.keyboard.press("Space")
    assert visitor.page.locator("main input[name=code]:checked").count() == before - 1
    _tab_to(visitor, "main button[name=count]")
    _enter(visitor)
    assert visitor.page.locator("main input[name=code]:checked").count() == before - 1
    announced = _number(visitor.page.inner_text("main .actions button:not([name])"))
    known = _mails(visitor)
    _tab_to(visitor, "main .actions button:not([name])")
    _enter(visitor)
    assert visitor.path.endswith("/freigabe/versand")
    faults = visitor.faults()
    until("the mails", lambda: _mails(visitor) >= known + announced, pause=0.5)
    assert _mails(visitor) == known + announced
    return faults


def _tab_to(visitor: Visitor, selector: str) -> None:
    for _ in range(MOST_TABS):
        visitor.page.keyboard.press("Tab")
        focus = visitor.page.evaluate(FOCUS, selector)
        assert focus["seen"], f"the focus is on something that cannot be seen: {focus['where']}"
        if focus["wanted"]:
            assert focus["outlined"], f"nothing shows the focus: {focus['where']}"
            return
    raise AssertionError(f"{selector} cannot be reached by Tab on {visitor.path}")


def _enter(visitor: Visitor) -> None:
    with visitor.page.expect_navigation(wait_until="load"):
        visitor.page.keyboard.press("Enter")


def _number(text: str) -> int:
    (number,) = re.findall(r"\d+", text)
    return int(number)


def _mails(visitor: Visitor) -> int:
    """How many mails the demo's viewer says that there are."""
    answer = visitor.page.request.get("/demo/post")
    counted = re.search(r"(\d+) Mails?\b", answer.text())
    return int(counted[1]) if counted else 0


def _call_off(visitor: Visitor) -> list[str]:
    visitor.press("nav a[href*='/koordination/termine']")
    # T001 stays: the pages of a talk are looked at with it.
    visitor.press("main a[href*='/koordination/termine/T']:not([href$='T001'])")
    visitor.press("main a[href$='/absagen']")
    visitor.page.fill("[name=reason]", "Wasserschaden im Saal")
    visitor.press("main form .actions button[type=submit]")
    faults = visitor.faults()
    visitor.press("main form:has([name=sure]) button[type=submit]")
    assert "Wasserschaden" in visitor.page.inner_text("main")
    faults += visitor.faults()
    visitor.press("nav a[href*='/koordination/post']")
    visitor.press("main td a[href*='/koordination/post/'], main th a[href*='/koordination/post/']")
    return faults + visitor.faults()
