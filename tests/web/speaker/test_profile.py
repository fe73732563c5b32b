"""Saying what one can do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Person, Profile
from matchmaker.services.people import profiles
from matchmaker.services.people.profiles import ProfileFacts
from tests.support.pages import Browser

SignIn = Callable[[Person], Browser]
ADDRESS = "/mein/profil"


def facts(factory: sessionmaker[Session], person: Person) -> ProfileFacts:
    with factory() as session:
        return profiles.read(session.get_one(Profile, person.id))


def test_everything_is_kept_as_filled_in(
    own: Browser, factory: sessionmaker[Session], speaker: Person
) -> None:
    page = own.send(
        own.open(ADDRESS).form(),
        **{"topic-ANE-01": "3", "topic-ARB-01": "1"},
        language=["tr", "de"],
        mode=["onsite", "online"],
        home_district="02",
        where="some",
        district=["01", "02"],
        max_per_day="2",
        max_per_week="3",
        max_per_month="",
        max_talks="12",
        lead_days="21",
        min_people="8",
        womens_groups=None,
    )
    assert "Ihr Profil ist gespeichert." in page.words
    assert facts(factory, speaker) == ProfileFacts(
        topics={"ANE-01": 3, "ARB-01": 1},
        languages=("de", "tr"),
        home_district="02",
        districts=("01", "02"),
        modes=("onsite", "online"),
        max_per_day=2,
        max_per_week=3,
        max_talks=12,
        lead_days=21,
        min_people=8,
        womens_groups=False,
    )


def test_saving_the_page_as_it_is_changes_nothing(
    own: Browser, factory: sessionmaker[Session], speaker: Person
) -> None:
    before = facts(factory, speaker)
    assert own.send(own.open(ADDRESS).form()).status == 200
    assert facts(factory, speaker) == before


def test_everywhere_needs_no_district(
    own: Browser, factory: sessionmaker[Session], speaker: Person
) -> None:
    own.send(own.open(ADDRESS).form(), where="some", district=["01"])
    own.send(own.open(ADDRESS).form(), where="everywhere")
    assert facts(factory, speaker).districts is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"topic-ANE-01": ""}, "Themen: Bitte wählen Sie mindestens eines"),
        ({"topic-ANE-01": "9"}, "Themen: Bitte wählen Sie aus der Liste"),
        ({"language": None}, "Sprachen: Bitte wählen Sie mindestens eine"),
        ({"mode": None}, "Bitte wählen Sie vor Ort, online oder beides"),
        ({"where": "some", "district": None}, "Bezirke: Bitte wählen Sie mindestens einen"),
        ({"max_per_week": "viele"}, "eine Zahl von 1 bis 7"),
        ({"lead_days": ""}, "0 bis 365 Tage"),
        ({"lead_days": "-3"}, "0 bis 365 Tage"),
        ({"min_people": "9999999999"}, "Zahl von 0 bis 500"),
        ({"home_district": "99"}, "Bitte wählen Sie einen Bezirk"),
    ],
)
def test_mistake_is_named_and_the_rest_is_kept(
    own: Browser,
    factory: sessionmaker[Session],
    speaker: Person,
    values: dict[str, str | None],
    words: str,
) -> None:
    before = facts(factory, speaker)
    page = own.send(own.open(ADDRESS).form(), **{"max_talks": "17", **values})
    assert page.status == 422
    assert words in page.words
    assert page.form().fields["max_talks"] == "17"
    assert facts(factory, speaker) == before


def test_stale_tab_gets_both_versions(
    own: Browser, factory: sessionmaker[Session], speaker: Person
) -> None:
    first, second = own.open(ADDRESS), own.open(ADDRESS)
    own.send(first.form(), lead_days="14")
    page = own.send(second.form(), lead_days="28")
    assert page.status == 409
    assert "Vorlauf in Tagen" in page.words
    assert facts(factory, speaker).lead_days == 14
    assert own.send(page.form()).status == 200
    assert facts(factory, speaker).lead_days == 28


def test_interpreter_chooses_languages_beside_german_and_no_topics(
    sign_in: SignIn, factory: sessionmaker[Session], interpreter: Person
) -> None:
    own = sign_in(interpreter)
    form = own.open(ADDRESS).form()
    assert set(form.choices["language"]) == {"ar", "tr"}
    assert not [name for name in form.names if name.startswith("topic-")]
    own.send(form, language=["ar", "tr"])
    assert facts(factory, interpreter).languages == ("ar", "tr")
