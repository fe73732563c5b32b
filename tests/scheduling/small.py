"""One small problem that a test varies: everything about it is allowed until the test says not."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from matchmaker.scheduling.problem import (
    Assignment,
    Interpreter,
    Mode,
    Organisation,
    Problem,
    Request,
    Speaker,
    Travel,
    Window,
)

EVENINGS = ("2027-01-12", "2027-01-13", "2027-01-19", "2027-01-20", "2027-02-02")


def when(text: str) -> datetime:
    return datetime.fromisoformat(text)


def evening(day: str, start: str = "16:00", end: str = "22:00") -> tuple[datetime, datetime]:
    return when(f"{day}T{start}"), when(f"{day}T{end}")


def windows(*days: str, preference: int = 0) -> tuple[Window, ...]:
    return tuple(Window(*evening(day), preference) for day in days)


def speaker(name: str = "R1", **fields: Any) -> Speaker:
    usual: dict[str, Any] = {
        "languages": ("de",),
        "home": "01",
        "available": tuple(map(evening, EVENINGS)),
        "modes": (Mode.ONSITE, Mode.ONLINE),
        "topics": {"T1": 3},
        "max_per_day": 5,
    }
    return Speaker(id=name, **{**usual, **fields})


def interpreter(name: str = "S1", **fields: Any) -> Interpreter:
    usual: dict[str, Any] = {
        "languages": ("ar",),
        "home": "01",
        "available": tuple(map(evening, EVENINGS)),
        "modes": (Mode.ONSITE, Mode.ONLINE),
        "max_per_day": 5,
    }
    return Interpreter(id=name, **{**usual, **fields})


def request(name: str = "A1", organisation: str = "MO1", **fields: Any) -> Request:
    usual: dict[str, Any] = {
        "topics": ("T1",),
        "languages": ("de",),
        "minutes": 120,
        "windows": windows(*EVENINGS),
        "district": "01",
    }
    return Request(id=name, organisation=organisation, **{**usual, **fields})


def talk(name: str = "A1", start: str = "2027-01-12T17:00", **fields: Any) -> Assignment:
    usual: dict[str, Any] = {"mode": Mode.ONSITE, "language": "de", "speakers": ("R1",)}
    return Assignment(request=name, start=when(start), **{**usual, **fields})


def problem(**fields: Any) -> Problem:
    """Requests A1 of MO1 and A2 of MO2, speakers R1 and R2, interpreter S1, five evenings."""
    usual: dict[str, Any] = {
        "timezone": "Europe/Berlin",
        "now": when("2026-12-01T09:00"),
        "first_day": date(2027, 1, 11),
        "last_day": date(2027, 2, 28),
        "start_grid_minutes": 30,
        "travel": Travel(60, 15, {"01": {"01": 20, "02": 30}, "02": {"01": 45, "02": 20}}),
        "organisations": (Organisation("MO1"), Organisation("MO2")),
        "speakers": (speaker(), speaker("R2")),
        "interpreters": (interpreter(),),
        "requests": (request(), request("A2", "MO2")),
    }
    return Problem(**{**usual, **fields})
