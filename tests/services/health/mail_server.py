"""A mail server that answers as it is told."""

from __future__ import annotations

from aiosmtpd.smtp import SMTP, Envelope


class Answering:
    """A mail server that answers MAIL and RCPT as it is told; the checks must send it nothing."""

    def __init__(self) -> None:
        self.mail, self.rcpt, self.sent = "250 OK", "250 OK", 0

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's names
        self, _server: SMTP, _session: object, envelope: Envelope, address: str, *_rest: object
    ) -> str:
        envelope.mail_from = address
        return self.mail

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's names
        self, _server: SMTP, _session: object, envelope: Envelope, address: str, *_rest: object
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, *_facts: object) -> str:  # noqa: N802  # aiosmtpd's names
        self.sent += 1
        return "250 OK"
