"""Every fault names its field and the remedy; nothing that can be typed breaks the form."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.models import District, Language, Topic, TopicArea
from matchmaker.models.states import Format
from matchmaker.services.intake import actions
from matchmaker.services.intake.checks import check_step, faults
from matchmaker.services.intake.extras import check_extras, with_exact
from matchmaker.services.intake.need import read_need, read_who, typed_windows
from matchmaker.services.intake.offer import Offer, feasts, feasts_between
from matchmaker.services.intake.steps import EVERY_FIELD, STEPS, step_with
from matchmaker.services.intake.typed import MOST_VALUES, Typed, collect
from matchmaker.services.intake.week import SLOTS, Window, exact_text, read_exact, window_of_slot
from tests.support.needs import full

LONG = "x" * 10_000


def _offer() -> Offer:
    area = TopicArea(id=1, code="ANE", name_de="Anerkennung", name_en="Recognition", position=0)
    codes = ("ANE-01", "ARB-01", "QUA-01", "SPR-01")
    return Offer(
        topics={
            code: Topic(code=code, area=area, area_id=1, name_de=code, format=Format.TALK)
            for code in codes
        },
        languages={
            tag: Language(tag=tag, autonym=tag) for tag in ("de", "de-simple", "ar", "tr", "fa")
        },
        districts={nr: District(nr=nr, name=nr) for nr in ("01", "08")},
        today=date(2026, 12, 28),
    )


OFFER = _offer()


def test_complete_form_has_no_fault() -> None:
    assert faults(full(), OFFER) == []


@pytest.mark.parametrize(
    ("field", "typed", "at"),
    [
        ("organisation", "", "organisation"),
        ("organisation", LONG, "organisation"),
        ("name", "   ", "name"),
        ("name", LONG, "name"),
        ("email", "", "email"),
        ("email", "amal.example", "email"),
        ("email", "a b@c.example", "email"),
        ("email", f"{LONG}@verein.example", "email"),
        ("phone", "ruf mich an", "phone"),
        ("phone", LONG, "phone"),
        ("district", "", "district"),
        ("district", "99", "district"),
        ("topics", [], "topics"),
        ("topics", ["ANE-01", "ARB-01", "QUA-01", "SPR-01"], "topics"),
        ("topics", ["NIX-99"], "topics"),
        ("other_topic", LONG, "other_topic"),
        ("questions", LONG, "questions"),
        ("windows", ["sun-eve"], "windows"),
        ("windows", ["1; DROP TABLE request"], "windows"),
        ("exact", ["wed 20:00-18:00"], "windows"),
        ("best", ["eve", "midnight"], "best"),
        ("period_from", "2027-02-30", "period_from"),
        ("period_from", "", "period_from"),
        ("period_to", "31.02.2027", "period_to"),
        ("period_to", "2027-01-10", "period_to"),
        ("period_to", "2030-01-10", "period_to"),
        ("off_from", ["2027-02-30", "2027-03-09"], "off_from-0"),
        ("off_to", ["2027-02-01", ""], "off_to-0"),
        ("off_from", ["2027-02-08"] * 50, "off_from-0"),
        ("other_times", LONG, "other_times"),
        ("mode", "", "mode"),
        ("mode", "phone", "mode"),
        ("needs_room", "maybe", "needs_room"),
        ("address", "", "address"),
        ("address", LONG, "address"),
        ("capacity", "-5", "capacity"),
        ("capacity", "999999999", "capacity"),
        ("step_free", "perhaps", "step_free"),
        ("people", "", "people"),
        ("people", "0", "people"),
        ("people", "-1", "people"),
        ("people", "NaN", "people"),
        ("people", "1e3", "people"),
        ("people", "٣", "people"),
        ("people", "zwanzig", "people"),
        ("people", "1001", "people"),
        ("womens_group", "x", "womens_group"),
        ("children", "viele", "children"),
        ("children", "201", "children"),
        ("language_1", "", "language_1"),
        ("language_1", "xx", "language_1"),
        ("language_2", "xx", "language_2"),
        ("language_2", "ar", "language_2"),
        ("language_3", "de-simple", "language_3"),
        ("interpreting", "", "interpreting"),
        ("interpreting", "always", "interpreting"),
    ],
)
def test_fault_is_found_at_its_field(field: str, typed: Any, at: str) -> None:
    changed = full(**{field: typed})
    found = {fault.field: fault.message for fault in faults(changed, OFFER)}
    assert list(found) == [at]
    assert check_step(step_with(at), changed, OFFER) == found
    label, _colon, remedy = found[at].partition(": ")
    assert label
    assert remedy


def test_period_that_is_over_is_refused() -> None:
    typed = full(period_from="2026-01-01", period_to="2026-12-27")
    assert list(check_step(STEPS[3], typed, OFFER)) == ["period_to"]


def test_own_words_do_instead_of_a_topic() -> None:
    assert faults(full(topics=[], other_topic="Rente"), OFFER) == []


def test_place_is_not_asked_for_online_talks_or_without_a_room() -> None:
    assert faults(full(mode="online", address=""), OFFER) == []
    assert faults(full(needs_room="yes", address=""), OFFER) == []


def test_german_and_browser_dates_mean_the_same() -> None:
    german = full(period_from="11.01.2027", period_to="31. 3. 2027")
    assert read_need(german, OFFER) == read_need(full(), OFFER)


def test_several_parts_of_the_day_may_suit_best() -> None:
    chosen = ["mon-am", "mon-pm", "mon-eve", "sat-am"]
    need = read_need(full(windows=chosen, best=["weekend", "eve"]), OFFER)
    assert [(row.starts.hour, row.preference) for row in need.windows] == [
        (10, 0),
        (15, 0),
        (18, 2),
        (11, 2),
    ]
    shown = typed_windows(need.windows)
    assert (shown["best"], shown["exact"]) == (["eve", "weekend"], [])


def test_draft_from_before_with_one_part_of_the_day_is_still_read() -> None:
    """Until then the form kept one text instead of a list."""
    need = read_need(full(windows=["mon-am", "mon-eve"], best="eve"), OFFER)
    assert [row.preference for row in need.windows] == [0, 2]
    assert faults(full(best=""), OFFER) == []


def test_need_holds_what_was_typed() -> None:
    need = read_need(full(), OFFER)
    assert need.topics == ("ARB-01", "ANE-01")
    assert need.languages == ("ar", "de-simple")
    assert [(row.weekday, row.preference) for row in need.windows] == [(0, 2), (5, 0)]
    assert need.days_off == (
        (date(2027, 2, 8), date(2027, 3, 8)),
        (date(2027, 3, 9), date(2027, 3, 9)),
    )
    assert (need.people, need.children, need.step_free, need.room_capacity) == (18, 4, True, 30)
    assert read_who(full(), OFFER).email == "amal@bruecke.example"


TEXTS = st.one_of(
    st.text(max_size=300),
    st.sampled_from(
        [
            "",
            "yes",
            "no",
            "2027-02-30",
            "2027-01-11",
            "NaN",
            "-1",
            "9" * 30,
            "ar",
            "08",
            "\x00\u2028",
        ]
    ),
)


@given(
    st.fixed_dictionaries(
        {},
        optional={name: st.one_of(TEXTS, st.lists(TEXTS, max_size=6)) for name in EVERY_FIELD},
    )
)
def test_nothing_typed_breaks_the_form(given_fields: dict[str, Any]) -> None:
    def values_of(name: str) -> list[str]:
        value = given_fields.get(name, [])
        return value if isinstance(value, list) else [value]

    typed: Typed = {}
    for step in STEPS:
        typed |= step.read(values_of)
        check_step(step, typed, OFFER)
    for fault in faults(typed, OFFER):
        assert step_with(fault.field) in STEPS
    read_need(typed, OFFER)
    read_who(typed, OFFER)
    list(check_extras(with_exact(typed), {}))


def test_flood_of_values_is_cut() -> None:
    typed = collect((), ("topics",), lambda _name: ["x"] * 5000)
    assert len(typed["topics"]) == MOST_VALUES


@given(
    st.one_of(st.none(), st.integers(0, 6)),
    st.times(),
    st.times(),
    st.integers(0, 3),
)
def test_exact_times_are_written_and_read_alike(
    weekday: int | None, starts: Any, ends: Any, preference: int
) -> None:
    starts, ends = (moment.replace(second=0, microsecond=0) for moment in (starts, ends))
    day = date(2027, 2, 3) if weekday is None else None
    window = Window(weekday, day, starts, ends, preference)
    in_order = starts < ends or (ends.hour, ends.minute) == (0, 0)
    assert read_exact(exact_text(window)) == (window if in_order else None)


def test_every_box_of_the_week_is_a_window() -> None:
    hours = {
        key: (row.starts.hour, row.ends.hour) for key in SLOTS if (row := window_of_slot(key, ""))
    }
    assert (hours["mon-am"], hours["fri-eve"], hours["sat-am"], hours["sun-pm"]) == (
        (10, 12),
        (18, 20),
        (11, 13),
        (15, 17),
    )
    assert len(hours) == 18


def test_topics_are_ordered_without_dragging() -> None:
    typed: Typed = {"topics": ["A", "B", "C"]}
    assert actions.press(typed, "up:C") == {"topics": ["A", "C", "B"]}
    assert actions.press(typed, "down:A") == {"topics": ["B", "A", "C"]}
    assert actions.press(typed, "up:A") == {"topics": ["A", "B", "C"]}
    assert actions.press(typed, "up:forged") == {"topics": ["A", "B", "C"]}
    assert actions.in_order(["A", "B", "C"], ["C", "A"]) == ["C", "A", "B"]


def test_days_off_are_added_and_taken_away() -> None:
    typed: Typed = {"off_from": ["2027-02-01"], "off_to": [""]}
    more = actions.press(typed, "add_day:")
    assert more == {"off_from": ["2027-02-01", ""], "off_to": ["", ""]}
    assert actions.press(more or {}, "remove_day:0") == {"off_from": [""], "off_to": [""]}
    assert actions.press(typed, "next") is None


def test_feast_copies_its_dates_and_nothing_else() -> None:
    ramadan = next(feast for feast in feasts() if feast.key == "ramadan-2027")
    typed = actions.press({"off_from": [""], "off_to": [""]}, "feast:ramadan-2027")
    assert typed == {"off_from": ["2027-02-08"], "off_to": ["2027-03-08"]}
    assert (ramadan.first, ramadan.last) == (date(2027, 2, 8), date(2027, 3, 8))
    assert actions.press(typed or {}, "feast:ramadan-2027") == typed
    assert actions.press({}, "feast:unknown") == {"off_from": [], "off_to": []}


def test_feasts_of_a_quarter_are_offered() -> None:
    keys = [feast.key for feast in feasts_between(date(2027, 1, 11), date(2027, 3, 31))]
    assert keys == ["lunar-new-year-2027", "ramadan-2027", "eid-al-fitr-2027", "nouruz-2027"]
