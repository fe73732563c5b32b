"""The way from page to page for hosts who have signed in."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from matchmaker.models.states import TokenPurpose
from matchmaker.services.desk import Desk
from matchmaker.services.house import tokens
from tests.support.needs import submitted
from tests.support.pages import Browser

WAYS = ("/anfrage/meine", "/mein/termine", "/mein/kalender", "/mein/kontakt")


def test_host_finds_the_same_ways_on_every_own_page(
    session: Session, desk: Desk, sign_in: Any, browse: Browser
) -> None:
    request = submitted(session, desk)
    link = f"/anfrage/{tokens.issue(session, desk, TokenPurpose.REQUEST_STATUS, request.id)}"
    session.commit()
    browser = sign_in(request.contact)
    for address in (*WAYS, link):
        page = browser.open(address)
        assert [way for way in WAYS if way in dict(page.links)] == list(WAYS), address
    assert [way for way in WAYS if way in dict(browse.open(link).links)] == []
