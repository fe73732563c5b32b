"""Somebody is away for some days, told of in the planning and entered with their times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.models import PlanningRound
from matchmaker.scheduling.problem import Days
from matchmaker.services.desk import Desk
from matchmaker.services.people import availability, contacts, profiles

ABSENT = "absent"
"""The reason in the audit log, as a code like those of other rooms."""


def days_of(event: Mapping[str, Any], planning_round: PlanningRound, today: date) -> Days:
    """First and last day of an absence of `matchmaker/repair@1`.

    Without a first day it begins today; without a last one it ends with the round.
    """
    first = date.fromisoformat(event["from"]) if event.get("from") else today
    last = date.fromisoformat(event["to"]) if event.get("to") else planning_round.last_day
    return first, max(first, last)


def enter(
    session: Session, desk: Desk, planning_round: PlanningRound, event: Mapping[str, Any]
) -> bool:
    """The days become days off of the person; whether that made a difference.

    It can be undone at the person's times. Raises NotFound, Invalid.
    """
    person = contacts.person_by_code(session, event["person"])
    first, last = days_of(event, planning_round, desk.today)
    profile = profiles.profile_of(person)
    return availability.take_off(session, desk, profile, first, last, reason=ABSENT)


def is_entered(
    session: Session, desk: Desk, planning_round: PlanningRound, event: Mapping[str, Any]
) -> bool:
    """Whether the person's times say so already. Raises NotFound."""
    person = contacts.person_by_code(session, event["person"])
    known = availability.read(profiles.profile_of(person))
    return availability.is_off(known, *days_of(event, planning_round, desk.today))
