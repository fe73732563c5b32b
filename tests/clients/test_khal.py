"""khal keeps one entry for an invitation, whatever happens to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from matchmaker.calendars.download import file_bytes
from matchmaker.calendars.invite import cancel_bytes, request_bytes
from tests.calendars.samples import cancelled, event, wall
from tests.clients.khal import Khal
from tests.clients.programs import python_program

MOVED = event(sequence=1, start=wall(2027, 3, 28, 18), end=wall(2027, 3, 28, 20))


@pytest.fixture
def khal(tmp_path: Path) -> Khal:
    python_program("khal")
    return Khal(tmp_path)


def test_one_entry_over_update_and_cancellation(khal: Khal) -> None:
    khal.take(request_bytes(event()))
    (first,) = khal.entries()
    assert (first.uid, first.start, first.end) == (
        event().uid,
        "2027-01-19 18:00",
        "2027-01-19 20:00",
    )
    assert (first.title, first.location) == (event().summary, event().location)
    khal.take(request_bytes(MOVED))
    (moved,) = khal.entries()
    assert (moved.uid, moved.start, moved.end) == (
        event().uid,
        "2027-03-28 18:00",
        "2027-03-28 20:00",
    )
    khal.take(cancel_bytes(replace(cancelled(), start=MOVED.start, end=MOVED.end, sequence=2)))
    (gone,) = khal.entries()
    assert (gone.uid, gone.start, gone.status) == (event().uid, moved.start, "CANCELLED")


def test_downloaded_file_and_invitation_are_one_entry(khal: Khal) -> None:
    khal.take(file_bytes(event()))
    khal.take(request_bytes(MOVED))
    khal.take(request_bytes(event(uid="another@x")))
    assert sorted((one.uid, one.start) for one in khal.entries()) == [
        ("another@x", "2027-01-19 18:00"),
        (event().uid, "2027-03-28 18:00"),
    ]
