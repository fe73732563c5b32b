"""Steps that the coordination takes, and how they are undone; requests by phone."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import date, time, timedelta
from email import policy

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, Organisation, OutboxMessage, Request
from matchmaker.models.states import OutboxState, RequestSource, RequestState, Role
from matchmaker.services.desk import SYSTEM, Actor, Desk
from matchmaker.services.errors import Conflict, Invalid, NotFound, NotPossible
from matchmaker.services.house.reference import load_reference
from matchmaker.services.intake import extras, submit
from matchmaker.services.planning import no_date
from matchmaker.services.requests import clearing, request_entry
from tests import factories
from tests.services.plans import evening, stored_plan
from tests.support.needs import full


@pytest.fixture
def office(session: Session, desk: Desk) -> Desk:
    return desk.by(Actor.of(factories.person(session, Role.COORDINATOR)))


def test_complete_request_becomes_ready(session: Session, office: Desk) -> None:
    request = factories.request(session, state=RequestState.SUBMITTED)
    clearing.set_ready(session, office, request, version=request.version)
    assert request.state is RequestState.READY


@pytest.mark.parametrize(
    ("gap", "part"),
    [
        ({"topics": []}, "topics"),
        ({"languages": []}, "languages"),
        ({"windows": []}, "windows"),
        ({"people": 0}, "people"),
        ({"date_from": None, "date_to": None}, "period"),
    ],
)
def test_request_with_a_gap_does_not_become_ready(
    session: Session, office: Desk, gap: dict[str, object], part: str
) -> None:
    request = factories.request(session, state=RequestState.SUBMITTED, **gap)
    assert clearing.missing(request) == [part]
    with pytest.raises(NotPossible):
        clearing.set_ready(session, office, request)
    assert request.state is RequestState.SUBMITTED


def test_faults_of_a_request_by_phone_stand_in_the_order_of_the_form(
    session: Session, office: Desk
) -> None:
    with pytest.raises(Invalid) as refusal:
        request_entry.enter(session, office, {}, ready=True)
    assert list(refusal.value.fields)[:5] == [
        "organisation",
        "name",
        "email",
        "district",
        "topics",
    ]


def test_refusal_needs_a_reason(session: Session, office: Desk) -> None:
    request = factories.request(session)
    with pytest.raises(Invalid):
        clearing.not_possible(session, office, request, "  ")
    with pytest.raises(Invalid):
        clearing.not_possible(session, office, request, "x" * 1001)
    clearing.not_possible(session, office, request, "Zurzeit niemand da.")
    assert (request.state, request.state_reason) == (
        RequestState.NOT_POSSIBLE,
        "Zurzeit niemand da.",
    )


def _letters(session: Session) -> list[OutboxMessage]:
    kind = OutboxMessage.kind == "no_slot_found"
    return list(session.scalars(select(OutboxMessage).where(kind).order_by(OutboxMessage.id)))


def test_refusal_is_mailed_with_its_reason(session: Session, office: Desk) -> None:
    request = factories.request(session)
    clearing.not_possible(session, office, request, "Für Dari ist zurzeit niemand da.")
    (mail,) = _letters(session)
    assert (mail.person_id, mail.request_id) == (request.contact_id, request.id)
    plain = email.message_from_bytes(mail.body, policy=policy.SMTP).get_body(("plain",))
    assert plain is not None
    assert "Für Dari ist zurzeit niemand da." in plain.get_content()
    assert "/anfrage/" in plain.get_content()


def test_refusal_that_is_taken_back_is_not_mailed(session: Session, office: Desk) -> None:
    request = factories.request(session)
    clearing.not_possible(session, office, request, "Versehen.")
    session.flush()
    clearing.undo(session, office, request)
    clearing.not_possible(session, office, request, "Zurzeit niemand da.")
    assert [row.state for row in _letters(session)] == [OutboxState.DROPPED, OutboxState.QUEUED]


def test_association_that_withdraws_before_the_letter_leaves_hears_of_no_missing_date(
    session: Session, office: Desk
) -> None:
    request = factories.request(session)
    planning_round = factories.planning_round(session)
    proposal = stored_plan(session, office, planning_round)
    no_date.tell_round_over(session, office, request, planning_round.id, proposal)
    submit.withdraw(session, office.by(SYSTEM), request)
    kinds = session.execute(select(OutboxMessage.kind, OutboxMessage.state))
    assert dict(tuple(row) for row in kinds) == {
        "no_slot_found": OutboxState.DROPPED,
        "request_withdrawn": OutboxState.QUEUED,
    }


@pytest.mark.parametrize("state", [RequestState.SCHEDULED, RequestState.DONE])
def test_request_with_a_date_stays_as_it_is(
    session: Session, office: Desk, state: RequestState
) -> None:
    request = factories.request(session, state=state)
    for step in (clearing.clarify, clearing.withdraw, clearing.reopen):
        with pytest.raises(NotPossible):
            step(session, office, request)
    assert request.state is state


def test_stale_tab_takes_no_step(session: Session, office: Desk) -> None:
    request = factories.request(session, state=RequestState.SUBMITTED)
    seen = request.version
    request.people = 20
    session.flush()
    with pytest.raises(Conflict):
        clearing.set_ready(session, office, request, version=seen)


def test_step_is_undone_with_its_reason(session: Session, office: Desk) -> None:
    request = factories.request(session, state=RequestState.SUBMITTED)
    clearing.clarify(session, office, request, reason="Welcher Raum?")
    clearing.withdraw(session, office, request)
    clearing.undo(session, office, request)
    assert (request.state, request.state_reason) == (
        RequestState.IN_CLARIFICATION,
        "Welcher Raum?",
    )
    with pytest.raises(NotPossible):
        clearing.undo(session, office, request)


def test_step_out_of_a_plan_is_undone_to_ready(session: Session, office: Desk) -> None:
    request = factories.request(session, state=RequestState.PROPOSED)
    clearing.clarify(session, office, request)
    clearing.undo(session, office, request)
    assert request.state is RequestState.READY


def test_step_of_a_plan_or_of_the_association_is_not_undone_by_hand(
    session: Session, office: Desk
) -> None:
    speaker = factories.speaker(session, topics={"ANE-01": 3}, weekly=((1, 16, 22),))
    request = factories.request(session)
    planning_round = factories.planning_round(session)
    for plan in ([evening(request, speaker.code)], []):
        stored_plan(session, office, planning_round, *plan)
        assert clearing.undoable(session, office, request) is None
    steps = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == request.id))
    assert {"request.proposed", "request.unplaced"} <= {*steps}
    submit.withdraw(session, office.by(SYSTEM), request)
    assert clearing.undoable(session, office, request) is None
    member = factories.person(session, Role.HOST, organisation=request.organisation)
    other = factories.request(session, organisation=request.organisation)
    submit.withdraw(session, office.by(Actor.of(member)), other)
    assert clearing.undoable(session, office, other) is None


def test_old_step_is_not_offered_for_undoing(session: Session, office: Desk) -> None:
    request = factories.request(session, state=RequestState.SUBMITTED)
    clearing.set_ready(session, office, request)
    tomorrow = replace(office, now=office.now + timedelta(days=2))
    assert clearing.undoable(session, office, request) is not None
    assert clearing.undoable(session, tomorrow, request) is None


def test_contact_is_made_a_member_once(session: Session, office: Desk) -> None:
    host = factories.organisation(session)
    person = factories.person(session, Role.HOST)
    request = factories.request(session, organisation=host, contact=person)
    clearing.join_contact(session, office, request)
    assert person.organisation is host
    with pytest.raises(NotPossible):
        clearing.join_contact(session, office, request)


def test_draft_is_nobodys_business(session: Session, desk: Desk) -> None:
    with pytest.raises(NotFound):
        clearing.request_by_code(session, "A999")


def _typed(**changes: str | list[str]) -> dict[str, str | list[str]]:
    return full(**changes) | extras.USUAL | {"wanted": [], "unwanted": []} | changes


def test_request_by_phone_is_ready_at_once(session: Session, office: Desk) -> None:
    load_reference(session)
    speaker = factories.speaker(session, topics={"ANE-01": 2})
    typed = _typed(
        minutes="90",
        max_speakers="2",
        priority="3",
        coordination_notes="Frau N. ruft zurück",
        wanted=[str(speaker.id), ""],
        exact_on=["day", "wed"],
        exact_day=["2027-02-03", ""],
        exact_from=["17:30", "17"],
        exact_to=["19:30", "24:00"],
        exact_best=["3", "0"],
    )
    request = request_entry.enter(session, office, typed, ready=True, send_confirmation=True)
    assert (request.state, request.source, request.code) == (
        RequestState.READY,
        RequestSource.PHONE,
        "A001",
    )
    assert (request.minutes, request.max_speakers, request.priority) == (90, 2, 3)
    assert [(row.person_id, row.wanted) for row in request.speaker_wishes] == [(speaker.id, True)]
    exact = {
        (row.weekday, row.day, row.starts, row.ends, row.preference) for row in request.windows
    }
    assert exact >= {
        (None, date(2027, 2, 3), time(17, 30), time(19, 30), 3),
        (2, None, time(17), time(0), 0),
    }
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 1


def test_request_by_phone_may_have_gaps_but_no_nonsense(session: Session, office: Desk) -> None:
    load_reference(session)
    gaps = _typed(
        topics=[], language_1="", language_2="", people="", windows=[], other_times="", address=""
    )
    request = request_entry.enter(session, office, gaps, ready=False)
    assert request.state is RequestState.IN_CLARIFICATION
    assert clearing.missing(request) == ["topics", "languages", "windows", "people"]
    with pytest.raises(Invalid) as refusal:
        request_entry.enter(session, office, gaps, ready=True)
    assert set(refusal.value.fields) == {"topics", "language_1", "people", "windows", "address"}
    with pytest.raises(Invalid) as refusal:
        request_entry.enter(session, office, _typed(people="-1", email=""), ready=False)
    assert set(refusal.value.fields) == {"people", "email"}


@pytest.mark.parametrize(
    ("field", "typed", "at"),
    [
        ("minutes", "29", "minutes"),
        ("minutes", "NaN", "minutes"),
        ("max_speakers", "4", "max_speakers"),
        ("interpreters_needed", "", "interpreters_needed"),
        ("priority", "0", "priority"),
        ("coordination_notes", "x" * 10_000, "coordination_notes"),
        ("wanted", ["999999"], "wanted"),
        ("unwanted", ["x"], "wanted"),
    ],
)
def test_faults_of_the_coordination_are_named(
    session: Session, office: Desk, field: str, typed: str | list[str], at: str
) -> None:
    load_reference(session)
    with pytest.raises(Invalid) as refusal:
        request_entry.enter(session, office, _typed(**{field: typed}), ready=False)
    assert list(refusal.value.fields) == [at]
    assert session.scalar(select(func.count()).select_from(Request)) == 0
    assert session.scalar(select(func.count()).select_from(Organisation)) == 0


def test_faulty_exact_time_is_named_at_its_row(session: Session, office: Desk) -> None:
    load_reference(session)
    typed = _typed(
        exact_on=["wed", "day"],
        exact_day=["", "2027-02-30"],
        exact_from=["18:00", "18:00"],
        exact_to=["20:00", "20:00"],
        exact_best=["0", "0"],
    )
    with pytest.raises(Invalid) as refusal:
        request_entry.enter(session, office, typed, ready=False)
    assert list(refusal.value.fields) == ["exact_from-1"]


def test_change_by_the_coordination_is_written_down(session: Session, office: Desk) -> None:
    load_reference(session)
    request = request_entry.enter(session, office, _typed(), ready=True)
    typed = request_entry.typed_request(request) | {"people": "25", "priority": "2"}
    assert request_entry.change(session, office, request, typed, version=request.version) is True
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "request.changed")).one()
    assert (entry.before, entry.after) == (
        {"people": 18, "priority": 1},
        {"people": 25, "priority": 2},
    )
    assert request_entry.change(session, office, request, typed) is False


def test_form_shows_a_request_as_it_is(session: Session, office: Desk) -> None:
    load_reference(session)
    typed = _typed(
        exact_on=["fri"], exact_day=[""], exact_from=["16:00"], exact_to=["18:00"], exact_best=["1"]
    )
    request = request_entry.enter(session, office, typed, ready=True)
    shown = request_entry.typed_request(request)
    again = request_entry.change(session, office, request, shown, version=request.version)
    assert again is False
    assert shown["exact_from"] == ["16:00"]


def test_change_of_a_planned_request_asks_for_a_new_plan(session: Session, office: Desk) -> None:
    load_reference(session)
    request = request_entry.enter(session, office, _typed(), ready=True)
    request.state = RequestState.PROPOSED
    session.flush()
    gap = request_entry.typed_request(request) | {"language_1": "", "language_2": ""}
    with pytest.raises(Invalid):
        request_entry.change(session, office, request, gap)
    typed = request_entry.typed_request(request) | {"people": "25"}
    request_entry.change(session, office, request, typed)
    assert request.state is RequestState.READY


def test_stale_form_changes_nothing(session: Session, office: Desk) -> None:
    load_reference(session)
    request = request_entry.enter(session, office, _typed(), ready=True)
    typed, seen = request_entry.typed_request(request), request.version
    request.people = 30
    session.flush()
    with pytest.raises(Conflict):
        request_entry.change(session, office, request, typed | {"people": "5"}, version=seen)
    assert request.people == 30
