"""Questions about a plan that only the worker can answer, and its answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base, state_type
from matchmaker.models.rounds import Proposal
from matchmaker.models.states import QuestionKind, QuestionState


class PlanQuestion(Base):
    """One question about one version of a plan; `fingerprint` finds the same one asked before.

    The answer holds for what was known up to the audit log's entry `known_until`, on the day
    `known_on`; it decides nothing. A worker has the row until `taken_until`.
    """

    __tablename__ = "plan_question"
    __table_args__ = (Index("ix_plan_question_fingerprint_id", "fingerprint", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    kind: Mapped[QuestionKind] = mapped_column(state_type(QuestionKind, "kind"))
    arguments: Mapped[dict[str, Any]]
    fingerprint: Mapped[str] = mapped_column(String(64))
    state: Mapped[QuestionState] = mapped_column(
        state_type(QuestionState, "state"), default=QuestionState.ASKED, index=True
    )
    tries: Mapped[int] = mapped_column(default=0)
    taken_until: Mapped[datetime | None]
    known_until: Mapped[int | None]
    known_on: Mapped[date | None]
    answer: Mapped[dict[str, Any] | None]
    error: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]

    proposal: Mapped[Proposal] = relationship()
