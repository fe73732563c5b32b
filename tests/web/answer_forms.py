"""The form behind the link of an invitation, and what happens to its talk meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from tests.support.invited import Evening
from tests.support.pages import Browser, Page

Invite = Callable[..., tuple[Evening, str]]
"""An evening whose invitation has just been mailed, and the page that the mail leads to."""

Stored = Callable[[], list[tuple[str, str, str]]]
"""Every answer as (answer, outcome, comment)."""


def change(factory: sessionmaker[Session], evening: Evening, act: Callable[[], None]) -> None:
    """Do something to an evening in a transaction of its own."""
    with factory.begin() as session:
        evening.session = session
        evening.talk = session.merge(evening.talk)
        evening.invitation = session.merge(evening.invitation)
        if evening.assignment is not None:
            evening.assignment = session.merge(evening.assignment)
        act()


def press(browse: Browser, page: Page, button: str, **values: Any) -> Page:
    return browse.send(page.form("/antwort/"), button, **values)


def buttons(page: Page) -> list[str]:
    return [value for name, value, _label in page.form("/antwort/").buttons if name == "antwort"]
