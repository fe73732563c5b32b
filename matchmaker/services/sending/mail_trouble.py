"""Why no mail leaves at all: it is held, or there is no server that takes it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.i18n import N_
from matchmaker.mail.outcome import SenderRefused, SettingsRefused, Unreachable
from matchmaker.mail.settings import MailUrlError, SmtpSettings
from matchmaker.services.house import settings_row
from matchmaker.services.sending import holding

KEY = "mail_trouble"
PAUSE = timedelta(minutes=15)
"""After a refused login or sender the same settings are tried again only so often."""

HELD = N_("Mail is held: nothing leaves until somebody releases it, except mails to sign in.")
NO_SERVER = N_("No mail server is set (MATCHMAKER_MAIL_URL). Mails are kept until there is one.")
UNUSABLE = N_("The address of the mail server cannot be used (MATCHMAKER_MAIL_URL).")
LOGIN_REFUSED = N_("The mail server refuses our login. Mails wait until it is corrected.")
SENDER_REFUSED = N_(
    "The mail server does not let us send from our address. Mails wait until it is corrected."
)
UNREACHABLE = N_("The mail server cannot be reached. Mails wait and are tried again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailTrouble:
    """One alert for all mails. `kind` is for programs, `text` a message id for people.

    `detail` is what the server said, or whoever holds the mail; `since` None for settings that
    could never have worked.
    """

    kind: Literal[
        "held", "no_server", "unusable_address", "login_refused", "sender_refused", "unreachable"
    ]
    text: str
    detail: str = ""
    since: datetime | None = None


def trouble(session: Session, settings: Settings) -> MailTrouble | None:
    """What keeps all mails from leaving, None if nothing is known to."""
    held = holding.held(session)
    if held is not None:
        said = " – ".join(filter(None, (held.by, held.reason)))
        return MailTrouble(kind="held", text=HELD, detail=said, since=held.since)
    return _of_the_server(_known(session, settings), settings)


def _of_the_server(known: _Known | None, settings: Settings) -> MailTrouble | None:
    if settings.demo:
        return None
    if settings.mail_url is None:
        return MailTrouble(kind="no_server", text=NO_SERVER)
    try:
        SmtpSettings.from_url(settings.mail_url)
    except MailUrlError as error:
        return MailTrouble(kind="unusable_address", text=UNUSABLE, detail=str(error))
    return None if known is None else _met(known)


def _met(known: _Known) -> MailTrouble:
    found = MailTrouble(
        kind="unreachable",
        text=UNREACHABLE,
        detail=known.detail,
        since=datetime.fromisoformat(known.since),
    )
    if known.sender:
        return replace(found, kind="sender_refused", text=SENDER_REFUSED)
    return replace(found, kind="login_refused", text=LOGIN_REFUSED) if known.login else found


def hindrance(session: Session, settings: Settings, now: datetime) -> str:
    """Why a run should not even try, empty if it should: of what is held, some may leave."""
    known = _known(session, settings)
    found = _of_the_server(known, settings)
    if found is None or found.text == UNREACHABLE:
        return ""
    waits = known is not None and now < datetime.fromisoformat(known.tried) + PAUSE
    if found.kind in ("login_refused", "sender_refused") and not waits:
        return ""
    return f"{found.text} {found.detail}".strip()


def note(
    session: Session,
    settings: Settings,
    now: datetime,
    met: Unreachable | SettingsRefused,
) -> None:
    """Keep the alert after a run that got no mail through; it is one alert however many runs."""
    before = _known(session, settings)
    sender = isinstance(met, SenderRefused)
    login = isinstance(met, SettingsRefused) and not sender
    goes_on = before is not None and (before.login, before.sender) == (login, sender)
    value = asdict(
        _Known(
            login=login,
            sender=sender,
            detail=met.reason,
            since=before.since if before and goes_on else now.isoformat(),
            tried=now.isoformat(),
            server=_fingerprint(settings),
        )
    )
    settings_row.keep(session, KEY, value)


def end(session: Session) -> None:
    """Mail gets through again, or a person has corrected something and wants to try at once."""
    settings_row.remove(session, KEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the last run met, with the settings (`server`) it was using; times in ISO format."""

    login: bool
    sender: bool = False  # not among what earlier versions kept
    detail: str
    since: str
    tried: str
    server: str


def _known(session: Session, settings: Settings) -> _Known | None:
    """The alert, unless the settings have changed since."""
    value = settings_row.values(session).get(KEY)
    if value is None:
        return None
    known = _Known(**value)
    return known if known.server == _fingerprint(settings) else None


def _fingerprint(settings: Settings) -> str:
    """Tells settings apart without keeping the password where a backup could show it."""
    ours = f"{settings.mail_url or ''}\n{settings.mail_from}".encode()
    return hmac.new(settings.secret_key.encode(), ours, hashlib.sha256).hexdigest()[:16]
