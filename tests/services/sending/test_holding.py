"""Mail that a person holds waits, whatever else happens, until a person releases it."""

from __future__ import annotations

from sqlalchemy import select

from matchmaker.models import AuditEntry
from matchmaker.models.states import MailPriority
from matchmaker.services.desk import Desk
from matchmaker.services.sending import holding, mail_trouble
from matchmaker.services.sending.mail_trouble import HELD
from matchmaker.services.sending.outbox import DeliveryReport
from tests.services.letters import Scripted, states
from tests.services.sending.test_delivery import Hands, hands

__all__ = ["hands"]


def hold(hands: Hands, reason: str = "") -> bool:
    with hands.factory.begin() as session:
        return holding.hold(session, Desk(hands.settings, hands.now), reason)


def release(hands: Hands) -> bool:
    with hands.factory.begin() as session:
        return holding.release(session, Desk(hands.settings, hands.now))


def test_held_mail_waits_until_it_is_released(hands: Hands) -> None:
    hands.queue(3)
    assert hold(hands, "Falscher Saal")
    server = Scripted()
    assert hands.deliver(server) == DeliveryReport(left=3, stopped=HELD)
    assert release(hands)
    assert hands.deliver(server) == DeliveryReport(sent=3)


def test_mails_to_sign_in_leave_all_the_same(hands: Hands) -> None:
    hands.queue(2)
    hands.queue(priority=MailPriority.AT_ONCE)
    hold(hands)
    assert hands.deliver(Scripted()).sent == 1
    assert states(hands.factory) == ["queued", "queued", "sent"]


def test_mail_that_is_held_in_the_middle_of_a_run_stops_it(hands: Hands) -> None:
    hands.queue(5)

    class Shocked(Scripted):
        """Somebody sees the second mail and holds the rest."""

        def send(self, *facts: object) -> object:  # type: ignore[override]  # passed on as it is
            if len(self.sent) == 1:
                hold(hands)
            return super().send(*facts)  # type: ignore[arg-type]  # passed on as it is

    assert hands.deliver(Shocked()) == DeliveryReport(sent=2, left=3, stopped=HELD)


def test_alert_says_since_when_and_why(hands: Hands) -> None:
    hold(hands, "Falscher\nSaal")
    with hands.factory() as session:
        found = mail_trouble.trouble(session, hands.settings)
    assert found is not None
    assert (found.kind, found.text, found.detail) == ("held", HELD, "system – Falscher Saal")
    assert found.since == hands.now


def test_holding_and_releasing_happen_once_and_are_logged(hands: Hands) -> None:
    assert [hold(hands), hold(hands), release(hands), release(hands)] == [True, False, True, False]
    with hands.factory() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [name for name in actions if name.startswith("mail.")] == ["mail.held", "mail.released"]


def test_success_of_a_mail_to_sign_in_does_not_release_the_others(hands: Hands) -> None:
    hands.queue()
    hands.queue(priority=MailPriority.AT_ONCE)
    hold(hands)
    hands.deliver(Scripted())
    assert hands.deliver(Scripted()) == DeliveryReport(left=1, stopped=HELD)
