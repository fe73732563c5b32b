from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from matchmaker.models import AvailabilityRule, AvailabilitySpan, BusyInterval, Profile
from matchmaker.models.states import AvailabilityKind, BusyKind, BusySource
from matchmaker.services.times.expansion import (
    FreeTime,
    free_time,
    local_interval,
    merged,
    without,
)

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY, SUNDAY = date(2027, 1, 11), date(2027, 1, 17)
AVAILABLE, AVOID, OFF = AvailabilityKind.AVAILABLE, AvailabilityKind.AVOID, AvailabilityKind.OFF


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime.fromisoformat(f"2027-01-{day:02d}T{hour:02d}:{minute:02d}")


def rule(weekday: int, first: int, last: int, kind: Any = AVAILABLE, **facts: Any) -> Any:
    return AvailabilityRule(
        kind=kind, weekday=weekday, starts=time(first), ends=time(last % 24), **facts
    )


def span(first: date, last: date, kind: Any, starts: Any = None, ends: Any = None) -> Any:
    return AvailabilitySpan(kind=kind, first_day=first, last_day=last, starts=starts, ends=ends)


def busy(starts_at: datetime, ends_at: datetime, kind: BusyKind = BusyKind.BUSY) -> BusyInterval:
    return BusyInterval(starts_at=starts_at, ends_at=ends_at, kind=kind, source=BusySource.MANUAL)


def expand(
    rules: list[Any],
    spans: list[Any] | None = None,
    *,
    taken: list[BusyInterval] | None = None,
    school: frozenset[date] = frozenset(),
    first: date = MONDAY,
    last: date = SUNDAY,
    **profile: Any,
) -> FreeTime:
    person = Profile(kind="speaker", rules=rules, spans=spans or [], **profile)
    return free_time(person, taken or [], first=first, last=last, school=school, zone=BERLIN)


def test_a_weekly_rule_holds_on_its_weekday_in_the_period() -> None:
    found = expand([rule(1, 18, 20)], last=date(2027, 1, 24))
    assert found.available == ((at(12, 18), at(12, 20)), (at(19, 18), at(19, 20)))


def test_a_rule_that_ends_at_midnight_lasts_to_the_end_of_the_day() -> None:
    assert expand([rule(1, 18, 24)]).available == ((at(12, 18), at(13, 0)),)


def test_a_rule_holds_only_between_its_first_and_last_day() -> None:
    until = expand([rule(1, 18, 20, valid_to=date(2027, 1, 12))], last=date(2027, 1, 24))
    since = expand([rule(1, 18, 20, valid_from=date(2027, 1, 13))], last=date(2027, 1, 24))
    assert until.available == ((at(12, 18), at(12, 20)),)
    assert since.available == ((at(19, 18), at(19, 20)),)


def test_a_rule_that_ends_before_it_starts_gives_nothing() -> None:
    assert expand([rule(1, 20, 18)]).available == ()


def test_touching_and_overlapping_times_become_one() -> None:
    found = expand([rule(1, 16, 18), rule(1, 18, 20), rule(1, 17, 19)])
    assert found.available == ((at(12, 16), at(12, 20)),)


def test_a_single_day_adds_time() -> None:
    extra = span(date(2027, 1, 14), date(2027, 1, 14), AVAILABLE, time(10), time(12))
    assert expand([], [extra]).available == ((at(14, 10), at(14, 12)),)


def test_a_day_off_wins_over_rules_and_extra_time() -> None:
    extra = span(date(2027, 1, 12), date(2027, 1, 12), AVAILABLE, time(10), time(12))
    off = span(date(2027, 1, 12), date(2027, 1, 12), OFF)
    assert expand([rule(1, 18, 20)], [extra, off]).available == ()


def test_hours_off_cut_an_evening_in_two() -> None:
    off = span(date(2027, 1, 12), date(2027, 1, 12), OFF, time(18), time(19))
    found = expand([rule(1, 16, 22)], [off])
    assert found.available == ((at(12, 16), at(12, 18)), (at(12, 19), at(12, 22)))


def test_a_weekly_rule_can_take_time_away() -> None:
    found = expand([rule(1, 16, 22), rule(1, 20, 22, OFF)])
    assert found.available == ((at(12, 16), at(12, 20)),)


def test_busy_time_is_cut_out_in_local_time() -> None:
    meeting = busy(datetime(2027, 1, 12, 17, 0, tzinfo=UTC), datetime(2027, 1, 12, 18, tzinfo=UTC))
    found = expand([rule(1, 16, 22)], taken=[meeting])
    assert found.available == ((at(12, 16), at(12, 18)), (at(12, 19), at(12, 22)))


def test_doubtful_calendar_entries_are_only_avoided() -> None:
    doubtful = busy(
        datetime(2027, 1, 12, 17, 0, tzinfo=UTC),
        datetime(2027, 1, 12, 18, tzinfo=UTC),
        BusyKind.AVOID,
    )
    found = expand([rule(1, 16, 22)], taken=[doubtful])
    assert found == FreeTime(((at(12, 16), at(12, 22)),), ((at(12, 18), at(12, 19)),))


def test_busy_time_outside_the_period_is_passed_over() -> None:
    before = busy(
        datetime(2027, 1, 4, 8, tzinfo=UTC), datetime(2027, 1, 4, 9, tzinfo=UTC), BusyKind.AVOID
    )
    assert expand([rule(1, 16, 22)], taken=[before]).avoid == ()


def test_school_holidays_off_take_the_weekly_times_of_those_days() -> None:
    school = frozenset({date(2027, 1, 12)})
    assert expand([rule(1, 18, 20)], school=school, school_holidays_off=True).available == ()
    assert expand([rule(1, 18, 20)], school=school).available == ((at(12, 18), at(12, 20)),)


def test_a_single_date_counts_even_in_school_holidays() -> None:
    extra = span(date(2027, 1, 12), date(2027, 1, 12), AVAILABLE, time(10), time(12))
    school = frozenset({date(2027, 1, 12)})
    found = expand([rule(1, 18, 20)], [extra], school=school, school_holidays_off=True)
    assert found.available == ((at(12, 10), at(12, 12)),)


def test_times_to_avoid_come_from_rules_and_spans() -> None:
    whole = span(date(2027, 1, 13), date(2027, 1, 13), AVOID)
    found = expand([rule(1, 18, 20, AVOID)], [whole])
    assert found.avoid == ((at(12, 18), at(12, 20)), (at(13, 0), at(14, 0)))


def test_local_interval_is_widened_to_whole_minutes() -> None:
    start = datetime(2027, 1, 12, 17, 0, 30, tzinfo=UTC)
    assert local_interval(start, start.replace(second=40), BERLIN) == (at(12, 18), at(12, 18, 1))


def test_local_interval_keeps_its_length_when_the_clocks_go_back() -> None:
    start = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)  # 02:30, for the first time
    end = datetime(2027, 10, 31, 1, 15, tzinfo=UTC)  # 02:15, for the second
    assert local_interval(start, end, BERLIN) == (
        datetime.fromisoformat("2027-10-31T02:30"),
        datetime.fromisoformat("2027-10-31T03:15"),
    )


def test_merged_orders_and_joins() -> None:
    assert merged([(at(12, 3), at(12, 4)), (at(12, 1), at(12, 2)), (at(12, 2), at(12, 3))]) == [
        (at(12, 1), at(12, 4))
    ]


def test_without_leaves_what_is_not_taken() -> None:
    day = [(at(12, 8), at(12, 20))]
    assert without(day, [(at(12, 6), at(12, 9)), (at(12, 19), at(12, 22))]) == [
        (at(12, 9), at(12, 19))
    ]
    assert without(day, [(at(12, 0), at(13, 0))]) == []
    assert without(day, [(at(12, 20), at(12, 22))]) == day
