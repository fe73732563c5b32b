"""When reminders are due, on the wall clock and over the days when clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.models.states import ReminderKind
from matchmaker.services.reminding.moments import evening, is_night, morning
from matchmaker.services.reminding.rules import ReminderRules
from matchmaker.services.reminding.schedule import Asked, coming

BERLIN = ZoneInfo("Europe/Berlin")
moments = st.datetimes(
    datetime(2027, 1, 1),  # noqa: DTZ001  # drawn in UTC
    datetime(2028, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def asked(start: str, **facts: object) -> Asked:
    given = {"starts_at": local(start).astimezone(UTC), "sequence": 0, "asked_at": None}
    return Asked(**(given | facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("talk", "due"),
    [
        ("2027-03-30 18:00", "2027-03-27T08:00"),  # the day before the clocks go forward
        ("2027-03-31 18:00", "2027-03-28T07:00"),  # the day itself
        ("2027-04-01 18:00", "2027-03-29T07:00"),
        ("2027-11-02 18:00", "2027-10-30T07:00"),  # the day before they go back
        ("2027-11-03 18:00", "2027-10-31T08:00"),  # the day itself
        ("2027-11-04 00:30", "2027-11-01T08:00"),  # just after midnight, the day before in UTC
    ],
)
def test_reminder_is_due_at_nine_whatever_the_clocks_do(talk: str, due: str) -> None:
    (reminder,) = coming(asked(talk), ReminderRules(), BERLIN)
    assert reminder.due_at == datetime.fromisoformat(due).replace(tzinfo=UTC)


@given(moments)
def test_night_ends_before_the_morning_and_begins_in_the_evening(now: datetime) -> None:
    clock = now.astimezone(BERLIN)
    assert is_night(now, BERLIN) == (not 8 <= clock.hour < 21)
    ends = evening(now, BERLIN)
    assert now < ends <= now + timedelta(hours=25)
    assert ends.astimezone(BERLIN).hour == 21
    assert not is_night(ends - timedelta(seconds=1), BERLIN)
    assert is_night(ends, BERLIN)


@given(st.dates(date(2027, 1, 1), date(2028, 1, 1)))
def test_mornings_are_never_at_night(day: date) -> None:
    assert not is_night(morning(day, BERLIN), BERLIN)


def test_missing_answer_is_asked_for_some_days_after_the_question() -> None:
    rules = ReminderRules(answer_days=4, answer_times=2)
    first = asked("2027-02-16 18:00", asked_at=local("2027-01-04 15:20"))
    answer = [row for row in coming(first, rules, BERLIN) if row.kind is ReminderKind.ANSWER]
    assert [(row.step, row.due_at) for row in answer] == [(1, local("2027-01-08 09:00"))]
    again = asked(
        "2027-02-16 18:00",
        asked_at=local("2027-01-04 15:20"),
        reminded_at=[local("2027-01-11 10:00")],  # three days late
        last_step=1,
    )
    (_, second) = coming(again, rules, BERLIN)
    assert (second.step, second.due_at) == (2, local("2027-01-15 09:00"))


def test_reminder_of_the_talk_asks_as_well_so_no_other_comes_after_it() -> None:
    late = asked("2027-01-12 18:00", asked_at=local("2027-01-06 10:00"))
    assert [row.kind for row in coming(late, ReminderRules(), BERLIN)] == [ReminderKind.TALK]


def test_rules_can_turn_both_off() -> None:
    question = asked("2027-02-16 18:00", asked_at=local("2027-01-04 15:20"))
    assert coming(question, ReminderRules(talk_days=0, answer_times=0), BERLIN) == []
