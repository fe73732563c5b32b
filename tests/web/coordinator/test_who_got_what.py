"""Who got what and when, on the page of the talk and on that of the person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import OutboxMessage
from matchmaker.models.states import OutboxState, Role
from matchmaker.services.desk import Desk
from matchmaker.services.reminding import overview
from matchmaker.services.reminding.rules import ReminderRules, reminder_rules
from tests import factories
from tests.services.reminding.days import Days
from tests.support.invited import Evening
from tests.support.pages import Browser
from tests.web.conftest import SignIn


@pytest.fixture
def evening(session: Session, desk: Desk) -> Evening:
    return Evening(session, desk)


@pytest.fixture
def coordinator(session: Session, sign_in: SignIn) -> Callable[[], Browser]:
    def enter() -> Browser:
        person = factories.person(session, Role.COORDINATOR)
        session.commit()
        return sign_in(person)

    return enter


def test_mails_stand_with_their_time_on_both_pages(
    evening: Evening, coordinator: Callable[[], Browser]
) -> None:
    Days(evening.session, evening.desk).look()
    browser = coordinator()
    assert evening.person is not None
    for address in (f"termine/{evening.talk.code}", f"kontakte/person/{evening.person.code}"):
        page = browser.open(f"/koordination/{address}?lang=de")
        words = page.words[page.words.index("Mails") :]
        sent = words[words.index("Einladung ") :]
        assert sent.startswith("Einladung gesendet Mo., 28.12.2026, 09:00"), sent[:80]
    assert "Alle Mails an diese Person" in dict(page.links).values()


def test_dead_mail_says_why(evening: Evening, coordinator: Callable[[], Browser]) -> None:
    mail = evening.session.scalars(select(OutboxMessage)).one()
    mail.state, mail.last_error = OutboxState.DEAD, "550 no such user"
    assert evening.person is not None
    page = coordinator().open(f"/koordination/kontakte/person/{evening.person.code}?lang=de")
    assert "550 no such user" in page.words


def test_planned_and_skipped_reminders_are_shown(
    evening: Evening, coordinator: Callable[[], Browser]
) -> None:
    session = evening.session
    days = Days(session, evening.desk)
    days.look()
    planned = overview.of_talk(session, days.desk, evening.talk).planned
    assert [(row.kind.value, f"{row.due_at:%d.%m. %H:%M}") for row in planned] == [
        ("answer", "01.01. 08:00"),
        ("talk", "16.01. 08:00"),
    ]
    days.until("2027-01-15 12:00")
    days.stopped_until("2027-01-19 12:00")
    assert overview.of_talk(session, days.desk, evening.talk).planned == []
    (missed,) = overview.missed(session, days.desk)
    assert missed.reason == "late"
    page = coordinator().open(f"/koordination/termine/{evening.talk.code}?lang=de")
    assert "Nicht erinnert" in page.words
    assert "Es war zu spät, um noch zu nützen." in page.words


def test_coordination_sets_the_days_of_reminders(
    session: Session, coordinator: Callable[[], Browser]
) -> None:
    browser = coordinator()
    form = browser.open("/koordination/einstellungen/erinnerungen?lang=de").form("erinnerungen")
    page = browser.send(form, talk_days="99", answer_days="x")
    assert page.status == 422
    form = browser.open("/koordination/einstellungen/erinnerungen").form("erinnerungen")
    browser.send(form, talk_days="2", answer_days="5", answer_times="2")
    session.expire_all()
    assert reminder_rules(session) == ReminderRules(talk_days=2, answer_days=5, answer_times=2)


def test_reminders_that_would_leave_at_once_are_said_before(
    evening: Evening, coordinator: Callable[[], Browser]
) -> None:
    session = evening.session
    mail = session.scalars(select(OutboxMessage)).one()
    mail.state = OutboxState.SENT
    mail.dot_at = mail.sent_at = evening.desk.now - timedelta(days=3)
    before = reminder_rules(session)
    browser = coordinator()
    asked = browser.send(
        browser.open("/koordination/einstellungen/erinnerungen?lang=de").form("erinnerungen"),
        answer_days="2",
    )
    assert "Durch diese Änderung geht sofort 1 Erinnerung hinaus." in asked.words
    assert reminder_rules(session) == before
    session.rollback()
    done = browser.send(asked.form("erinnerungen"))
    assert "Die Änderungen sind gespeichert." in done.words
    session.rollback()
    assert reminder_rules(session).answer_days == 2
