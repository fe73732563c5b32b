"""One's own details."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Person
from tests.support.pages import Browser

ADDRESS = "/mein/kontakt"


def stored(factory: sessionmaker[Session], speaker: Person) -> tuple[str, str | None, str, str]:
    with factory() as session:
        person = session.get_one(Person, speaker.id)
        return person.name, person.phone, person.locale, person.email


def test_details_are_saved_and_the_page_changes_its_language(
    own: Browser, factory: sessionmaker[Session], speaker: Person
) -> None:
    form = own.open(ADDRESS).form("/kontakt")
    page = own.send(form, name="Ayşe Yılmaz-Weiß", phone="030 23125-304", locale="en")
    assert "Your details are saved." in page.words
    assert stored(factory, speaker) == (
        "Ayşe Yılmaz-Weiß",
        "030 23125-304",
        "en",
        speaker.email,
    )


def test_mail_address_cannot_be_changed_here(
    own: Browser, factory: sessionmaker[Session], speaker: Person
) -> None:
    own.send(own.open(ADDRESS).form("/kontakt"), email="somebody@else.example")
    assert stored(factory, speaker)[3] == speaker.email


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": " "}, "Name: Bitte schreiben Sie Ihren Namen"),
        ({"phone": "keins"}, "Bitte schreiben Sie eine Nummer"),
        ({"locale": "xx"}, "Sprache: Bitte wählen Sie"),
    ],
)
def test_mistake_is_named_and_the_rest_is_kept(
    own: Browser, values: dict[str, str], words: str
) -> None:
    typed = {"name": "Ayşe", "phone": "030 1234567", **values}
    page = own.send(own.open(ADDRESS).form("/kontakt"), **typed)
    form = page.form("/kontakt")
    assert page.status == 422
    assert words in page.words
    assert (form.fields["name"], form.fields["phone"]) == (typed["name"].strip(), typed["phone"])


def test_stale_tab_gets_both_versions(
    own: Browser, factory: sessionmaker[Session], speaker: Person
) -> None:
    first, second = own.open(ADDRESS), own.open(ADDRESS)
    own.send(first.form("/kontakt"), name="Ayşe Eins")
    page = own.send(second.form("/kontakt"), name="Ayşe Zwei")
    assert page.status == 409
    assert "Ayşe Eins" in page.words
    assert page.form("/kontakt").fields["name"] == "Ayşe Zwei"
    assert stored(factory, speaker)[0] == "Ayşe Eins"
