"""What lets a feed be kept as bytes: its age is known, and its address is put in when served."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.calendars.event import BERLIN, CalendarEvent, Status
from matchmaker.calendars.feed import FeedInfo, feed_bytes, listed_until, with_source

STAMP = datetime(2027, 1, 1, 12, tzinfo=UTC)
INFO = FeedInfo(name="Termine", url="")


def event(start: datetime, *, hours: int = 2, status: Status = Status.CONFIRMED) -> CalendarEvent:
    return CalendarEvent(
        uid="inv-1@arbeitsmarkt.example",
        sequence=0,
        stamp=STAMP,
        created=STAMP,
        last_modified=STAMP,
        start=start,
        end=start + timedelta(hours=hours),
        summary="Gespräch",
        status=status,
    )


starts = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001  # wall clock
    lambda moment: moment.replace(minute=0, second=0, microsecond=0)
)


@given(starts, st.integers(1, 30), st.sampled_from(Status))
def test_event_is_listed_until_the_day_said_and_not_after_it(
    start: datetime, hours: int, status: Status
) -> None:
    given_event = event(start, hours=hours, status=status)
    last = listed_until(given_event, BERLIN)
    for day, listed in ((last, True), (last + timedelta(days=1), False)):
        content = feed_bytes(INFO, [given_event], day).content
        assert (b"BEGIN:VEVENT" in content) is listed


def test_cancelled_event_stays_until_the_day_after_it() -> None:
    late = event(datetime(2027, 1, 19, 22), status=Status.CANCELLED)  # noqa: DTZ001  # wall clock
    assert listed_until(late, BERLIN) == date(2027, 1, 21)  # it ends at midnight of the 20th


def test_past_event_stays_ninety_days_over_the_change_of_the_clocks() -> None:
    winter = event(datetime(2027, 1, 19, 18))  # noqa: DTZ001  # wall clock
    assert listed_until(winter, BERLIN) == date(2027, 4, 19)


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_address_put_in_later_gives_the_same_bytes(path: str) -> None:
    url = f"https://termine.example/kalender/{path}"
    kept = feed_bytes(INFO, [], STAMP.date()).content
    assert with_source(kept, url) == feed_bytes(replace(INFO, url=url), [], STAMP.date()).content


def test_only_the_feed_s_own_address_is_put_in() -> None:
    hostile = replace(
        event(datetime.combine(date(2027, 1, 19), time(18))),
        description="x\r\nSOURCE;VALUE=URI:\r\nSOURCE;VALUE=URI:",
    )
    kept = feed_bytes(INFO, [hostile], STAMP.date()).content
    served = with_source(kept, "https://termine.example/kalender/1.ics")
    assert served.count(b"https://termine.example/kalender/1.ics") == 1
    assert served.index(b"https://termine") < served.index(b"BEGIN:VEVENT")
