"""Travel times between districts, from what is known: which of them border on each other."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import District
from matchmaker.scheduling.problem import Travel
from matchmaker.services.house.planning_rules import PlanningRules


def travel_times(session: Session, rules: PlanningRules) -> Travel:
    """Minutes for every pair of districts; neighbours count in both directions."""
    rows = session.execute(select(District.nr, District.neighbours).order_by(District.nr)).all()
    borders = {(nr, other) for nr, neighbours in rows for other in neighbours}
    numbers = [nr for nr, _ in rows]

    def minutes(origin: str, destination: str) -> int:
        if origin == destination:
            return rules.same_district_minutes
        near = (origin, destination) in borders or (destination, origin) in borders
        return rules.neighbour_minutes if near else rules.far_minutes

    return Travel(
        default_minutes=rules.default_minutes,
        online_gap_minutes=rules.online_gap_minutes,
        minutes={
            origin: {other: minutes(origin, other) for other in numbers} for origin in numbers
        },
    )
