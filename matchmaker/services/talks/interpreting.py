"""Whether a talk has the interpreters that it needs, and which talks do not."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.models import Assignment, Person, Profile, Talk
from matchmaker.models.states import (
    AssignmentRole,
    AssignmentState,
    InterpretingNeed,
    TalkState,
)
from matchmaker.services.desk import Desk
from matchmaker.services.talks.substitutes import GERMAN

OUT = (AssignmentState.CANCELLED, AssignmentState.NO_SHOW)


def interpreters_missing(talk: Talk) -> int:
    """How many more interpreters the talk needs; 0 if all its speakers speak its language.

    Whoever has declined is counted: their place is a task of its own. Nothing is missing where
    the association takes no interpreting, or where nobody knows what the speakers speak.
    """
    if talk.language_tag in GERMAN:
        return 0
    if talk.request is not None and talk.request.interpreting is InterpretingNeed.NEVER:
        return 0
    speakers = [row.person for row in talk.team(AssignmentRole.SPEAKER)]
    if all(_speaks(person, talk.language_tag) for person in speakers):
        return 0
    needed = talk.request.interpreters_needed if talk.request is not None else 1
    there = sum(
        row.role is AssignmentRole.INTERPRETER and row.state not in OUT for row in talk.assignments
    )
    return max(0, needed - there)


def talks_without_interpreters(session: Session, desk: Desk) -> list[Talk]:
    """Standing talks still to come that lack an interpreter, the next first."""
    return [talk for talk in session.scalars(_coming(desk)) if interpreters_missing(talk)]


def lacking_interpreters(session: Session, desk: Desk, talk_ids: Collection[int]) -> frozenset[int]:
    """Those of the talks, by their row ids, that are still to come and lack an interpreter."""
    found = session.scalars(_coming(desk).where(Talk.id.in_(talk_ids)))
    return frozenset(talk.id for talk in found if interpreters_missing(talk))


def _coming(desk: Desk) -> Select[Talk]:
    return (
        select(Talk)
        .where(
            Talk.state == TalkState.CONFIRMED,
            Talk.starts_at > desk.now,
            Talk.language_tag.not_in(GERMAN),
        )
        .options(
            joinedload(Talk.organisation),
            joinedload(Talk.request),
            selectinload(Talk.assignments)
            .joinedload(Assignment.person)
            .joinedload(Person.profile)
            .selectinload(Profile.languages),
        )
        .order_by(Talk.starts_at, Talk.id)
    )


def _speaks(person: Person, tag: str) -> bool:
    profile = person.profile
    return profile is None or any(row.language_tag == tag for row in profile.languages)
