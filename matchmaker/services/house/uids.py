"""The UIDs of calendar entries: stored with what they name, and never used for anything else."""

from __future__ import annotations

import re
import secrets

from ulid import ULID

from matchmaker.services.desk import Desk

_OURS = re.compile(r"(inv|talk)-[0-9a-hjkmnp-tv-z]{26}@[!-~]+", re.IGNORECASE)


def invitation_uid(desk: Desk) -> str:
    """For one person's invitation to one talk."""
    return _new(desk, "inv")


def talk_uid(desk: Desk) -> str:
    """For a talk, where it stands once in a subscription whoever is invited."""
    return _new(desk, "talk")


def looks_like_ours(uid: str) -> bool:
    """Whether this service, or another one of its kind, may have made the UID.

    The host is left out: it changes with the service's mailbox, old entries keep theirs.
    """
    return _OURS.fullmatch(uid.strip()) is not None


def new_ulid(desk: Desk) -> str:
    """The time and 80 random bits, in lower case.

    The library counts on within a millisecond, so whoever has one would know its neighbours: who
    knows the UID of an invitation can answer it by mail.
    """
    moment = int(desk.now.timestamp() * 1000).to_bytes(6)
    return str(ULID(moment + secrets.token_bytes(10))).lower()


def _new(desk: Desk, prefix: str) -> str:
    return f"{prefix}-{new_ulid(desk)}@{desk.settings.uid_host}".lower()
