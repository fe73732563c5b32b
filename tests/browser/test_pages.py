"""Every page in both languages: whole, unlike the others, light, and from nowhere else."""

from __future__ import annotations

import pytest

from tests.browser.visitor import Visit

PUBLIC = (
    "/",
    "/anfrage",
    "/anmelden",
    "/impressum",
    "/datenschutz",
    "/barrierefreiheit",
    "/kalender",
    "/demo/post",
)
COORDINATION = (
    "/koordination/",
    "/koordination/anfragen",
    "/koordination/anfragen/A001",
    "/koordination/anfragen/A001/aendern",
    "/koordination/anfragen/neu",
    "/koordination/planung",
    "/koordination/planung/neu",
    "/koordination/planung/1",
    "/koordination/planung/1/vorschlag/1",
    "/koordination/planung/1/vorschlag/1?ansicht=list",
    "/koordination/planung/1/vorschlag/1?ansicht=open",
    "/koordination/planung/1/vorschlag/1?ansicht=figures",
    "/koordination/planung/1/vorschlag/1/anfrage/A006",
    "/koordination/planung/1/aendern",
    "/koordination/planung/1/abschliessen",
    "/koordination/planung/1/freigabe",
    "/koordination/planung/1/freigabe/versand",
    "/koordination/termine",
    "/koordination/termine/neu",
    "/koordination/termine/T001",
    "/koordination/termine/T001/verschieben",
    "/koordination/termine/T001/absagen",
    "/koordination/kalender",
    "/koordination/kalender/organisation/MO01",
    "/koordination/kontakte",
    "/koordination/kontakte/person/R07",
    "/koordination/kontakte/person/R07/aendern",
    "/koordination/kontakte/organisation/MO01",
    "/koordination/post",
    "/koordination/post/eingang",
    "/koordination/mailtexte",
    "/koordination/mailtexte/reminder/de",
    "/koordination/mailtexte/invitation_speaker/en?ansicht=handy",
    "/koordination/mailtexte/login/de?ansicht=text",
    "/koordination/einstellungen",
    "/koordination/einstellungen/planung",
    "/koordination/einstellungen/erinnerungen",
    "/koordination/einstellungen/themen",
)

OTHERS = {
    "host": ("/anfrage/meine",),
    "auditor": ("/koordination/", "/koordination/planung/1/vorschlag/1"),
    "admin": (
        "/koordination/einstellungen/traeger",
        "/koordination/einstellungen/zugang",
        "/koordination/protokoll",
    ),
}

SCHEMES = {"de": ("light", "dark"), "en": ("light",)}
"""The language changes what is written and how much room it takes, but no colour."""


@pytest.mark.parametrize("language", SCHEMES)
def test_public_pages_are_whole(visit: Visit, language: str) -> None:
    _whole(visit, language, None, PUBLIC)


@pytest.mark.parametrize("language", SCHEMES)
def test_coordination_pages_are_whole(visit: Visit, invitations: list[str], language: str) -> None:
    _whole(visit, language, "coordinator", COORDINATION)


@pytest.mark.parametrize("role", OTHERS)
def test_pages_of_other_roles_are_whole(visit: Visit, invitations: list[str], role: str) -> None:
    _whole(visit, "en", role, OTHERS[role])


def _whole(visit: Visit, language: str, role: str | None, addresses: tuple[str, ...]) -> None:
    visitor = visit(language=language)
    if role:
        visitor.sign_in_as(role)
    titles: dict[str, set[str]] = {}
    faults = []
    for address in addresses:
        joint = "&" if "?" in address else "?"
        visitor.open(f"{address}{joint}lang={language}")
        assert visitor.page.locator("html").get_attribute("lang") == language
        # Views of one page may have the same title.
        titles.setdefault(visitor.page.title(), set()).add(visitor.path)
        faults += visitor.faults(SCHEMES[language])
    assert [same for same in titles.values() if len(same) > 1] == []
    assert faults == []
