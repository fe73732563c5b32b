"""The addresses that stand in mails; they are part of the public contract."""

from __future__ import annotations

from matchmaker.config import Settings


def answer(settings: Settings, token: str, preselect: str | None = None) -> str:
    """`preselect` is accepted, tentative or declined; the page still asks."""
    query = f"?antwort={preselect}" if preselect else ""
    return f"{settings.base_url}/antwort/{token}{query}"


def request_status(settings: Settings, token: str) -> str:
    return f"{settings.base_url}/anfrage/{token}"


def draft(settings: Settings, token: str) -> str:
    return f"{settings.base_url}/anfrage/entwurf/{token}"


def sign_in(settings: Settings, token: str) -> str:
    return f"{settings.base_url}/anmelden/{token}"


def feed(settings: Settings, token: str, name: str) -> str:
    return f"{settings.base_url}/kalender/{token}/{name}.ics"


def page(settings: Settings, path: str) -> str:
    return f"{settings.base_url}{path}"
