"""When an edit sends a mail, and when it asks again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.calendars.event import (
    CalendarEvent,
    PartStat,
    Status,
    from_snapshot,
    to_snapshot,
)
from matchmaker.calendars.revision import Change, Revision, decide
from tests.calendars.samples import EVENT, STAMP, cancelled, event, wall

SENT = event(sequence=2, partstat=PartStat.ACCEPTED)
ASKED_AGAIN = (Change.MAJOR, 3, PartStat.NEEDS_ACTION)
ANSWER_STAYS = (Change.MINOR, 2, PartStat.ACCEPTED)
NOTHING = (Change.NONE, 2, PartStat.ACCEPTED)


@pytest.mark.parametrize(
    ("edit", "decision", "reasons"),
    [
        ({}, NOTHING, ()),
        ({"stamp": STAMP + timedelta(days=1)}, NOTHING, ()),
        ({"last_modified": STAMP + timedelta(days=1)}, NOTHING, ()),
        ({"sequence": 9, "partstat": PartStat.DECLINED}, NOTHING, ()),
        ({"location": " Karl-Marx-Straße 100,\n12043 Berlin"}, NOTHING, ()),
        ({"summary": "Neuer Titel"}, ANSWER_STAYS, ("summary",)),
        ({"description": "Neu"}, ANSWER_STAYS, ("description",)),
        ({"url": "https://arbeitsmarkt.example/8"}, ANSWER_STAYS, ("url",)),
        ({"attendee_name": "A. Koch"}, ANSWER_STAYS, ("attendee",)),
        ({"organizer_name": "VfA"}, ANSWER_STAYS, ("organizer",)),
        ({"start": wall(2027, 1, 19, 17)}, ASKED_AGAIN, ("time", "duration")),
        ({"end": wall(2027, 1, 19, 21)}, ASKED_AGAIN, ("duration",)),
        (
            {"start": wall(2027, 1, 20, 18), "end": wall(2027, 1, 20, 20)},
            ASKED_AGAIN,
            ("time",),
        ),
        (
            {"timezone": "Europe/Lisbon"},
            ASKED_AGAIN,
            ("time",),
        ),
        ({"timezone": "Europe/Paris"}, NOTHING, ()),
        ({"location": "Sonnenallee 1, 12047 Berlin"}, ASKED_AGAIN, ("venue",)),
        (
            {"location": "", "summary": "Neuer Titel"},
            ASKED_AGAIN,
            ("venue",),
        ),
        ({"status": Status.CANCELLED}, (Change.MAJOR, 3, PartStat.ACCEPTED), ("status",)),
    ],
)
def test_edit_is_weighed(
    edit: dict[str, Any], decision: tuple[Change, int, PartStat], reasons: tuple[str, ...]
) -> None:
    assert decide(SENT, replace(SENT, **edit), STAMP) == Revision(*decision, reasons)


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        (EVENT.end_utc - timedelta(seconds=1), Change.MAJOR),
        (EVENT.end_utc, Change.NONE),
        (EVENT.end_utc + timedelta(days=3), Change.NONE),
    ],
)
def test_nothing_is_sent_about_a_past_event(now: datetime, kind: Change) -> None:
    assert decide(SENT, replace(SENT, location="Anderswo"), now).kind == kind


def test_past_event_moved_into_the_future_is_sent() -> None:
    later = replace(SENT, start=wall(2027, 3, 1, 18), end=wall(2027, 3, 1, 20))
    assert decide(SENT, later, EVENT.end_utc + timedelta(days=3)).kind == Change.MAJOR


def test_cancelled_invitation_stays_cancelled() -> None:
    sent = cancelled()
    assert decide(sent, replace(sent, location="Anderswo"), STAMP).kind == Change.NONE
    with pytest.raises(ValueError, match="invite again under a new UID"):
        decide(sent, event(), STAMP)


def test_other_uid_is_no_revision() -> None:
    with pytest.raises(ValueError, match="is not a revision of"):
        decide(SENT, event(uid="other@x"), STAMP)


EDITS = st.sampled_from(
    [
        {"summary": "A"},
        {"summary": "B"},
        {"location": "A"},
        {"location": "B"},
        {"start": wall(2027, 1, 19, 17)},
        {"start": wall(2027, 1, 19, 18)},
        {"description": "C"},
        {},
    ]
)


@given(st.lists(EDITS, max_size=12))
def test_sequence_never_falls_and_rises_exactly_when_asked_again(
    edits: list[dict[str, Any]],
) -> None:
    sent = event()
    for edit in edits:
        new = replace(sent, **edit)
        revision = decide(sent, new, STAMP)
        asked_again = (new.start, new.location) != (sent.start, sent.location)
        assert revision.sequence - sent.sequence == int(asked_again)
        if revision.kind is not Change.NONE:
            sent = replace(new, sequence=revision.sequence, partstat=revision.partstat)


@pytest.mark.parametrize("sample", [EVENT, SENT, cancelled(timezone="Europe/Lisbon")])
def test_snapshot_gives_the_event_back(sample: CalendarEvent) -> None:
    assert from_snapshot(to_snapshot(sample)) == sample
