"""What every plan of this carrier starts from: days to respect, travel, fairness, as settings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Invalid
from matchmaker.services.house import settings_row

KEY = "planning"
MOST_POINTS = 1000
SUBDIVISIONS = (
    *("BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV"),
    *("NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningRules:
    """Settings of the planning.

    `subdivision` is the German state (ISO 3166-2:DE) whose holidays count. The `*_points` make a
    day less attractive (0..1000, a served request is worth 1000). `*_minutes` are travel times.
    `fairness_months` says how far back talks are counted when they are shared out.
    """

    subdivision: str = "BE"
    start_grid_minutes: int = 30
    school_holiday_points: int = 80
    bridge_day_points: int = 60
    holiday_eve_points: int = 30
    fairness_months: int = 12
    same_district_minutes: int = 20
    neighbour_minutes: int = 30
    far_minutes: int = 45
    default_minutes: int = 60
    online_gap_minutes: int = 15


_RANGES = {
    "start_grid_minutes": (5, 120),
    "school_holiday_points": (0, MOST_POINTS),
    "bridge_day_points": (0, MOST_POINTS),
    "holiday_eve_points": (0, MOST_POINTS),
    "fairness_months": (0, 60),
    **dict.fromkeys(
        (
            "same_district_minutes",
            "neighbour_minutes",
            "far_minutes",
            "default_minutes",
            "online_gap_minutes",
        ),
        (0, 600),
    ),
}


def planning_rules(session: Session) -> PlanningRules:
    return settings_row.load(session, KEY, PlanningRules)


def change_planning_rules(session: Session, desk: Desk, **changes: Any) -> PlanningRules:
    """Set the given rules and keep the others; Invalid where a value is out of its range."""
    before = planning_rules(session)
    after = replace(before, **changes)
    _require_valid(after)
    settings_row.change(session, desk, KEY, "planning_rules.changed", before=before, after=after)
    return after


def _require_valid(rules: PlanningRules) -> None:
    faults = {
        name: N_("Please give a whole number within the allowed range.")
        for name, (low, high) in _RANGES.items()
        if not low <= getattr(rules, name) <= high
    }
    if rules.subdivision not in SUBDIVISIONS:
        faults["subdivision"] = N_("Please choose one of the sixteen German states.")
    if faults:
        raise Invalid(faults)
