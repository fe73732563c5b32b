"""Mails that come back, server by server; `{id}` is the Message-ID of the mail and `{to}` its
recipient."""

from __future__ import annotations

from tests.incoming.calendars import SERVICE, crlf

REPORT = """Return-Path: <>
From: {sender}
To: {service}
Subject: {subject}
Date: Tue, 29 Dec 2026 09:00:00 +0100
Message-ID: <report-1@{server}>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

{words}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; {server}
Arrival-Date: Tue, 29 Dec 2026 08:59:00 +0100

{fields}

--b
Content-Type: {original}

From: {service}
To: <{{to}}>
Message-ID: {{id}}
Subject: Einladung

--b--
"""


def _report(sender: str, subject: str, fields: str, original: str = "message/rfc822") -> str:
    return REPORT.format(
        sender=sender,
        service=SERVICE,
        subject=subject,
        server="mx.beratung.example",
        words="This is the mail system. Your message could not be delivered.",
        fields=fields.strip(),
        original=original,
    )


def _words(sender: str, subject: str, text: str, *more: str) -> str:
    head = [f"From: {sender}", f"To: {SERVICE}", f"Subject: {subject}", "Return-Path: <>", *more]
    return "\n".join([*head, "Date: Tue, 29 Dec 2026 09:00:00 +0100", "", text, ""])


POSTFIX = _report(
    "MAILER-DAEMON@mx.beratung.example (Mail Delivery System)",
    "Undelivered Mail Returned to Sender",
    """
Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.beratung.example
Diagnostic-Code: smtp; 550 5.1.1 <{to}>: Recipient address rejected: User unknown
""",
)
EXCHANGE = _report(
    "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@beratung.example",
    "Unzustellbar: Einladung",
    """
Final-Recipient: RFC822; {to}
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp;554 5.2.2 mailbox full
""",
)
GOOGLE = _report(
    "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
    "Delivery Status Notification (Failure)",
    """
Final-Recipient: rfc822; {to}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.
""",
)
SENDMAIL = _report(
    "Mail Delivery Subsystem <MAILER-DAEMON@mx.beratung.example>",
    "Returned mail: see transcript for details",
    """
Final-Recipient: RFC822; {to}
Action: failed
Status: 5.1.2
Diagnostic-Code: SMTP; 550 Host unknown
""",
    original="text/rfc822-headers",
)
GAVE_UP = _report(
    "MAILER-DAEMON@mx.beratung.example",
    "Undelivered Mail Returned to Sender",
    """
Final-Recipient: rfc822; {to}
Action: failed
Status: 4.4.1
Diagnostic-Code: X-Postfix; connect to mx.beratung.example: Connection timed out
""",
)
DELAYED = _report(
    "MAILER-DAEMON@mx.beratung.example",
    "Delayed Mail (still being retried)",
    """
Final-Recipient: rfc822; {to}
Action: delayed
Status: 4.4.1
Diagnostic-Code: X-Postfix; connect to mx.beratung.example: Connection timed out
""",
)
QMAIL = _words(
    "MAILER-DAEMON@mx.beratung.example",
    "failure notice",
    """Hi. This is the qmail-send program at mx.beratung.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{to}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <planung@arbeitsmarkt.example>
Message-ID: {id}
Subject: Einladung
""",
)
EXIM = _words(
    "Mail Delivery System <Mailer-Daemon@mx.beratung.example>",
    "Mail delivery failed: returning message to sender",
    """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {to}
    host mx.beratung.example [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<{to}>:
    550 unknown user

------ This is a copy of the message, including all the headers. ------

Message-ID: {id}
""",
    "X-Failed-Recipients: {to}",
    "Auto-Submitted: auto-replied",
)
GMX = _words(
    "GMX Mailer Daemon <mailer-daemon@gmx.example>",
    "Mail delivery failed: returning message to sender",
    """Diese Nachricht wurde automatisch erzeugt.

Die folgende Adresse ist nicht erreichbar:
{to}:
SMTP error from remote server for RCPT TO command, host: mx.beratung.example reason:
550 5.1.1 User unknown

--- The header of the original message is following. ---

Message-ID: {id}
""",
)
DOMINO = _words(
    "postmaster@beratung.example",
    "DELIVERY FAILURE: User Ayse not listed in Domino Directory",
    """Your message could not be delivered because:

User Ayse ({to}) not listed in Domino Directory

> Message-ID: {id}
""",
)
EXIM_DELAYED = _words(
    "Mail Delivery System <Mailer-Daemon@mx.beratung.example>",
    "Warning: message 1qYz delayed 24 hours",
    """A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue. No action is required on your part.

  {to}

Message-ID: {id}
""",
)

FAILED = {
    "postfix": POSTFIX,
    "exchange": EXCHANGE,
    "google": GOOGLE,
    "sendmail": SENDMAIL,
    "gave up": GAVE_UP,
    "qmail": QMAIL,
    "exim": EXIM,
    "gmx": GMX,
    "domino": DOMINO,
}
LATE = {"delayed": DELAYED, "exim delayed": EXIM_DELAYED}


def bounce(text: str, message_id: str, to: str = "ayse@beratung.example") -> bytes:
    return crlf(text.replace("{id}", message_id).replace("{to}", to))
