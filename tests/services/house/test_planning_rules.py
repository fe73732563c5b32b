from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from matchmaker.services.desk import Desk
from matchmaker.services.errors import Invalid
from matchmaker.services.house.planning_rules import (
    PlanningRules,
    change_planning_rules,
    planning_rules,
)


def test_without_a_setting_the_usual_rules_hold(session: Session) -> None:
    assert planning_rules(session) == PlanningRules()


def test_a_change_keeps_the_other_rules(session: Session, desk: Desk) -> None:
    change_planning_rules(session, desk, subdivision="BY")
    change_planning_rules(session, desk, fairness_months=6)
    session.flush()
    assert planning_rules(session) == PlanningRules(subdivision="BY", fairness_months=6)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("subdivision", "XX"),
        ("school_holiday_points", 1001),
        ("start_grid_minutes", 0),
        ("fairness_months", -1),
    ],
)
def test_a_value_out_of_range_is_refused(
    session: Session, desk: Desk, name: str, value: object
) -> None:
    with pytest.raises(Invalid) as refusal:
        change_planning_rules(session, desk, **{name: value})
    assert list(refusal.value.fields) == [name]
