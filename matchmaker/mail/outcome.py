"""What became of one attempt to send a mail. Exactly one of five things is true."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivered:
    """The server took responsibility for the mail."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class TemporaryFailure:
    """The server does not have the mail; a later attempt may work."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unreachable(TemporaryFailure):
    """No conversation came about: it says nothing about this mail and holds for all others."""


@dataclass(frozen=True, slots=True)
class PermanentFailure:
    """The server does not have the mail and never will take it like this."""

    reason: str


@dataclass(frozen=True, slots=True)
class SettingsRefused:
    """It is we who are refused: no mail can leave until a person corrects the settings."""

    reason: str


@dataclass(frozen=True, slots=True)
class AuthenticationRefused(SettingsRefused):
    """Our own login is wrong."""


@dataclass(frozen=True, slots=True)
class SenderRefused(SettingsRefused):
    """The server does not let us send from this address, or does not know it."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The final dot was sent and no answer came: the server may or may not have the mail."""

    reason: str


Outcome = Delivered | TemporaryFailure | PermanentFailure | SettingsRefused | Unknown
