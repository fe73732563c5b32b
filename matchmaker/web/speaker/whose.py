"""Whose profile and times a page is about: one's own, or somebody's for whom one enters them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from matchmaker.models import Person, Profile
from matchmaker.services.people.profiles import profile_of


@dataclass(frozen=True, slots=True)
class Whose:
    """`helped` is the person for whom somebody else fills the page in, None on one's own.

    Both rooms that show the pages give their views the same names; `named` is what the addresses
    of the room need besides. `frame` is the template around the page.
    """

    profile: Profile
    helped: Person | None = None
    frame: str = "speaker/_frame.html"
    named: dict[str, Any] = field(default_factory=dict)

    def address(self, view: str, **values: Any) -> str:
        """Of a view in the room that is showing the page."""
        return url_for(f".{view}", **self.named, **values)


def own(person: Person) -> Whose:
    """Raises NotFound for somebody with the role whose profile nobody has made yet."""
    return Whose(profile_of(person))


def on_behalf_of(person: Person) -> Whose:
    """For the coordination. Raises NotFound for somebody who neither speaks nor interprets."""
    return Whose(
        profile_of(person),
        helped=person,
        frame="coordinator/contacts/_on_behalf.html",
        named={"code": person.code},
    )
