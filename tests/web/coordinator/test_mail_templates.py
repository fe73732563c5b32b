"""The texts of all mails can be looked at, in every language, and do nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker import i18n
from matchmaker.mail.examples import NAMES, NOWHERE
from matchmaker.models import OutboxMessage
from matchmaker.services.desk import Desk
from matchmaker.services.sending import post
from tests.support.pages import Browser
from tests.web.conftest import SignIn
from tests.web.coordinator.approved_quarter import make_quarter

HERE = "/koordination/mailtexte"


@pytest.fixture
def coordinator(factory: sessionmaker[Session], desk: Desk, sign_in: SignIn) -> Browser:
    return sign_in(make_quarter(factory, desk).coordinator)


def test_every_kind_that_is_sent_has_an_example() -> None:
    # The questions of the day after are not asked yet.
    kinds = set(post.KINDS) - {"feedback_request"}
    assert {kind for kind in kinds if not any(name.startswith(kind) for name in NAMES)} == set()


def test_list_leads_to_every_kind_in_every_language(coordinator: Browser) -> None:
    page = coordinator.open(f"{HERE}?lang=de")
    linked = {address.partition("?")[0] for address, _ in page.links}
    assert {f"{HERE}/{name}/{tag}" for name in NAMES for tag in i18n.SUPPORTED} <= linked


@pytest.mark.parametrize("language", i18n.SUPPORTED)
def test_examples_are_marked_and_stand_alone(
    coordinator: Browser, factory: sessionmaker[Session], language: str
) -> None:
    with factory() as session:
        before = session.scalar(select(func.count()).select_from(OutboxMessage))
    for name in NAMES:
        page = coordinator.open(f"{HERE}/{name}/{language}?lang=de&ansicht=text")
        assert page.status == 200, name
        assert "Das ist ein Beispiel." in page.words
        html = coordinator.open(f"{HERE}/{name}/{language}/html")
        policy = html.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert policy.endswith("sandbox")
        links = [address for address, _ in html.links if address.startswith("http")]
        assert all(NOWHERE in link or "localhost" in link for link in links), name
    with factory() as session:
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == before


def test_phone_and_desktop_are_frames_that_can_do_nothing(coordinator: Browser) -> None:
    wide = coordinator.open(f"{HERE}/reminder/de?lang=de").text
    narrow = coordinator.open(f"{HERE}/reminder/de?lang=de&ansicht=handy").text
    assert '<iframe class="mail-frame"' in wide
    assert '<iframe class="mail-frame on-phone"' in narrow
    assert " sandbox></iframe>" in wide


@pytest.mark.parametrize("address", ["unsinn/de", "reminder/xx", "reminder/xx/html"])
def test_what_is_no_example_is_not_there(coordinator: Browser, address: str) -> None:
    assert coordinator.open(f"{HERE}/{address}").status == 404
