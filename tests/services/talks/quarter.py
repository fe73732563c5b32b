"""A small quarter that waits for approval."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import (
    Request,
)
from matchmaker.scheduling.problem import Assignment as Planned

EVENINGS = ((0, 18, 20), (1, 18, 20), (2, 18, 20), (3, 18, 20))


@dataclass
class Quarter:
    """Two requests with a speaker each, and one in Arabic with speaker and interpreter."""

    round_id: int
    codes: tuple[str, ...]
    speakers: tuple[str, ...]
    interpreter: str
    plan: tuple[Planned, ...]


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def states_of(session: Session) -> dict[str, str]:
    return {
        code: state.value for code, state in session.execute(select(Request.code, Request.state))
    }
