"""Saying when one has time, without JavaScript and in one go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Person, Profile
from matchmaker.models.states import AvailabilityKind
from matchmaker.services.people import availability as times
from matchmaker.services.times.availability_facts import Availability, DayTime, WeeklyTime, band
from tests.support.pages import Browser, Page

SignIn = Callable[[Person], Browser]

ADDRESS = "/mein/zeiten"


@pytest.fixture
def stored(factory: sessionmaker[Session], speaker: Person) -> Callable[[], Availability]:
    def read() -> Availability:
        with factory() as session:
            return times.read(session.get_one(Profile, speaker.id))

    return read


Stored = Callable[[], Availability]


def save(own: Browser, page: Page | None = None, button: str = "", **values: Any) -> Page:
    page = page or own.open(ADDRESS)
    form = next(form for form in page.forms if form.action.endswith("/zeiten"))
    return own.send(form, button, **values)


def test_page_shows_what_is_stored(own: Browser) -> None:
    page = own.open(ADDRESS)
    form = next(form for form in page.forms if form.action.endswith("/zeiten"))
    assert form.fields.getlist("band") == ["1-evening"]
    assert len(form.choices["band"]) == 18


def test_bands_are_taken_by_ticking_them(own: Browser, stored: Stored) -> None:
    page = save(own, band=["0-morning", "5-morning"], school_holidays_off="y")
    assert "Ihre Zeiten sind gespeichert." in page.words
    assert stored() == Availability(
        weekly=(band((0, "morning")), band((5, "morning"))), school_holidays_off=True
    )


def test_other_time_and_single_day_are_added_in_one_go(own: Browser, stored: Stored) -> None:
    page = save(
        own,
        weekday="2",
        weekly_starts="17.30",
        weekly_ends="24:00",
        weekly_kind="avoid",
        valid_from="2027-02-01",
        first_day="11.01.2027",
        last_day="2027-01-15",
        day_kind="off",
    )
    assert stored() == Availability(
        weekly=(
            band((1, "evening")),
            WeeklyTime(
                weekday=2,
                starts=time(17, 30),
                ends=time(0),
                kind=AvailabilityKind.AVOID,
                valid_from=date(2027, 2, 1),
            ),
        ),
        days=(
            DayTime(
                kind=AvailabilityKind.OFF, first_day=date(2027, 1, 11), last_day=date(2027, 1, 15)
            ),
        ),
    )
    assert "Mittwoch, 17:30–00:00 Uhr (ab Mo., 01.02.2027)" in page.words
    assert "Mo., 11.01.2027 – Fr., 15.01.2027" in page.words


@pytest.mark.parametrize("button", ["Diese Zeit hinzufügen", "Diesen Tag hinzufügen"])
def test_every_button_keeps_everything_on_the_page(
    own: Browser, stored: Stored, button: str
) -> None:
    save(
        own,
        button=button,
        band=["3-evening"],
        weekday="2",
        weekly_starts="17:00",
        weekly_ends="18:00",
        first_day="2027-01-16",
        day_starts="11:00",
        day_ends="14:00",
    )
    assert stored().bands == {(3, "evening")}
    assert [row.starts for row in stored().other_weekly] == [time(17)]
    assert [row.first_day for row in stored().days] == [date(2027, 1, 16)]


def test_thanks_stand_where_the_page_has_jumped_to(own: Browser, stored: Stored) -> None:
    page = save(own, button="Diesen Tag hinzufügen", first_day="2027-01-16", day_kind="off")
    assert page.words.count("Ihre Zeiten sind gespeichert.") == 1
    assert page.words.index("Einzelne Tage") < page.words.index("Ihre Zeiten sind gespeichert.")


def test_row_is_removed_by_its_button_alone(own: Browser, stored: Stored) -> None:
    page = save(own, first_day="2027-01-16", day_kind="off")
    page = save(own, page, first_day="2027-01-17", day_kind="off")
    save(own, page, button="Entfernen: Sa., 16.01.2027")
    assert [row.first_day for row in stored().days] == [date(2027, 1, 17)]
    assert stored().bands == {(1, "evening")}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"weekly_starts": "late"}, "Von: Bitte geben Sie eine Uhrzeit an"),
        ({"weekly_starts": "18:00", "weekly_ends": "17:00"}, "eine Uhrzeit nach dem Beginn"),
        ({"first_day": "30.02.2027"}, "zum Beispiel 19.01.2027"),
        ({"first_day": "2026-12-01"}, "der noch nicht vorbei ist"),
        ({"first_day": "2027-01-16", "last_day": "2027-01-10"}, "nicht vor dem ersten"),
        ({"first_day": "2027-01-16", "day_starts": "10:00"}, "Bitte geben Sie beide an"),
        ({"last_day": "2027-01-16"}, "zum Beispiel 19.01.2027"),
    ],
)
def test_mistake_is_named_and_everything_typed_is_kept(
    own: Browser, stored: Stored, values: dict[str, str], words: str
) -> None:
    page = save(own, band=["4-evening"], **values)
    form = next(form for form in page.forms if form.action.endswith("/zeiten"))
    assert page.status == 422
    assert words in page.words
    assert form.fields.getlist("band") == ["4-evening"]
    assert {name: form.fields[name] for name in values} == values
    assert stored().bands == {(1, "evening")}


def test_last_change_can_be_undone(own: Browser, stored: Stored) -> None:
    page = save(own, band=["4-evening"])
    page = own.send(page.form("/zurueck"))
    assert "wieder wie vorher" in page.words
    assert stored().bands == {(1, "evening")}


def test_undo_is_not_offered_before_a_change(own: Browser) -> None:
    assert not [form for form in own.open(ADDRESS).forms if "zurueck" in form.action]


def test_stale_tab_gets_both_versions_and_may_insist(own: Browser, stored: Stored) -> None:
    first, second = own.open(ADDRESS), own.open(ADDRESS)
    save(own, first, band=["0-evening"])
    page = save(own, second, band=["2-evening"])
    assert page.status == 409
    assert "Bitte sehen Sie sich beide Fassungen an" in page.words
    assert "Montag, 18:00–20:00 Uhr: Ich habe Zeit" in page.words
    assert "Mittwoch, 18:00–20:00 Uhr: Ich habe Zeit" in page.words
    assert stored().bands == {(0, "evening")}
    assert save(own, page).status == 200
    assert stored().bands == {(2, "evening")}


def test_times_are_confirmed_by_one_press(
    own: Browser, factory: sessionmaker[Session], speaker: Person
) -> None:
    page = own.open("/mein/")
    assert "Stimmen Ihre Zeiten noch?" in page.words
    page = own.send(page.form("/stimmt"))
    assert page.address == "/mein/"
    assert "Stimmen Ihre Zeiten noch?" not in page.words
    with factory() as session:
        assert session.get_one(Profile, speaker.id).confirmed_at is not None


def test_preview_says_as_a_list_what_the_picture_shows(own: Browser) -> None:
    words = own.open(ADDRESS).words
    assert "Di., 05.01.2027: 18:00–20:00 Uhr" in words
    assert "Fr., 01.01.2027: keine Gespräche: Neujahr" in words


def test_interpreters_have_the_same_page(sign_in: SignIn, interpreter: Person) -> None:
    page = save(sign_in(interpreter), band=["0-evening"])
    assert "Ihre Zeiten sind gespeichert." in page.words


def test_hosts_have_no_times(sign_in: SignIn, host: Person) -> None:
    assert sign_in(host).open(ADDRESS).status == 403
