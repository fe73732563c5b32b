"""A secret key, a sender or a time zone that has changed behind people's backs is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Setting
from matchmaker.services.desk import Desk
from matchmaker.services.health import chosen_once
from tests.web.coordinator.approved_quarter import make_quarter

CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"mail_from": "neu@verein.example"}, "MATCHMAKER_MAIL_FROM has changed (was planung@"),
    ({"timezone": "Europe/Paris"}, "MATCHMAKER_TIMEZONE has changed (was Europe/Berlin)"),
    ({"secret_key": "another key " * 5}, "MATCHMAKER_SECRET_KEY has changed"),
]


@pytest.mark.parametrize(("change", "said"), CHANGES)
def test_change_after_the_first_invitation_is_found_until_it_is_accepted(
    factory: sessionmaker[Session], session: Session, desk: Desk, change: dict[str, Any], said: str
) -> None:
    make_quarter(factory, desk)
    changed = replace(desk.settings, **change)

    chosen_once.note(session, desk.settings)
    session.flush()
    chosen_once.note(session, changed)
    found = chosen_once.check(session, changed)

    assert (found.ok, said in found.said, found.remedy != "") == (False, True, True)
    assert chosen_once.check(session, desk.settings).ok
    chosen_once.accept(session, changed)
    assert chosen_once.check(session, changed).ok
    assert not chosen_once.check(session, desk.settings).ok


def test_key_itself_is_not_kept(
    factory: sessionmaker[Session], session: Session, desk: Desk
) -> None:
    make_quarter(factory, desk)
    chosen_once.note(session, desk.settings)
    kept = session.get_one(Setting, chosen_once.KEY).value

    assert len(kept["secret_key"]) == 16
    assert desk.settings.secret_key not in str(kept)


def test_nothing_is_noted_while_nothing_hangs_on_it(session: Session, desk: Desk) -> None:
    chosen_once.note(session, desk.settings)

    assert session.get(Setting, chosen_once.KEY) is None
    assert chosen_once.check(session, replace(desk.settings, timezone="Europe/Paris")).ok


def test_sender_noted_in_another_spelling_is_the_same(
    factory: sessionmaker[Session], session: Session, desk: Desk
) -> None:
    make_quarter(factory, desk)
    older = replace(desk.settings, mail_from="planung@Arbeitsmarkt.example")
    chosen_once.note(session, older)

    assert chosen_once.check(session, desk.settings).ok
