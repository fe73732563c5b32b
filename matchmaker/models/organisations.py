"""Organisations: the associations that invite, the institutions and administrations that come."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base, state_type
from matchmaker.models.states import OrganisationKind

if TYPE_CHECKING:
    from matchmaker.models.people import Person


class Organisation(Base):
    """`code` is the short name that people read in lists (MO01); limits count talks it hosts."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[OrganisationKind] = mapped_column(state_type(OrganisationKind, "kind"))
    institution_type: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(160), index=True)
    district_nr: Mapped[str | None] = mapped_column(ForeignKey("district.nr"), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    max_per_week: Mapped[int] = mapped_column(default=1)
    max_talks: Mapped[int] = mapped_column(default=1000)
    notes: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    people: Mapped[list[Person]] = relationship(back_populates="organisation")
    venues: Mapped[list[Venue]] = relationship(
        back_populates="organisation", cascade="all, delete-orphan"
    )
    blocked_periods: Mapped[list[BlockedPeriod]] = relationship(
        cascade="all, delete-orphan", order_by="BlockedPeriod.first_day"
    )

    __mapper_args__ = {"version_id_col": version}


class Venue(Base):
    """A room; talks in the same room never overlap."""

    __tablename__ = "venue"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    address: Mapped[str] = mapped_column(String(240), default="")
    district_nr: Mapped[str | None] = mapped_column(ForeignKey("district.nr"))
    capacity: Mapped[int | None]
    step_free: Mapped[bool] = mapped_column(default=False)
    organisation: Mapped[Organisation] = relationship(back_populates="venues")


class BlockedPeriod(Base):
    """Days (inclusive) on which an organisation receives nobody; why is nobody's business."""

    __tablename__ = "blocked_period"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
