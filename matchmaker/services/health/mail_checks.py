"""Whether mail can leave and does: the sender, the server, what the worker met, what waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.mail.address import AddressError, wire_address
from matchmaker.mail.mailbox import MailboxError, open_mailbox
from matchmaker.mail.mailbox_settings import ImapSettings
from matchmaker.mail.outcome import SenderRefused
from matchmaker.mail.probe import LoginWanted, PutOff, Trouble, probe
from matchmaker.mail.settings import MailUrlError, SmtpSettings
from matchmaker.models import OutboxMessage
from matchmaker.models.states import STUCK_MAILS, WAITING_MAILS
from matchmaker.services.health.check import Check
from matchmaker.services.incoming import review
from matchmaker.services.sending import mail_trouble

MAIL_LATE = timedelta(hours=1)

CORRECT_URL = "Correct MATCHMAKER_MAIL_URL."
ADD_LOGIN = (
    "Put user and password into MATCHMAKER_MAIL_URL: smtp+starttls://user:password@host:587."
)
CORRECT_SENDER = (
    "Set MATCHMAKER_MAIL_FROM to a mailbox that this server knows and lets you send from, and "
    "MATCHMAKER_MAIL_URL to its login."
)


def sender(settings: Settings) -> Check:
    remedy = "Set MATCHMAKER_MAIL_FROM to the mailbox that invites, such as planung@verein.de."
    if settings.demo:
        return Check("mail sender", True, settings.mail_from)
    try:
        host = wire_address(settings.mail_from).rpartition("@")[2]
    except AddressError as error:
        return Check("mail sender", False, str(error), remedy)
    if "." not in host:
        said = f"{settings.mail_from} gets no answers, and most servers refuse it"
        return Check("mail sender", False, said, remedy)
    return Check("mail sender", True, settings.mail_from)


def server(settings: Settings) -> Check:
    """Goes as far as the addresses of a mail and takes it back: nothing is sent."""
    if settings.demo:
        return Check("mail server", True, "not needed: the demo keeps its mails")
    if settings.mail_url is None:
        return Check(
            "mail server",
            False,
            "none is set, mails wait",
            "Set MATCHMAKER_MAIL_URL, for example smtp+starttls://user:password@host:587.",
        )
    try:
        smtp = SmtpSettings.from_url(settings.mail_url)
        from_address = wire_address(settings.mail_from)
    except MailUrlError as error:
        return Check("mail server", False, str(error), CORRECT_URL)
    except AddressError as error:
        return Check("mail server", False, str(error), CORRECT_SENDER)
    found = probe(smtp, from_address)
    if found is None:
        return Check("mail server", True, f"{smtp.host}:{smtp.port} lets us send")
    return _refusal(settings, found)


def _refusal(settings: Settings, found: Trouble) -> Check:
    if isinstance(found, PutOff):
        said = f"puts us off for now, mails are tried again: {found.reason}"
        return Check("mail server", True, said)
    if isinstance(found, LoginWanted):
        said = f"demands a login, and none is set: {found.reason}"
        return Check("mail server", False, said, ADD_LOGIN)
    if isinstance(found, SenderRefused):
        said = f"refuses mail from {settings.mail_from}: {found.reason}"
        return Check("mail server", False, said, CORRECT_SENDER)
    remedy = "Check MATCHMAKER_MAIL_URL and the network."
    return Check("mail server", False, found.reason, remedy)


def mailbox(settings: Settings) -> Check:
    """Whether answers by mail are read at all: signs in and opens the folder, reads nothing."""
    if settings.demo:
        return Check("mailbox", True, "not needed: the demo gets no mail")
    if settings.imap_url is None:
        return Check("mailbox", True, "none is set, answers by mail are entered by hand")
    try:
        given = ImapSettings.from_url(settings.imap_url)
        with open_mailbox(given):
            return Check("mailbox", True, given.name)
    except (MailUrlError, MailboxError) as error:
        return Check("mailbox", False, str(error), "Correct MATCHMAKER_IMAP_URL.")


def answers(session: Session, settings: Settings) -> Check:
    """Whether the worker could read the mailbox the last time."""
    state = review.mailbox(session)
    if settings.imap_url is None or state is None:
        return Check("answers by mail", True, "the mailbox has not been read yet")
    if state.failing_since is not None:
        said = f"{state.failure} (since {state.failing_since.astimezone(UTC):%Y-%m-%d %H:%M} UTC)"
        remedy = "Correct MATCHMAKER_IMAP_URL, then run `matchmaker mail fetch`."
        return Check("answers by mail", False, said, remedy)
    when = f"{state.read_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if state.read_at else "not yet"
    return Check("answers by mail", True, f"last read {when}; {review.count(session)} to decide")


def delivery(session: Session, settings: Settings) -> Check:
    """What kept the worker's last runs from sending anything."""
    found = mail_trouble.trouble(session, settings)
    if found is None or found.since is None:  # settings that cannot work are named by `server`
        return Check("mail delivery", True, "no trouble is known")
    said = f"{found.text} {found.detail} (since {found.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC)"
    if found.kind == "held":
        return Check("mail delivery", False, said, "Run `matchmaker mail release` to let it leave.")
    remedy = CORRECT_SENDER if found.kind == "sender_refused" else CORRECT_URL
    return Check("mail delivery", False, said, f"{remedy} Restart the worker after it.")


def waiting(session: Session, now: datetime) -> Check:
    late = OutboxMessage.state.in_(WAITING_MAILS) & (OutboxMessage.created_at < now - MAIL_LATE)
    count = session.scalar(select(func.count()).where(OutboxMessage.state.in_(WAITING_MAILS))) or 0
    late_count = session.scalar(select(func.count()).where(late)) or 0
    if late_count:
        said = f"{late_count} of {count} have waited for more than an hour"
        return Check("waiting mail", False, said, "See `matchmaker list outbox` for the reason.")
    return Check("waiting mail", True, f"{count} wait")


def stuck(session: Session) -> Check:
    undecided = OutboxMessage.state.in_(STUCK_MAILS)
    count = session.scalar(select(func.count()).where(undecided)) or 0
    if count:
        said = f"{count} could not be delivered or may not have been"
        return Check("dead mail", False, said, "Decide at /koordination/post: resend or drop.")
    return Check("dead mail", True, "none")
