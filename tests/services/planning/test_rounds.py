from __future__ import annotations

import email
from datetime import date, timedelta
from email import policy
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.i18n import translations_for
from matchmaker.models import AuditEntry, OutboxMessage, PlanningRound, SolveRun
from matchmaker.models.states import RequestState, RoundState, RunState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, Invalid, NotFound, NotPossible
from matchmaker.services.planning import rounds
from matchmaker.services.planning.reasons import TO_HOSTS
from tests import factories
from tests.services.plans import evening, stored_plan

QUARTER: dict[str, Any] = {
    "name": "2. Quartal 2027",
    "first_day": date(2027, 4, 1),
    "last_day": date(2027, 6, 30),
}


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_new_round_is_open_and_on_record(session: Session, desk: Desk) -> None:
    made = rounds.open_round(session, desk, **QUARTER)
    assert (made.state, made.name, made.weights) == (RoundState.OPEN, "2. Quartal 2027", {})
    assert actions(session) == ["round.opened"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"last_day": date(2027, 3, 31)}, "last_day"),
        ({"last_day": date(2028, 6, 30)}, "last_day"),
        ({"first_day": date(2026, 1, 1), "last_day": date(2026, 3, 31)}, "last_day"),
        ({"weights": {"serve": -1}}, "weights"),
        ({"weights": {"speed": 1}}, "weights"),
        ({"weights": {"serve": True}}, "weights"),
        ({"weights": {"fair_second": 500}}, "weights"),
        ({"time_limit_seconds": 0}, "time_limit_seconds"),
    ],
)
def test_an_impossible_round_is_refused_naming_the_field(
    session: Session, desk: Desk, facts: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        rounds.open_round(session, desk, **{**QUARTER, **facts})
    assert list(refusal.value.fields) == [field]


def test_control_characters_do_not_get_into_a_name(session: Session, desk: Desk) -> None:
    made = rounds.open_round(session, desk, **{**QUARTER, "name": " 2.\tQuartal\u2028 "})
    assert made.name == "2. Quartal"


def test_a_stale_form_does_not_change_a_round(session: Session, desk: Desk) -> None:
    made = rounds.open_round(session, desk, **QUARTER)
    session.flush()
    seen = made.version
    rounds.change_round(session, desk, made.id, version=seen, **{**QUARTER, "name": "Q2"})
    session.flush()
    with pytest.raises(Conflict):
        rounds.change_round(session, desk, made.id, version=seen, **QUARTER)
    assert made.name == "Q2"


def test_a_double_click_gives_the_same_run(session: Session, desk: Desk) -> None:
    row = factories.planning_round(session)
    first = rounds.request_plan(session, desk, row.id)
    session.flush()
    second = rounds.request_plan(session, desk, row.id)
    assert second is first
    assert actions(session) == ["plan.requested"]


def test_after_a_finished_run_another_can_be_asked_for(session: Session, desk: Desk) -> None:
    row = factories.planning_round(session)
    first = rounds.request_plan(session, desk, row.id)
    first.state = RunState.DONE
    session.flush()
    assert rounds.request_plan(session, desk, row.id) is not first


def test_a_cancelled_run_is_nobodys_any_more(session: Session, desk: Desk) -> None:
    row = factories.planning_round(session)
    run = rounds.request_plan(session, desk, row.id)
    run.state, run.lease_owner, run.lease_until = (
        RunState.RUNNING,
        "w",
        desk.now + timedelta(minutes=1),
    )
    rounds.cancel_run(session, desk, run.id)
    assert (run.state, run.lease_owner, run.lease_until) == (RunState.CANCELLED, None, None)
    assert rounds.active_run(session, row.id) is None


def test_cancelling_a_finished_run_changes_nothing(session: Session, desk: Desk) -> None:
    row = factories.planning_round(session)
    session.add(SolveRun(round_id=row.id, state=RunState.DONE, requested_at=desk.now))
    session.flush()
    run = session.scalars(select(SolveRun)).one()
    rounds.cancel_run(session, desk, run.id)
    assert (run.state, actions(session)) == (RunState.DONE, [])


def test_what_does_not_exist_is_not_found(session: Session, desk: Desk) -> None:
    with pytest.raises(NotFound):
        rounds.request_plan(session, desk, 4711)
    with pytest.raises(NotFound):
        rounds.cancel_run(session, desk, 4711)
    with pytest.raises(NotFound):
        rounds.find_round(session, 4711)


@pytest.fixture
def planned(session: Session, desk: Desk) -> tuple[PlanningRound, Any, Any]:
    """A round whose plan serves one request and leaves one open."""
    row = factories.planning_round(session)
    factories.speaker(session, topics={"ANE-01": 3}, weekly=((1, 16, 21),), code="R01")
    served, waiting = factories.request(session), factories.request(session, weekly=((6, 3, 5),))
    stored_plan(session, desk, row, evening(served, "R01"))
    return row, served, waiting


def test_closing_lets_open_requests_wait_with_more_weight(
    session: Session, desk: Desk, planned: tuple[PlanningRound, Any, Any]
) -> None:
    row, served, waiting = planned
    rounds.close_round(session, desk, row.id)
    assert row.state is RoundState.CLOSED
    assert [(one.state, one.waiting_rounds) for one in (served, waiting)] == [
        (RequestState.READY, 1),
        (RequestState.READY, 1),
    ]


def test_closing_leaves_scheduled_requests_alone(
    session: Session, desk: Desk, planned: tuple[PlanningRound, Any, Any]
) -> None:
    row, served, _ = planned
    served.state = RequestState.SCHEDULED
    rounds.close_round(session, desk, row.id)
    assert (served.state, served.waiting_rounds) == (RequestState.SCHEDULED, 0)


def test_closing_twice_counts_the_wait_once(
    session: Session, desk: Desk, planned: tuple[PlanningRound, Any, Any]
) -> None:
    row, _, waiting = planned
    rounds.close_round(session, desk, row.id)
    session.flush()
    rounds.close_round(session, desk, row.id)
    assert waiting.waiting_rounds == 1


def test_closing_notes_the_wait_with_each_request(
    session: Session, desk: Desk, planned: tuple[PlanningRound, Any, Any]
) -> None:
    row, placed, waiting = planned
    rounds.close_round(session, desk, row.id)
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.action == "request.unserved")
        .order_by(AuditEntry.subject_id)
    )
    assert [(entry.subject_id, entry.before, entry.after) for entry in entries] == [
        (
            request.id,
            {"state": before, "waiting_rounds": 0},
            {"state": "ready", "waiting_rounds": 1},
        )
        for request, before in ((placed, "proposed"), (waiting, "ready"))
    ]


def test_closing_mails_once_why_there_is_no_date(session: Session, desk: Desk) -> None:
    row = factories.planning_round(session)
    waiting = factories.request(session)
    stored_plan(session, desk, row, reasons=("window", "availability"))
    for _ in range(2):
        rounds.close_round(session, desk, row.id)
        session.flush()
    (mail,) = session.scalars(select(OutboxMessage))
    assert (mail.kind, mail.request_id) == ("no_slot_found", waiting.id)
    plain = email.message_from_bytes(mail.body, policy=policy.SMTP).get_body(("plain",))
    assert plain is not None
    words, german = plain.get_content(), translations_for("de").gettext
    told = [code for code in ("window", "availability") if german(TO_HOSTS[code][0]) in words]
    assert told == ["availability"]
    assert german(TO_HOSTS["availability"][1]) in words


def test_a_closed_round_is_not_planned_any_more(session: Session, desk: Desk) -> None:
    row = factories.planning_round(session, state=RoundState.CLOSED)
    with pytest.raises(NotPossible):
        rounds.request_plan(session, desk, row.id)


def test_a_round_is_not_closed_while_it_is_being_planned(session: Session, desk: Desk) -> None:
    row = factories.planning_round(session)
    rounds.request_plan(session, desk, row.id)
    session.flush()
    with pytest.raises(NotPossible):
        rounds.close_round(session, desk, row.id)
