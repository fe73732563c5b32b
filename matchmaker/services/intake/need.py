"""A need: what was typed, read. And the other way round: a request as it would be typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from matchmaker.dates import read_day
from matchmaker.models import Request
from matchmaker.models.states import InterpretingNeed, MeetingMode
from matchmaker.services.intake.offer import Offer
from matchmaker.services.intake.typed import Typed, many, text
from matchmaker.services.intake.values import (
    NO,
    UNKNOWN,
    YES,
    day_rows,
    ticked,
    whole,
)
from matchmaker.services.intake.week import (
    BEST,
    PARTS,
    SLOTS,
    WEEKEND,
    Window,
    exact_text,
    part_of_slot,
    read_exact,
    slot_of_window,
    window_of_slot,
)
from matchmaker.text import clean_line, clean_text

_MODES = {mode.value: mode for mode in MeetingMode}
_INTERPRETING = {need.value: need for need in InterpretingNeed}


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who asks, as they wrote it; `district` is a number."""

    organisation: str
    name: str
    email: str
    phone: str | None
    district: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Everything else. `days_off` and the period are inclusive; numbers count people."""

    topics: tuple[str, ...]
    other_topic: str
    questions: str
    windows: tuple[Window, ...]
    date_from: date | None
    date_to: date | None
    days_off: tuple[tuple[date, date], ...]
    notes: str
    mode: MeetingMode
    address: str
    needs_room: bool
    room_capacity: int | None
    step_free: bool | None
    people: int
    womens_group: bool
    children: int
    languages: tuple[str, ...]
    interpreting: InterpretingNeed


def read_who(typed: Typed, offer: Offer) -> Who:
    district = text(typed, "district")
    return Who(
        organisation=clean_line(text(typed, "organisation")),
        name=clean_line(text(typed, "name")),
        email=clean_line(text(typed, "email")).lower(),
        phone=clean_line(text(typed, "phone")) or None,
        district=district if district in offer.districts else None,
    )


def read_need(typed: Typed, offer: Offer) -> Need:
    """What was typed, where it could be understood; run the checks first."""
    tags = (text(typed, f"language_{rank}") for rank in (1, 2, 3))
    meets = _MODES.get(text(typed, "mode"), MeetingMode.ONSITE)
    return Need(
        topics=_known(many(typed, "topics"), offer.topics),
        other_topic=clean_text(text(typed, "other_topic")),
        questions=clean_text(text(typed, "questions")),
        windows=_windows(typed),
        date_from=read_day(text(typed, "period_from")),
        date_to=read_day(text(typed, "period_to")),
        days_off=tuple(sorted({period for row in day_rows(typed) if (period := row.period())})),
        notes=clean_text(text(typed, "other_times")),
        mode=meets,
        address="" if meets is MeetingMode.ONLINE else clean_line(text(typed, "address")),
        needs_room=meets is not MeetingMode.ONLINE and ticked(typed, "needs_room"),
        room_capacity=whole(text(typed, "capacity")),
        step_free={YES: True, NO: False}.get(text(typed, "step_free")),
        people=whole(text(typed, "people")) or 0,
        womens_group=ticked(typed, "womens_group"),
        children=whole(text(typed, "children")) or 0,
        languages=_known(tags, offer.languages),
        interpreting=_INTERPRETING.get(text(typed, "interpreting"), InterpretingNeed.IF_NEEDED),
    )


def _known(values: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    allowed = set(known)
    return tuple(dict.fromkeys(value for value in values if value in allowed))


def _windows(typed: Typed) -> tuple[Window, ...]:
    best = many(typed, "best")
    slots = [key for key in many(typed, "windows") if key in SLOTS]
    exact = (read_exact(written) for written in many(typed, "exact"))
    windows = {window_of_slot(key, best) for key in slots} | {row for row in exact if row}
    return tuple(sorted(windows, key=Window.sort_key))


def typed_need(request: Request) -> Typed:
    """The request as its form would show it, all but who asks."""
    tags = [row.language_tag for row in request.languages]
    typed: Typed = {
        "topics": [row.topic_code for row in request.topics],
        "other_topic": request.other_topic,
        "questions": request.questions,
        "period_from": _day(request.date_from),
        "period_to": _day(request.date_to),
        "off_from": [_day(row.first_day) for row in request.days_off],
        "off_to": [_day(row.last_day) for row in request.days_off],
        "other_times": request.notes,
        "mode": request.mode.value,
        "needs_room": YES if request.needs_room else NO,
        "address": request.address,
        "capacity": _number(request.room_capacity),
        "step_free": {True: YES, False: NO, None: UNKNOWN}[request.step_free],
        "people": _number(request.people or None),
        "womens_group": YES if request.womens_group else NO,
        "children": _number(request.children or None),
        "interpreting": request.interpreting.value,
    }
    for rank in (1, 2, 3):
        typed[f"language_{rank}"] = tags[rank - 1] if rank <= len(tags) else ""
    return typed | typed_windows([Window.of(row) for row in request.windows])


def typed_windows(windows: Iterable[Window]) -> Typed:
    """Boxes where the form has some, exact times for everything else."""
    windows = sorted(windows, key=Window.sort_key)
    slots = {key: window for window in windows if (key := slot_of_window(window))}
    best = _best(slots)
    boxes = [key for key, window in slots.items() if window == window_of_slot(key, best)]
    shown = {slots[key] for key in boxes}
    return {
        "windows": boxes,
        "best": best,
        "exact": [exact_text(window) for window in windows if window not in shown],
    }


def _best(slots: dict[str, Window]) -> list[str]:
    """The parts of the day, and the weekend, with windows that suit best."""
    preferred = {part_of_slot(key) for key, row in slots.items() if row.preference == BEST}
    return [part for part in (*PARTS, WEEKEND) if part in preferred]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _number(number: int | None) -> str:
    return "" if number is None else str(number)
