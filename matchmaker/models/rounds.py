"""Planning rounds: the period, the coordinator's decisions, solver runs and their proposals."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base, state_type
from matchmaker.models.states import DecisionKind, ProposalSource, RoundState, RunState

if TYPE_CHECKING:
    from matchmaker.models.people import Person
    from matchmaker.models.requests import Request


class PlanningRound(Base):
    """A period (inclusive days) that is planned in one go; `weights` override the defaults."""

    __tablename__ = "planning_round"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="period"),
        ForeignKeyConstraint(
            ["current_proposal_id"],
            ["proposal.id"],
            name="fk_planning_round_current_proposal_id_proposal",
            use_alter=True,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    first_day: Mapped[date]
    last_day: Mapped[date]
    state: Mapped[RoundState] = mapped_column(
        state_type(RoundState, "state"), default=RoundState.OPEN
    )
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seed: Mapped[int] = mapped_column(default=0)
    time_limit_seconds: Mapped[int] = mapped_column(default=60)
    current_proposal_id: Mapped[int | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    current_proposal: Mapped[Proposal | None] = relationship(
        foreign_keys="PlanningRound.current_proposal_id", post_update=True
    )
    proposals: Mapped[list[Proposal]] = relationship(
        back_populates="round", foreign_keys="Proposal.round_id", order_by="Proposal.number"
    )
    decisions: Mapped[list[RoundDecision]] = relationship(
        back_populates="round", order_by="RoundDecision.id"
    )
    runs: Mapped[list[SolveRun]] = relationship(back_populates="round", order_by="SolveRun.id")

    __mapper_args__ = {"version_id_col": version}


class RoundDecision(Base):
    """A pin, a ban or a request left out; `assignment` is the pinned one as in a proposal.

    `overridden` are the codes of the rules that a pin breaks and that its `reason` speaks of.
    Undone decisions keep their row: who decided what, and when it ended.
    """

    __tablename__ = "round_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("planning_round.id"), index=True)
    kind: Mapped[DecisionKind] = mapped_column(state_type(DecisionKind, "kind"))
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date | None]
    assignment: Mapped[dict[str, Any] | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    overridden: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]

    round: Mapped[PlanningRound] = relationship(back_populates="decisions")
    request: Mapped[Request] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])


class SolveRun(Base):
    """One run of the solver. Its row, not the queue, says whether it still has to be done.

    A worker claims it until `lease_until` and renews the lease while it works; `progress` holds
    served, best, bound and seconds. `keeps_plan`: the current plan shall change as little as
    possible.
    """

    __tablename__ = "solve_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("planning_round.id"), index=True)
    state: Mapped[RunState] = mapped_column(
        state_type(RunState, "state"), default=RunState.QUEUED, index=True
    )
    keeps_plan: Mapped[bool] = mapped_column(default=False, server_default=false())
    progress: Mapped[dict[str, Any]] = mapped_column(default=dict)
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    error: Mapped[str] = mapped_column(Text, default="")
    requested_at: Mapped[datetime]
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))

    round: Mapped[PlanningRound] = relationship(back_populates="runs")


class Proposal(Base):
    """A plan as it was computed or edited; never changed afterwards (a trigger refuses it).

    `problem` is the gzipped official problem it answers, `content` the proposal in the official
    format, `content_hash` the SHA-256 of both. `known_until` is the last entry of the audit log
    that the problem knew of (None: made before this was kept). `unserved` counts every request
    without an evening, also those that the question left out.
    """

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("planning_round.id"), index=True)
    number: Mapped[int]
    source: Mapped[ProposalSource] = mapped_column(state_type(ProposalSource, "source"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    problem: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))
    total: Mapped[int]
    bound: Mapped[int | None]
    served: Mapped[int]
    unserved: Mapped[int]
    seconds: Mapped[float]
    seed: Mapped[int]
    weights: Mapped[dict[str, Any]]
    solver_version: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text, default="")
    known_until: Mapped[int | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    round: Mapped[PlanningRound] = relationship(back_populates="proposals", foreign_keys=[round_id])
