"""What an association does: asks for a talk in eight steps, looks how it stands, changes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.support.pages import Browser, Page

PEOPLE, STEPS = 6, 8


@dataclass(frozen=True)
class Need:
    """What is typed, step by step, in the fields of the form."""

    who: dict[str, Any]
    topics: dict[str, Any]
    questions: dict[str, Any]
    when: dict[str, Any]
    where: dict[str, Any]
    people: dict[str, Any]
    language: dict[str, Any]

    @property
    def steps(self) -> tuple[dict[str, Any], ...]:
        return (
            self.who,
            self.topics,
            self.questions,
            self.when,
            self.where,
            self.people,
            self.language,
        )


NEED = Need(
    who={
        "organisation": "Neue Wege Neukölln",
        "name": "Amina Diallo",
        "email": "amina@neue-wege.example",
        "phone": "030 23125 999",
        "district": "08",
    },
    topics={"topics": ["ANE-01"]},
    questions={"questions": "Wo lasse ich mein Zeugnis anerkennen?\nWie lange dauert das?"},
    when={"windows": ["tue-eve", "wed-eve", "thu-eve", "wed-am", "wed-pm", "sat-pm"]},
    where={"mode": "onsite", "address": "Neue Straße 1, 12043 Berlin", "capacity": "25"},
    people={"people": "15"},
    language={"language_1": "de", "language_2": "en"},
)


def ask(browser: Browser, need: Need = NEED) -> Page:
    """From the start page to the status page of the sent request."""
    page = browser.open("/anfrage")
    page = browser.send(page.form())
    for number, typed in enumerate(need.steps, 1):
        assert page.address.endswith(f"/{number}"), page.words
        page = browser.send(page.form(), button="next", **typed)
    assert page.address.endswith(f"/{STEPS}"), page.words
    return browser.send(page.form("senden"))


def change(browser: Browser, status: Page, step: int, **values: Any) -> Page:
    """Change one step of a sent request; the status page afterwards."""
    page = browser.send(status.form("aendern"))
    address = page.address.removesuffix(str(STEPS)) + f"{step}?review=1"
    page = browser.open(address)
    page = browser.send(page.form(), button="next", **values)
    return browser.send(page.form("senden"))
