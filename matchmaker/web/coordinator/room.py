"""What the rooms of the coordination share: who may enter and write, and lists of many pages."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import request
from werkzeug.wrappers import Response

from matchmaker.models.states import Role
from matchmaker.text import clean_line
from matchmaker.web.context import current_person
from matchmaker.web.texts import _

Page = Response | str | tuple[str, int]

WRITERS = (Role.COORDINATOR, Role.ADMIN)
READERS = (*WRITERS, Role.AUDITOR)

MOST_PAGES = 100_000
LONGEST_FILTER = 200
"""Letters; databases refuse to look for texts of many thousands."""
_PAGE = "seite"


def may_write() -> bool:
    """Whether the person who looks may change what they see."""
    person = current_person()
    return person is not None and not person.roles.isdisjoint(WRITERS)


def asked(name: str) -> str:
    """What a list is to be filtered by, from the address: one line of a length that can be meant.

    PostgreSQL refuses some control characters.
    """
    return clean_line(request.args.get(name, "")[:LONGEST_FILTER])


def sent(name: str) -> str:
    """The same from a form."""
    return clean_line(request.form.get(name, "")[:LONGEST_FILTER])


def page_number() -> int:
    """The page of a list that is asked for; the first one where that cannot be meant."""
    return max(1, min(request.args.get(_PAGE, 1, type=int), MOST_PAGES))


def page_address(number: int) -> str:
    """Another page of the list that is shown, filtered in the same way."""
    kept = {name: asked(name) for name in request.args}
    return f"{request.path}?{urlencode({**kept, _PAGE: number})}"


def told(faults: Mapping[str, str]) -> dict[str, str]:
    """Each field's fault in the reader's language."""
    return {name: _(fault) for name, fault in faults.items()}
