"""Mails that died of one mistake, such as a provider's, go again together."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import OutboxMessage
from matchmaker.models.states import OutboxState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import NotPossible
from matchmaker.services.sending import outbox

_MARKS = re.compile(r"\b(?=\w*\d)\w{8,}\b")
"""What servers add to a refusal and is another one for each mail: the number of their queue."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One reason, and the ids of the mails that died of it, oldest first."""

    reason: str
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Retried:
    """How many mails go again, and how many stay dead for which reason (a message id)."""

    sent: int
    left: Mapping[str, int]


def failures(session: Session) -> list[Failure]:
    """Why mails are dead, the reason of most mails first."""
    found: dict[str, list[int]] = defaultdict(list)
    dead = select(OutboxMessage.id, OutboxMessage.recipient, OutboxMessage.last_error)
    for row in session.execute(
        dead.where(OutboxMessage.state == OutboxState.DEAD).order_by(OutboxMessage.id)
    ):
        found[_without_the_mail(row.last_error, row.recipient)].append(row.id)
    made = [Failure(reason, tuple(ids)) for reason, ids in found.items()]
    return sorted(made, key=lambda failure: (-len(failure.ids), failure.reason))


def failure_of(session: Session, message_id: int) -> Failure:
    """The mails that died of the same as this one. Raises NotFound and NotPossible."""
    row = outbox.get(session, message_id)
    for failure in failures(session):
        if row.id in failure.ids:
            return failure
    raise NotPossible(outbox.NOT_HELD)


def send_again(session: Session, desk: Desk, message_ids: Collection[int]) -> Retried:
    """Let these mails go again as `outbox.resend` does; those it refuses stay as they are."""
    sent, left = 0, Counter[str]()
    for message_id in message_ids:
        try:
            outbox.resend(session, desk, message_id)
            sent += 1
        except NotPossible as error:
            left[error.message] += 1
    return Retried(sent, left)


def _without_the_mail(reason: str, recipient: str) -> str:
    return _MARKS.sub("…", re.sub(re.escape(recipient), "…", reason, flags=re.IGNORECASE))
