"""A need in the reader's words: the same for the form, its summary, the status and the lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from babel.dates import get_day_names

from matchmaker.dates import read_day
from matchmaker.i18n import format_time_range, language_name
from matchmaker.models import Language, Topic, TopicArea
from matchmaker.services.intake.offer import Offer
from matchmaker.services.intake.typed import Typed, many, text
from matchmaker.services.intake.values import day_rows
from matchmaker.services.intake.week import (
    SLOTS,
    WEEKEND,
    Window,
    read_exact,
    slot_of_window,
    window_of_slot,
)
from matchmaker.web.i18n import day, locale
from matchmaker.web.texts import _, ngettext


@dataclass(frozen=True, slots=True)
class Line:
    """One answer of the form: the step that asks for it and what stands there."""

    step: int
    field: str
    label: str
    values: tuple[str, ...]


def weekdays() -> list[str]:
    """Monday first."""
    names = get_day_names("wide", locale=locale())
    return [str(names[number]) for number in range(7)]


def part_words() -> dict[str, str]:
    return {"am": _("Morning"), "pm": _("Afternoon"), "eve": _("Evening")}


def best_words() -> dict[str, str]:
    return {
        "am": _("In the morning"),
        "pm": _("In the afternoon"),
        "eve": _("In the evening"),
        WEEKEND: _("At the weekend"),
    }


def mode_words() -> dict[str, str]:
    return {"onsite": _("At our place"), "online": _("Online, by video"), "either": _("Both suit")}


def yes_no() -> dict[str, str]:
    return {"yes": _("Yes"), "no": _("No")}


def step_free_words() -> dict[str, str]:
    return {
        "yes": _("Yes, without steps"),
        "no": _("No, there are steps"),
        "unknown": _("Not sure"),
    }


def interpreting_words() -> dict[str, str]:
    return {
        "if_needed": _("Yes, if the expert does not speak the language"),
        "never": _("No, we do not want interpreting"),
    }


def hours(key: str) -> str:
    """`10–12` for a box of the week."""
    _weekday, starts, ends = SLOTS[key]
    return f"{starts.hour}–{ends.hour}"


def window_words(window: Window) -> str:
    """`Mittwoch, 17:00–20:00 Uhr`."""
    on = day(window.day) if window.day else weekdays()[window.weekday or 0]
    words = f"{on}, {format_time_range(window.starts, window.ends, locale())}"
    best = {1: _("suits well"), 2: _("suits best"), 3: _("suits best of all")}
    return f"{words} ({best[window.preference]})" if window.preference else words


def windows_words(windows: Iterable[Window]) -> list[str]:
    """By weekday; boxes of the form by the name of their part of the day."""
    words = part_words()
    by_day: dict[int, list[str]] = {}
    rest = []
    for window in sorted(windows, key=Window.sort_key):
        key = slot_of_window(window)
        if key is None or window.weekday is None:
            rest.append(window_words(window))
            continue
        part = f"{words[key.partition('-')[2]]} {hours(key)}"
        by_day.setdefault(window.weekday, []).append(part)
    return [f"{weekdays()[number]}: {', '.join(parts)}" for number, parts in by_day.items()] + rest


def topic_question(topic: Topic) -> str:
    """How members would ask it."""
    return topic.question_in(locale()) or topic_name(topic)


def topic_name(topic: Topic) -> str:
    return topic.name_in(locale())


def area_name(area: TopicArea) -> str:
    return area.name_in(locale())


def language_label(row: Language) -> str:
    """`العربية – Arabisch`: the name that speakers of the language look for, and the reader's."""
    name = language_name(row.tag, locale())
    return row.autonym if row.autonym == name else f"{row.autonym} – {name}"


def period_words(first: str, last: str) -> str:
    """A typed period, as far as it can be read."""
    days = [read_day(written) for written in (first, last)]
    shown = [day(one) if one else written for one, written in zip(days, (first, last), strict=True)]
    return " – ".join(dict.fromkeys(filter(None, shown)))


def lines(typed: Typed, offer: Offer, *, own: bool = True) -> list[Line]:
    """Every answer, in the order of the steps, without values where nothing was said.

    `own`: the reader is who asks; otherwise it is the coordination.
    """
    return [
        *_who(typed, offer, own),
        *_wishes(typed, offer, own),
        *_when(typed),
        *_rest(typed, offer),
    ]


def _line(step: int, field: str, label: str, *values: str) -> Line:
    return Line(step, field, label, tuple(value for value in values if value))


def _who(typed: Typed, offer: Offer, own: bool) -> list[Line]:
    district = offer.districts.get(text(typed, "district"))
    return [
        _line(1, "organisation", _("Association"), text(typed, "organisation")),
        _line(1, "name", _("Your name") if own else _("Contact"), text(typed, "name")),
        _line(1, "email", _("E-mail"), text(typed, "email")),
        _line(1, "phone", _("Phone"), text(typed, "phone")),
        _line(1, "district", _("District"), district.name if district else ""),
    ]


def _wishes(typed: Typed, offer: Offer, own: bool) -> list[Line]:
    asked = _("Questions of your members") if own else _("Questions of the members")
    codes = [code for code in many(typed, "topics") if code in offer.topics]
    numbered = [
        f"{rank}. {topic_question(offer.topics[code])}"
        if len(codes) > 1
        else topic_question(offer.topics[code])
        for rank, code in enumerate(codes, 1)
    ]
    return [
        _line(2, "topics", _("Questions"), *numbered),
        _line(2, "other_topic", _("Something else"), text(typed, "other_topic")),
        _line(3, "questions", asked, *_rows(text(typed, "questions"))),
    ]


def _when(typed: Typed) -> list[Line]:
    exact = [window for written in many(typed, "exact") if (window := read_exact(written))]
    boxes = [window_of_slot(key) for key in many(typed, "windows") if key in SLOTS]
    best = [best_words()[part] for part in many(typed, "best") if part in best_words()]
    off = [period_words(row.first, row.last) for row in day_rows(typed) if not row.is_empty]
    return [
        _line(4, "windows", _("Days and times"), *windows_words([*boxes, *exact])),
        _line(4, "best", _("What suits best"), ", ".join(best)),
        _line(
            4,
            "period_from",
            _("Period"),
            period_words(text(typed, "period_from"), text(typed, "period_to")),
        ),
        _line(4, "off_from-0", _("Days that do not suit"), *off),
        _line(4, "other_times", _("Other times"), *_rows(text(typed, "other_times"))),
    ]


def _rest(typed: Typed, offer: Offer) -> list[Line]:
    meets, no_room = text(typed, "mode") != "online", text(typed, "needs_room") == "yes"
    capacity, children = text(typed, "capacity"), text(typed, "children")
    people = text(typed, "people")
    place = _("No room yet. We look for one together.") if no_room else text(typed, "address")
    steps = step_free_words().get(text(typed, "step_free"), "") if meets else ""
    languages = [text(typed, f"language_{rank}") for rank in (1, 2, 3)]
    return [
        _line(5, "mode", _("Way of meeting"), mode_words().get(text(typed, "mode"), "")),
        _line(5, "address", _("Place"), place if meets else ""),
        _line(5, "capacity", _("Size of the room"), counted_people(capacity) if meets else ""),
        _line(5, "step_free", _("Without steps"), steps),
        _line(6, "people", _("People"), counted_people(people)),
        _line(6, "womens_group", _("Only women"), yes_no().get(text(typed, "womens_group"), "")),
        _line(6, "children", _("Children"), "" if children == "0" else children),
        _line(
            7,
            "language_1",
            _("Language"),
            *(language_name(tag, locale()) for tag in languages if tag in offer.languages),
        ),
        _line(
            7,
            "interpreting",
            _("Interpreting"),
            interpreting_words().get(text(typed, "interpreting"), ""),
        ),
    ]


def counted_people(written: str) -> str:
    """`15 Personen`; what is no number stays as it was typed."""
    if written.isascii() and written.isdigit() and len(written) < 7:
        return ngettext("%(num)s person", "%(num)s people", int(written))
    return written


def _rows(written: str) -> list[str]:
    return [row for row in written.split("\n") if row.strip()]
