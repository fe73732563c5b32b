"""The service's settings, read from `MATCHMAKER_*`; no other module reads the environment."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from matchmaker.mail.address import AddressError, wire_address
from matchmaker.mail.mailbox_settings import ImapSettings
from matchmaker.mail.settings import MailUrlError, SmtpSettings

PREFIX = "MATCHMAKER_"
SHORTEST_KEY = 32
MOST_HOPS = 10
LOWEST_RATE, HIGHEST_RATE = 0.01, 10_000.0
TESTS = PREFIX + "TEST_"
"""What begins like this tells the test-suite something, not the service."""
_POSTGRES = {"postgres", "postgresql"}


class SettingsError(ValueError):
    """A setting that cannot be used; the text names it and the remedy."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that an operator can set. `docs/operating.md` explains each."""

    instance: Path
    database_url: str
    queue_url: str
    secret_key: str
    base_url: str = "http://localhost:8000"
    mail_url: str | None = None
    mail_from: str = "arbeitsmarktgespraeche@localhost"
    mail_rate: float | None = None
    """Mails a second that may leave, all workers together; None = as many as can."""
    imap_url: str | None = None
    timezone: str = "Europe/Berlin"
    clock_start: datetime | None = None
    proxy_hops: int = 0
    calendar_http: bool = False
    """Whether people's calendars may also be read without encryption."""
    demo: bool = False
    testing: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def secure(self) -> bool:
        """Whether people reach the service by https."""
        return self.base_url.startswith("https://")

    @property
    def uid_host(self) -> str:
        """The right-hand side of calendar UIDs and Message-IDs."""
        return self.mail_from.rpartition("@")[2] or "localhost"

    @classmethod
    def from_environment(
        cls,
        environment: Mapping[str, str] | None = None,
        *,
        heeded: Collection[str] | None = None,
        make_key: bool = True,
        **overrides: Any,
    ) -> Settings:
        """Read the settings; `overrides` win.

        `heeded` limits what the environment may set (names as in Settings, None = everything).
        Without `make_key` nothing is written: a missing secret key stays empty.
        Raises SettingsError on an unusable one.
        """
        given = os.environ if environment is None else environment
        values = {
            name: given[PREFIX + name.upper()]
            for name in _READERS
            if given.get(PREFIX + name.upper()) and (heeded is None or name in heeded)
        }
        read = {name: _READERS[name](text) for name, text in values.items()} | overrides
        instance = Path(str(read.setdefault("instance", Path("instance")))).absolute()
        read["instance"] = instance
        read.setdefault("database_url", f"sqlite:///{instance / 'matchmaker.sqlite3'}")
        read.setdefault("queue_url", f"sqlite:///{instance / 'queue.sqlite3'}")
        if not read.get("secret_key"):
            read["secret_key"] = _kept_secret(instance, make=make_key)
        return cls(**read)


def _kept_secret(instance: Path, *, make: bool) -> str:
    """The key in `instance/secret_key`, made on first use and readable only by its owner."""
    path = instance / "secret_key"
    try:
        if not make and not path.exists():
            return ""
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make_secret(path)
        key = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it holds no text"
        raise SettingsError(
            f"{path} cannot be used: {reason}. Let the service's user own this folder, "
            f"or set {PREFIX}INSTANCE or {PREFIX}SECRET_KEY."
        ) from error
    if not key:
        raise SettingsError(f"{path} is empty. Put the key back from a backup, or remove the file.")
    return key


def _make_secret(path: Path) -> None:
    """Write a new key; whoever reads the file finds the whole key or no file."""
    descriptor, draft = tempfile.mkstemp(prefix="secret_key.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_urlsafe(48))
            stream.flush()
            os.fsync(descriptor)
        with suppress(FileExistsError):  # another process was faster: its key counts
            path.hardlink_to(draft)
    finally:
        Path(draft).unlink()


def _database(text: str) -> str:
    expected = "sqlite:///path or postgresql://user:password@host/name"
    url = _parsed("database_url", text, expected)
    if url.drivername == "sqlite":
        return _in_file(url)
    if url.drivername not in {*_POSTGRES, "postgresql+psycopg"}:
        _refuse("database_url", text, expected)
    return _written(url.set(drivername="postgresql+psycopg"))


def _queue(text: str) -> str:
    expected = "sqlite:///path, redis://host or postgresql://user:password@host/name"
    url = _parsed("queue_url", text, expected)
    if url.drivername == "sqlite":
        return _in_file(url)
    if url.drivername not in {*_POSTGRES, "redis", "rediss"}:
        _refuse("queue_url", text, expected)
    return text


def _parsed(name: str, text: str, expected: str) -> URL:
    if not text.startswith("sqlite"):
        _require_encoded(name, text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        _refuse(name, text, expected)
    if url.database in {None, "", ":memory:"} and url.drivername not in {"redis", "rediss"}:
        _refuse(name, text, expected)
    return url


def _in_file(url: URL) -> str:
    """From here on the folder in which a process was started makes no difference."""
    return _written(url.set(database=str(Path(str(url.database)).absolute())))


def _written(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _require_encoded(name: str, text: str) -> None:
    """A raw @ or / would end a password early, and a piece of it would be taken for the host."""
    login, _, _ = text.partition("://")[2].rpartition("@")
    if any(sign in login for sign in "@/?#"):
        raise SettingsError(
            f"{PREFIX}{name.upper()}: user and password must be percent-encoded "
            "(@ is %40, / is %2F, ? is %3F, # is %23)"
        )


def _mail(text: str) -> str:
    _require_encoded("mail_url", text)
    try:
        SmtpSettings.from_url(text)
    except MailUrlError as error:
        raise SettingsError(f"{PREFIX}MAIL_URL: {error}") from error
    return text


def _mailbox(text: str) -> str:
    _require_encoded("imap_url", text)
    try:
        ImapSettings.from_url(text)
    except MailUrlError as error:
        raise SettingsError(f"{PREFIX}IMAP_URL: {error}") from error
    return text


def _rate(text: str) -> float:
    expected = (
        f"mails per second between {LOWEST_RATE} and {HIGHEST_RATE:.0f}, such as 5 or 0.5, "
        "or nothing: no limit"
    )
    try:
        rate = float(text)
    except ValueError:
        _refuse("mail_rate", text, expected)
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        _refuse("mail_rate", text, expected)
    return rate


def _address(text: str) -> str:
    """In the form that mails carry: calendars compare it, and UIDs are made of its host."""
    try:
        return wire_address(text)
    except AddressError:
        _refuse("mail_from", text, "one bare mail address")


def _key(text: str) -> str:
    if len(text) < SHORTEST_KEY:
        raise SettingsError(
            f"{PREFIX}SECRET_KEY: {len(text)} characters are easy to guess; expected at least "
            f"{SHORTEST_KEY} random ones, or nothing: a good key is made then"
        )
    return text


def _base_url(text: str) -> str:
    expected = "https://host, without a path"
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        _refuse("base_url", text, expected)
    if not usable or "@" in parts.netloc or parts.path not in {"", "/"} or parts.query:
        _refuse("base_url", text, expected)
    return f"{parts.scheme}://{parts.netloc}"


def _timezone(text: str) -> str:
    if text not in available_timezones():
        _refuse("timezone", text, "an IANA name such as Europe/Berlin")
    return text


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        _refuse("clock_start", text, "an ISO time such as 2026-12-28T09:00")


def _hops(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and int(text) <= MOST_HOPS):
        _refuse("proxy_hops", text, f"a whole number up to {MOST_HOPS}, 0 without a proxy")
    return int(text)


def _switch(text: str) -> bool:
    known = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}
    if text.lower() not in known:
        _refuse("calendar_http", text, "yes or no")
    return known[text.lower()]


def _refuse(name: str, text: str, expected: str) -> NoReturn:
    shown = text if "@" not in text or name == "mail_from" else text.rpartition("@")[2]
    raise SettingsError(f"{PREFIX}{name.upper()}: {shown!r} cannot be used; expected {expected}")


_READERS: dict[str, Callable[[str], Any]] = {
    "instance": Path,
    "database_url": _database,
    "queue_url": _queue,
    "secret_key": _key,
    "base_url": _base_url,
    "mail_url": _mail,
    "mail_from": _address,
    "mail_rate": _rate,
    "imap_url": _mailbox,
    "timezone": _timezone,
    "clock_start": _time,
    "proxy_hops": _hops,
    "calendar_http": _switch,
}

SETTING_NAMES = tuple(PREFIX + name.upper() for name in _READERS)


def strangers(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Names that look like settings and are none, with the setting that was probably meant."""
    given = os.environ if environment is None else environment
    unknown = {
        name
        for name in given
        if name.startswith(PREFIX) and name not in SETTING_NAMES and not name.startswith(TESTS)
    }
    return {
        name: next(iter(get_close_matches(name, SETTING_NAMES, 1, 0.85)), "")
        for name in sorted(unknown)
    }
