"""Every page in both languages: whole, unlike the others, light, and from nowhere else."""

from __future__ import annotations

import pytest

from tests.browser.visitor import DESK, NARROW, Visit, Visitor

PUBLIC = (
    "/",
    "/anfrage",
    "/anmelden",
    "/impressum",
    "/datenschutz",
    "/barrierefreiheit",
    "/demo/post",
)
COORDINATION = (
    "/koordination/",
    "/koordination/anfragen",
    "/koordination/anfragen/A001",
    "/koordination/planung",
    "/koordination/planung/neu",
    "/koordination/planung/1",
    "/koordination/planung/1/vorschlag/1",
    "/koordination/planung/1/vorschlag/1?ansicht=open",
    "/koordination/planung/1/vorschlag/1/anfrage/A006",
    "/koordination/planung/1/freigabe",
    "/koordination/planung/1/freigabe/versand",
    "/koordination/termine",
    "/koordination/termine/neu",
    "/koordination/termine/T001",
    "/koordination/termine/T001/verschieben",
    "/koordination/termine/T001/absagen",
    "/koordination/kontakte",
    "/koordination/kontakte/person/R07",
    "/koordination/kontakte/organisation/MO01",
    "/koordination/post",
    "/koordination/einstellungen",
)
SAME_PAGE = {"/koordination/planung/1/vorschlag/1?ansicht=open"}
"""Another view of a page that has been named already; it may have the same title."""

OTHERS = {
    "host": ("/anfrage/meine",),
    "auditor": ("/koordination/", "/koordination/planung/1/vorschlag/1"),
    "admin": ("/koordination/einstellungen",),
}
MOST_REQUESTS, MOST_BYTES = 5, 60 * 1024


@pytest.mark.parametrize("language", ["de", "en"])
def test_public_pages_are_whole(visit: Visit, language: str) -> None:
    _whole(visit, language, None, PUBLIC)


@pytest.mark.parametrize("language", ["de", "en"])
def test_coordination_pages_are_whole(visit: Visit, invitations: list[str], language: str) -> None:
    _whole(visit, language, "coordinator", COORDINATION)


@pytest.mark.parametrize("role", OTHERS)
def test_pages_of_other_roles_are_whole(visit: Visit, invitations: list[str], role: str) -> None:
    _whole(visit, "en", role, OTHERS[role])


def _whole(visit: Visit, language: str, role: str | None, addresses: tuple[str, ...]) -> None:
    visitor = visit(language=language)
    if role:
        visitor.sign_in_as(role)
    titles: dict[str, list[str]] = {}
    faults = []
    for address in addresses:
        joint = "&" if "?" in address else "?"
        visitor.open(f"{address}{joint}lang={language}")
        assert visitor.page.locator("html").get_attribute("lang") == language
        if address not in SAME_PAGE:
            titles.setdefault(visitor.page.title(), []).append(address)
        faults += visitor.faults()
    assert [same for same in titles.values() if len(same) > 1] == []
    assert faults == []


@pytest.mark.parametrize("address", ["/", "/anfrage", "/anmelden", "/mein", "/koordination/"])
def test_first_view_is_light(visit: Visit, address: str) -> None:
    """Bytes as they come from the service itself, which does not compress."""
    visitor = visit(width=NARROW)
    if address == "/mein":
        visitor = _known(visit, "speaker")
    elif address == "/koordination/":
        visitor = _known(visit, "coordinator")
    weight = visitor.weigh(address)
    assert weight.requests <= MOST_REQUESTS, weight
    assert weight.size <= MOST_BYTES, weight


def _known(visit: Visit, role: str) -> Visitor:
    """Somebody who is signed in and whose browser has kept nothing but the cookie."""
    signed_in = visit(width=DESK)
    signed_in.page.request.get(f"/demo/als/{role}", max_redirects=0)
    return signed_in
