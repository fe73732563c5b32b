"""A need written into its request, and what of it has changed."""

from __future__ import annotations

from datetime import date, time
from enum import Enum
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.models import (
    Organisation,
    Person,
    Request,
    RequestDayOff,
    RequestLanguage,
    RequestTopic,
    RequestWindow,
)
from matchmaker.services.intake.hosts import find_or_add_venue
from matchmaker.services.intake.need import Need, Who
from matchmaker.services.intake.week import Window, exact_text

PLAIN = (
    "other_topic",
    "questions",
    "notes",
    "date_from",
    "date_to",
    "mode",
    "address",
    "needs_room",
    "room_capacity",
    "step_free",
    "people",
    "womens_group",
    "children",
    "interpreting",
)
BY_COORDINATION = ("minutes", "max_speakers", "interpreters_needed", "priority")
NOTED = ("coordination_notes", "state_reason")


def put_host(request: Request, organisation: Organisation, contact: Person, who: Who) -> None:
    request.organisation, request.contact = organisation, contact
    request.district_nr = who.district or organisation.district_nr


def put_need(session: Session, request: Request, need: Need, *, adds_room: bool) -> None:
    """Replace everything that the association says; its association must be known.

    `adds_room`: an address that is new becomes one of the association's rooms.
    """
    for name in PLAIN:
        setattr(request, name, getattr(need, name))
    if request.organisation is not None:
        request.venue = find_or_add_venue(
            session, request.organisation, need, request.district_nr, may_add=adds_room
        )
    _put_topics(request, need.topics)
    _put_languages(request, need.languages)
    put_windows(request, need.windows)
    _put_days_off(request, need.days_off)


def _put_topics(request: Request, codes: tuple[str, ...]) -> None:
    rows = {row.rank: row for row in request.topics}
    request.topics = [rows.get(rank) or RequestTopic(rank=rank) for rank in _ranks(codes)]
    for row, code in zip(request.topics, codes, strict=True):
        row.topic_code = code


def _put_languages(request: Request, tags: tuple[str, ...]) -> None:
    rows = {row.rank: row for row in request.languages}
    request.languages = [rows.get(rank) or RequestLanguage(rank=rank) for rank in _ranks(tags)]
    for row, tag in zip(request.languages, tags, strict=True):
        row.language_tag = tag


def _ranks(values: tuple[str, ...]) -> range:
    return range(1, len(values) + 1)


def put_windows(request: Request, windows: tuple[Window, ...]) -> None:
    known = {Window.of(row): row for row in request.windows}
    request.windows = [
        known.get(window)
        or RequestWindow(
            weekday=window.weekday,
            day=window.day,
            starts=window.starts,
            ends=window.ends,
            preference=window.preference,
        )
        for window in windows
    ]


def _put_days_off(request: Request, periods: tuple[tuple[date, date], ...]) -> None:
    known = {(row.first_day, row.last_day): row for row in request.days_off}
    request.days_off = [
        known.get(period) or RequestDayOff(first_day=period[0], last_day=period[1])
        for period in periods
    ]


def snapshot(request: Request) -> dict[str, Any]:
    """The request as JSON values, to be compared and kept in the audit log."""
    facts: dict[str, Any] = {
        name: _plain(getattr(request, name)) for name in (*PLAIN, *BY_COORDINATION, *NOTED)
    }
    wishes = sorted(request.speaker_wishes, key=lambda row: row.person_id)
    return facts | {
        "organisation": request.organisation.code if request.organisation else None,
        "contact": request.contact.code if request.contact else None,
        "district": request.district_nr,
        "topics": [row.topic_code for row in sorted(request.topics, key=lambda row: row.rank)],
        "languages": [
            row.language_tag for row in sorted(request.languages, key=lambda row: row.rank)
        ],
        "windows": sorted(exact_text(Window.of(row)) for row in request.windows),
        "days_off": sorted(f"{row.first_day}/{row.last_day}" for row in request.days_off),
        "wanted_speakers": [row.person_id for row in wishes if row.wanted],
        "unwanted_speakers": [row.person_id for row in wishes if not row.wanted],
    }


def differences(
    before: dict[str, Any], after: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what differs, as it was and as it is."""
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in changed}, {name: after[name] for name in changed}


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date | time) else value
