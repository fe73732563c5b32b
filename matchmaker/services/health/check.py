"""What a look at one part of the service found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `remedy` says what to do if it is not `ok`."""

    name: str
    ok: bool
    said: str
    remedy: str = ""
