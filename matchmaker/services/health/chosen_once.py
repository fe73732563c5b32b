"""Settings that others rely on from the first invitation or subscription on.

The worker notes them as soon as something hangs on them; doctor compares.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import asdict, dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.mail.address import wire_or_typed
from matchmaker.models import Feed, Invitation, SecondFactor
from matchmaker.services.health.check import Check
from matchmaker.services.house import settings_row

KEY = "chosen_once"
NAME = "lasting settings"
ACCEPT = "matchmaker doctor --accept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was set when the first thing came to hang on it; empty before. Never the key itself."""

    secret_key: str = ""
    mail_from: str = ""
    timezone: str = ""


def note(session: Session, settings: Settings) -> None:
    """Keep what is set now for what was not noted yet; what was noted stays."""
    known = settings_row.load(session, KEY, Chosen)
    missing = {name: value for name, value in _now(settings).items() if not getattr(known, name)}
    if not missing:
        return
    if not _any(session, Invitation):
        missing = {name: value for name, value in missing.items() if name == "secret_key"}
    if not (_any(session, Feed) or _any(session, SecondFactor)):
        missing.pop("secret_key", None)
    if missing:
        settings_row.keep(session, KEY, asdict(replace(known, **missing)))


def accept(session: Session, settings: Settings) -> None:
    """From now on what is set at present is the right one."""
    settings_row.keep(session, KEY, asdict(Chosen()))
    session.flush()
    note(session, settings)


def check(session: Session, settings: Settings) -> Check:
    known, present = settings_row.load(session, KEY, Chosen), _now(settings)
    known = replace(known, mail_from=wire_or_typed(known.mail_from))  # older ones are as typed
    changed = {name: old for name, old in asdict(known).items() if old and old != present[name]}
    if not changed:
        return Check(NAME, True, "secret key, sender and time zone are as they were")
    said = ", ".join(
        f"MATCHMAKER_{name.upper()} has changed" + ("" if name == "secret_key" else f" (was {old})")
        for name, old in changed.items()
    )
    remedy = f"Put it back and restart web and worker. If the change is meant: {ACCEPT}"
    return Check(NAME, False, said, remedy)


def _now(settings: Settings) -> dict[str, str]:
    return {
        "secret_key": _fingerprint(settings.secret_key),
        "mail_from": settings.mail_from,
        "timezone": settings.timezone,
    }


def _fingerprint(key: str) -> str:
    return hmac.new(key.encode(), b"matchmaker: chosen once", hashlib.sha256).hexdigest()[:16]


def _any(session: Session, table: type[Feed | Invitation | SecondFactor]) -> bool:
    return session.scalar(select(table).limit(1)) is not None
