"""Keys to the house: mailed logins, sessions, links and feeds. Only hashes are kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base, state_type
from matchmaker.models.states import FeedScope, TokenPurpose

if TYPE_CHECKING:
    from matchmaker.models.organisations import Organisation
    from matchmaker.models.people import Person


_OF_NOBODY = text("person_id IS NULL AND organisation_id IS NULL")
"""The service's own feeds: a unique constraint over empty columns finds no two rows alike."""


class LoginToken(Base):
    """A mailed link with a six-digit code; used once, for the browser that asked for it.

    `browser_hash` None (a link printed for the operator) works in any browser.
    """

    __tablename__ = "login_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(64))
    browser_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    wrong_codes: Mapped[int] = mapped_column(default=0)
    person: Mapped[Person] = relationship()


class UserSession(Base):
    """A sign-in that the server can end at once; `awaits_factor` until its second step is done."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    awaits_factor: Mapped[bool] = mapped_column(default=False, server_default=false())
    person: Mapped[Person] = relationship()


class AccessToken(Base):
    """A link to one thing (`purpose` says which: a draft, a request's status, an answer)."""

    __tablename__ = "access_token"
    __table_args__ = (Index("ix_access_token_subject", "purpose", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, insert_sentinel=True)
    purpose: Mapped[TokenPurpose] = mapped_column(state_type(TokenPurpose, "purpose"))
    subject_id: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Feed(Base):
    """A calendar subscription, stored as the bytes that are served.

    It is a person's, an organisation's or, without either, the service's own (`FeedScope`).
    The address is derived from the secret key and `generation`, so that it can be shown again
    although only hashes are stored; renewing it counts the generation up. From `stale_on` (a day
    at the carrier's place) on, something has grown too old to stand in `body`.
    """

    __tablename__ = "feed"
    __table_args__ = (
        UniqueConstraint("person_id", "scope"),
        UniqueConstraint("organisation_id", "scope"),
        Index(
            "ix_feed_public",
            "scope",
            unique=True,
            sqlite_where=_OF_NOBODY,
            postgresql_where=_OF_NOBODY,
        ),
        CheckConstraint(
            "(scope IN ('full', 'busy', 'coordination')) = (person_id IS NOT NULL)"
            " AND (scope = 'organisation') = (organisation_id IS NOT NULL)",
            name="owner",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    scope: Mapped[FeedScope] = mapped_column(state_type(FeedScope, "scope"))
    generation: Mapped[int] = mapped_column(default=1)
    body: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    etag: Mapped[str] = mapped_column(String(64), default="")
    changed_at: Mapped[datetime]
    stale_on: Mapped[date | None]
    person: Mapped[Person | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    tokens: Mapped[list[FeedToken]] = relationship(
        back_populates="feed", cascade="all, delete-orphan"
    )


class FeedToken(Base):
    """The hash of a feed address; a revoked one stays, so that it can be answered with 410."""

    __tablename__ = "feed_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id"), index=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    feed: Mapped[Feed] = relationship(back_populates="tokens")
