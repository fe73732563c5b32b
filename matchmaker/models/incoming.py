"""Mail that came in: answers, bounces, what people wrote, and what became of each."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base, state_type
from matchmaker.models.states import IncomingKind, IncomingState

if TYPE_CHECKING:
    from matchmaker.models.invitations import Invitation, Response
    from matchmaker.models.outbox import OutboxMessage
    from matchmaker.models.people import Person


class IncomingMail(Base):
    """One mail from our mailbox; `digest` (SHA-256, hex) exists once, however often it is fetched.

    Where it lies is only a hint (`folder`, `uidvalidity`, `uid`): numbers change, the digest does
    not. `received_at` is the mail server's time, `fetched_at` ours. `facts` is what was read from
    it, and `reason` says in one word why a person has to decide. `body` are the raw bytes, None as
    soon as nobody needs them. `tries` counts how often reading was begun: a mail that takes the
    reader down with it is not read for ever.

    `invitation`, `outbox` and `person` are what it is about, `response` the answer made of it.
    """

    __tablename__ = "incoming_mail"
    __table_args__ = (Index("ix_incoming_mail_state_received_at", "state", "received_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True, insert_sentinel=True)
    message_id: Mapped[str | None] = mapped_column(String(255), index=True)
    folder: Mapped[str] = mapped_column(String(120))
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime]
    fetched_at: Mapped[datetime]
    sender: Mapped[str] = mapped_column(String(254), default="", index=True)
    sender_name: Mapped[str] = mapped_column(String(200), default="")
    subject: Mapped[str] = mapped_column(String(400), default="")
    kind: Mapped[IncomingKind] = mapped_column(state_type(IncomingKind, "kind"))
    state: Mapped[IncomingState] = mapped_column(
        state_type(IncomingState, "state"), default=IncomingState.NEW
    )
    reason: Mapped[str] = mapped_column(String(40), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    body: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    tries: Mapped[int] = mapped_column(default=0)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"), index=True)
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    response_id: Mapped[int | None] = mapped_column(ForeignKey("response.id"))
    decision: Mapped[str] = mapped_column(String(40), default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)

    invitation: Mapped[Invitation | None] = relationship()
    outbox: Mapped[OutboxMessage | None] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    response: Mapped[Response | None] = relationship()
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    __mapper_args__ = {"version_id_col": version}


class MailboxState(Base):
    """How far a folder of our mailbox has been read; `name` is host, user and folder, no password.

    `last_uid` counts under `uidvalidity` only. `read_at` is when reading last went well; `failure`
    says what has kept it from that since `failing_since`. A worker has the folder until
    `lease_until`.
    """

    __tablename__ = "mailbox_state"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    uidvalidity: Mapped[int | None] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    tried_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(Text, default="")
    failing_since: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
