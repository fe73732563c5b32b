from __future__ import annotations

from datetime import date

from matchmaker.services.house.planning_rules import PlanningRules
from matchmaker.services.times.calendar_days import (
    calendar_days,
    closed_names,
    days_of_week,
    periods,
    school_names,
)

RULES = PlanningRules()


def test_the_demo_quarter_closes_three_days() -> None:
    found = calendar_days(date(2027, 1, 11), date(2027, 3, 31), RULES)
    assert found.closed == {date(2027, 3, 8), date(2027, 3, 26), date(2027, 3, 29)}


def test_christmas_eve_and_new_years_eve_are_closed_every_year() -> None:
    found = calendar_days(date(2026, 12, 20), date(2027, 1, 3), RULES)
    assert found.closed == {
        date(2026, 12, 24),
        date(2026, 12, 25),
        date(2026, 12, 26),
        date(2026, 12, 31),
        date(2027, 1, 1),
    }


def test_one_off_holidays_of_berlin_are_known() -> None:
    names = closed_names(date(2028, 6, 1), date(2028, 6, 30), "BE", "de")
    assert list(names) == [date(2028, 6, 5), date(2028, 6, 17)]


def test_school_holidays_of_the_quarter_are_those_that_the_schools_publish() -> None:
    found = calendar_days(date(2027, 1, 11), date(2027, 3, 31), RULES)
    assert periods(found.school) == [
        (date(2027, 2, 1), date(2027, 2, 6)),
        (date(2027, 3, 22), date(2027, 3, 31)),
    ]


def test_the_dearest_cause_counts_and_closed_days_cost_nothing() -> None:
    found = calendar_days(date(2027, 3, 22), date(2027, 3, 31), RULES)
    assert found.discouraged[date(2027, 3, 25)] == RULES.school_holiday_points  # an eve as well
    assert date(2027, 3, 26) not in found.discouraged


def test_a_day_before_a_holiday_is_discouraged() -> None:
    found = calendar_days(date(2027, 3, 1), date(2027, 3, 14), RULES)
    assert found.discouraged == {date(2027, 3, 7): RULES.holiday_eve_points}


def test_a_working_day_between_holiday_and_weekend_is_a_bridge() -> None:
    found = calendar_days(date(2027, 5, 1), date(2027, 5, 31), RULES)
    assert found.bridges == {date(2027, 5, 7)}  # Ascension Day is Thursday the 6th


def test_a_holiday_just_outside_the_period_still_makes_a_bridge() -> None:
    found = calendar_days(date(2027, 5, 7), date(2027, 5, 7), RULES)
    assert found.bridges == {date(2027, 5, 7)}


def test_points_of_zero_discourage_nothing() -> None:
    free = PlanningRules(school_holiday_points=0, bridge_day_points=0, holiday_eve_points=0)
    assert calendar_days(date(2027, 1, 11), date(2027, 3, 31), free).discouraged == {}


def test_school_holidays_are_known_to_the_end_of_the_demo_quarter() -> None:
    found = calendar_days(date(2027, 1, 11), date(2027, 3, 31), RULES)
    assert found.school_unknown_from is None


def test_a_period_after_the_last_published_school_holidays_says_so() -> None:
    found = calendar_days(date(2039, 1, 1), date(2039, 3, 31), RULES)
    assert found.school_unknown_from == date(2039, 1, 1)


def test_a_period_that_runs_past_the_published_holidays_says_from_when() -> None:
    last_known = max(school_names(date(2029, 1, 1), date(2029, 12, 31), "BE"))
    found = calendar_days(date(2029, 7, 1), date(2039, 12, 31), RULES)
    assert found.school_unknown_from is not None
    assert found.school_unknown_from > last_known


def test_holidays_have_names_in_both_languages() -> None:
    german = closed_names(date(2026, 12, 24), date(2027, 1, 1), "BE", "de")
    english = closed_names(date(2026, 12, 24), date(2027, 1, 1), "BE", "en")
    assert german[date(2026, 12, 24)] == "Heiligabend"
    assert english[date(2027, 1, 1)] == "New Year's Day"


def test_another_state_has_other_holidays() -> None:
    assert date(2027, 3, 8) not in closed_names(date(2027, 3, 1), date(2027, 3, 31), "BY", "de")


def test_days_of_week_begin_with_the_first_in_the_period() -> None:
    assert list(days_of_week(0, date(2027, 1, 12), date(2027, 1, 25))) == [
        date(2027, 1, 18),
        date(2027, 1, 25),
    ]


def test_days_of_week_of_a_short_period_may_be_none() -> None:
    assert list(days_of_week(0, date(2027, 1, 12), date(2027, 1, 13))) == []
