"""People: who they are, what they may do, and what speakers and interpreters can do."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base, state_type
from matchmaker.models.states import CalendarChoice, LanguageUse, Role

if TYPE_CHECKING:
    from matchmaker.models.availability import AvailabilityRule, AvailabilitySpan, BusyInterval
    from matchmaker.models.organisations import Organisation
    from matchmaker.models.reference import Language, Topic


class Person(Base):
    """Somebody with a mail address; `email` is kept in lower case and is unique."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    phone: Mapped[str | None] = mapped_column(String(40))
    locale: Mapped[str] = mapped_column(String(16), default="de")
    calendar_choice: Mapped[CalendarChoice] = mapped_column(
        state_type(CalendarChoice, "calendar_choice"), default=CalendarChoice.INVITATION
    )
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation | None] = relationship(back_populates="people")
    role_rows: Mapped[list[PersonRole]] = relationship(
        cascade="all, delete-orphan", order_by="PersonRole.role"
    )
    profile: Mapped[Profile | None] = relationship(
        back_populates="person", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(row.role for row in self.role_rows)


class PersonRole(Base):
    __tablename__ = "person_role"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(state_type(Role, "role"), primary_key=True)


class Profile(Base):
    """What the planning knows of a speaker or an interpreter (`kind`).

    `districts` None means everywhere, `modes` holds "onsite" and/or "online", `lead_days` is the
    notice needed in days, `min_people` the smallest group. Limits count talks.
    """

    __tablename__ = "profile"
    __table_args__ = (
        CheckConstraint("kind IN ('speaker', 'interpreter')", name="kind"),
        CheckConstraint("lead_days >= 0 AND min_people >= 0", name="not_negative"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    home_district_nr: Mapped[str] = mapped_column(ForeignKey("district.nr"))
    districts: Mapped[list[Any] | None]
    modes: Mapped[list[Any]] = mapped_column(default=lambda: ["onsite"])
    max_per_day: Mapped[int] = mapped_column(default=1)
    max_per_week: Mapped[int] = mapped_column(default=7)
    max_per_month: Mapped[int] = mapped_column(default=31)
    max_talks: Mapped[int] = mapped_column(default=1000)
    lead_days: Mapped[int] = mapped_column(default=0)
    min_people: Mapped[int] = mapped_column(default=0)
    womens_groups: Mapped[bool] = mapped_column(default=True)
    school_holidays_off: Mapped[bool] = mapped_column(default=False)
    fee_kind: Mapped[str] = mapped_column(String(16), default="")
    confirmed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(back_populates="profile")
    topics: Mapped[list[ProfileTopic]] = relationship(
        cascade="all, delete-orphan", order_by="ProfileTopic.topic_code"
    )
    languages: Mapped[list[ProfileLanguage]] = relationship(
        cascade="all, delete-orphan", order_by="ProfileLanguage.position"
    )
    rules: Mapped[list[AvailabilityRule]] = relationship(
        cascade="all, delete-orphan",
        order_by="(AvailabilityRule.weekday, AvailabilityRule.starts)",
    )
    spans: Mapped[list[AvailabilitySpan]] = relationship(
        cascade="all, delete-orphan", order_by="AvailabilitySpan.first_day"
    )
    busy: Mapped[list[BusyInterval]] = relationship(
        cascade="all, delete-orphan", order_by="BusyInterval.starts_at"
    )

    __mapper_args__ = {"version_id_col": version}


class ProfileTopic(Base):
    """`level` 1 (an overview), 2 (good knowledge) or 3 (the subject of their daily work)."""

    __tablename__ = "profile_topic"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 3", name="level"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("profile.person_id"), primary_key=True)
    topic_code: Mapped[str] = mapped_column(ForeignKey("topic.code"), primary_key=True)
    level: Mapped[int] = mapped_column(default=2)
    topic: Mapped[Topic] = relationship()


class ProfileLanguage(Base):
    __tablename__ = "profile_language"

    person_id: Mapped[int] = mapped_column(ForeignKey("profile.person_id"), primary_key=True)
    language_tag: Mapped[str] = mapped_column(ForeignKey("language.tag"), primary_key=True)
    use: Mapped[LanguageUse] = mapped_column(state_type(LanguageUse, "use"))
    position: Mapped[int] = mapped_column(default=0)
    language: Mapped[Language] = relationship()
