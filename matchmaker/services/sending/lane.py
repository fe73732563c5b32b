"""A lane: one connection to the mail server, for one mail after the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email import policy
from email.parser import BytesHeaderParser

from matchmaker.mail import transport as smtp
from matchmaker.mail.address import same_address
from matchmaker.mail.outcome import (
    Outcome,
    PermanentFailure,
    SenderRefused,
    TemporaryFailure,
    Unknown,
)
from matchmaker.services.sending.ledger import Ledger
from matchmaker.services.sending.outbox_claims import Claim, LostClaim

Turn = Callable[["Lane", Claim | None, Outcome | None], Claim | None]
"""Writes down what became of a mail and takes the next; None if the lane has to end."""


@dataclass(slots=True, eq=False)
class Lane:
    """Runs in a thread of its own. `leaving`: it has no mail in hand and will take none."""

    ledger: Ledger
    turn: Turn
    way: smtp.Transport
    leaving: bool = False
    _since: float | None = None

    def hangs(self, seconds: float) -> bool:
        """Whether it has been talking to the server for longer than this about one mail."""
        since = self._since
        return since is not None and time.monotonic() - since > seconds

    def run(self) -> None:
        """Mail after mail, each settled in the transaction that takes the next."""
        claimed = self.turn(self, None, None)
        if claimed is None:
            return
        self._since = time.monotonic()
        with self.way.session() as connection:
            while claimed is not None:
                self._since = time.monotonic()
                outcome = self._send(connection, claimed)
                self._since = None
                claimed = self.turn(self, claimed, outcome)
            self.leaving, self._since = True, time.monotonic()

    def _send(self, connection: smtp.Session, claimed: Claim) -> Outcome | None:
        """None if the mail was no longer ours and has not been sent."""
        reached = threading.Event()

        def before_dot() -> None:
            self.ledger.mark(claimed)
            reached.set()

        try:
            sender = envelope_sender(claimed.body)
            outcome = connection.send(sender, claimed.recipient, claimed.body, before_dot)
        except LostClaim:
            return None
        except Exception as error:  # one broken mail must not keep all others from leaving
            reason = f"{type(error).__name__}: {error}"
            return Unknown(reason) if reached.is_set() else TemporaryFailure(reason)
        former = not same_address(sender, self.ledger.settings.mail_from)
        if isinstance(outcome, SenderRefused) and former:
            # Written before the sender was changed: those that carry the new one may leave.
            return PermanentFailure(outcome.reason)
        return outcome


def envelope_sender(body: bytes) -> str:
    """The address in From: a calendar program compares it with ORGANIZER and with the envelope."""
    header = BytesHeaderParser(policy=policy.SMTP).parsebytes(body)["From"]
    return str(header.addresses[0].addr_spec)
