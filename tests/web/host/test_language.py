"""Which language people without an account read: no cookie may keep it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from matchmaker.models.states import Role, TokenPurpose
from matchmaker.services.desk import Desk
from matchmaker.services.house import tokens
from tests import factories
from tests.support.needs import drafted, submitted
from tests.support.pages import Browser
from tests.web.conftest import SignIn

GERMAN, ENGLISH = 'lang="de"', 'lang="en"'


def html_of(browse: Browser, address: str, wanted: str) -> str:
    """The first line of the page for a browser that asks for these languages."""
    page = browse.client.get(address, headers={"Accept-Language": wanted}, follow_redirects=True)
    text = page.get_data(as_text=True)
    return text[text.index("<html") : text.index(">", text.index("<html"))]


@pytest.mark.parametrize(
    ("address", "wanted", "language"),
    [
        ("/", "en-GB,en;q=0.9", ENGLISH),
        ("/", "de-AT,de;q=0.9,en;q=0.8", GERMAN),
        ("/", "xx", GERMAN),
        ("/?lang=en", "de", ENGLISH),
        ("/anmelden?lang=de", "en", GERMAN),
    ],
)
def test_browser_chooses_until_the_reader_does(
    browse: Browser, address: str, wanted: str, language: str
) -> None:
    assert language in html_of(browse, address, wanted)
    assert browse.client.get(address).headers.getlist("Set-Cookie") == []


def test_profile_counts_more_than_the_browser_and_less_than_the_address(
    session: Session, sign_in: SignIn
) -> None:
    person = factories.person(session, Role.HOST, locale="en")
    session.commit()
    browse = sign_in(person)
    assert ENGLISH in html_of(browse, "/", "de")
    assert GERMAN in html_of(browse, "/?lang=de", "en")


def test_link_to_a_request_speaks_as_its_sender_does(
    session: Session, desk: Desk, browse: Browser
) -> None:
    request = submitted(session, desk)
    assert request.contact is not None
    request.contact.locale = "en"
    link = f"/anfrage/{tokens.issue(session, desk, TokenPurpose.REQUEST_STATUS, request.id)}"
    session.commit()
    assert ENGLISH in html_of(browse, link, "de")
    assert GERMAN in html_of(browse, f"{link}?lang=de", "en")


def test_mailed_draft_goes_on_in_the_language_it_was_left_in(
    session: Session, desk: Desk, browse: Browser
) -> None:
    _request, token = drafted(session, desk)
    session.commit()
    step = f"/anfrage/entwurf/{token}/3"
    assert GERMAN in html_of(browse, step, "en")
    browse.send(browse.open(f"{step}?lang=en").form())
    assert ENGLISH in html_of(browse, step, "de")
