"""What lists are filtered by comes from the address: whatever stands there, there is a list."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from matchmaker.models.states import Role
from tests import factories
from tests.web.conftest import SignIn

LISTS = {
    "/koordination/anfragen": ("q", "state", "district", "area", "language"),
    "/koordination/kontakte": ("q", "role"),
    "/koordination/kontakte?show=organisations": ("q", "kind", "district"),
    "/koordination/post": ("q", "status", "art", "person", "termin"),
    "/koordination/protokoll": ("subject", "actor", "action"),
    "/koordination/termine": ("q", "zeige", "antworten", "format"),
}


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("letter", ["x", "%", "ü", "\x1f", "\u202e"])
def test_text_that_nobody_searches_for_finds_nothing_and_breaks_nothing(
    session: Session, sign_in: SignIn, address: str, letter: str
) -> None:
    person = factories.person(session, Role.COORDINATOR, Role.ADMIN)
    session.commit()
    browser = sign_in(person)

    for name in LISTS[address]:
        page, _, kept = address.partition("?")
        shown = dict(part.split("=") for part in kept.split("&") if part)
        answer = browser.open(page, query_string={**shown, name: letter * 60_000})

        assert answer.status == 200, name
        kept_texts = [text for form in answer.forms for text in form.fields.values()]
        assert max(map(len, kept_texts)) <= 200, name


def test_filter_is_one_line_without_control_characters(session: Session, sign_in: SignIn) -> None:
    person = factories.person(session, Role.ADMIN, name="Rana Haddad")
    session.commit()

    page = sign_in(person).open("/koordination/kontakte", query_string={"q": " Rana\x00\n Haddad "})
    assert page.status == 404, "NUL names nothing"
    page = sign_in(person).open("/koordination/kontakte", query_string={"q": " Rana\x07\n Haddad "})
    assert "Rana Haddad" in page.words
