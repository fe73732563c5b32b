"""Reference data that coordinators may edit: districts, languages, topics."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base, state_type
from matchmaker.models.states import Format


class District(Base):
    """A Bezirk; `neighbours` lists the numbers of the districts that border on it."""

    __tablename__ = "district"

    nr: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    neighbours: Mapped[list[Any]] = mapped_column(default=list)


class Language(Base):
    """A language by its BCP 47 tag. `direction` is ltr or rtl."""

    __tablename__ = "language"

    tag: Mapped[str] = mapped_column(String(16), primary_key=True)
    iso639_3: Mapped[str] = mapped_column(String(3))
    name_de: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    autonym: Mapped[str] = mapped_column(String(80))
    direction: Mapped[str] = mapped_column(String(3), default="ltr")
    position: Mapped[int] = mapped_column(default=0)


def _in(locale: str, german: str, english: str) -> str:
    return german if locale.startswith("de") else english


class TopicArea(Base):
    __tablename__ = "topic_area"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name_de: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)
    topics: Mapped[list[Topic]] = relationship(back_populates="area", order_by="Topic.code")

    def name_in(self, locale: str) -> str:
        return _in(locale, self.name_de, self.name_en)


class Topic(Base):
    """What a talk is about; `question_de`/`question_en` is how members would ask it.

    A topic is offered between `valid_from` and `valid_to` (both inclusive, None = no end).
    """

    __tablename__ = "topic"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("topic_area.id"), index=True)
    name_de: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160))
    question_de: Mapped[str] = mapped_column(String(200), default="")
    question_en: Mapped[str] = mapped_column(String(200), default="")
    format: Mapped[Format] = mapped_column(state_type(Format, "format"), default=Format.TALK)
    institution_types: Mapped[list[Any]] = mapped_column(default=list)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    area: Mapped[TopicArea] = relationship(back_populates="topics")

    __mapper_args__ = {"version_id_col": version}

    def name_in(self, locale: str) -> str:
        return _in(locale, self.name_de, self.name_en)

    def question_in(self, locale: str) -> str:
        """How members would ask it; empty if nobody has written that down."""
        return _in(locale, self.question_de, self.question_en)

    def is_offered(self, today: date) -> bool:
        return (self.valid_from is None or self.valid_from <= today) and (
            self.valid_to is None or self.valid_to >= today
        )
