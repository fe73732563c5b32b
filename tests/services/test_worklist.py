from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import (
    CalendarSource,
    DuplicateFlag,
    Invitation,
    OutboxMessage,
    Request,
    SolveRun,
)
from matchmaker.models.states import (
    AnswerVia,
    AssignmentState,
    CalendarSourceKind,
    CalendarSourceState,
    InvitationRole,
    InvitationState,
    OutboxState,
    RequestState,
    Role,
    RoundState,
    RunState,
    TalkState,
)
from matchmaker.services import worklist
from matchmaker.services.desk import Desk
from matchmaker.services.inviting.responses import record_response
from matchmaker.services.planning import decisions
from matchmaker.services.worklist import Task
from tests import factories
from tests.services.plans import stored_plan


@pytest.fixture
def quiet(desk: Desk) -> Desk:
    """A desk whose mail leaves, so that nothing is to do by itself."""
    return replace(desk, settings=replace(desk.settings, demo=True))


def _kinds(session: Session, desk: Desk) -> list[str]:
    session.flush()
    return [task.kind for task in worklist.worklist(session, desk)]


def _only(session: Session, desk: Desk) -> Task:
    session.flush()
    (task,) = worklist.worklist(session, desk)
    return task


def _mail(session: Session, desk: Desk, state: OutboxState, number: int = 1) -> None:
    session.add(
        OutboxMessage(
            key=f"k{number}",
            kind="invitation",
            recipient="rana@verein.example",
            subject="Einladung",
            message_id=f"<{number}@localhost>",
            body=b"",
            state=state,
            due_at=desk.now,
            created_at=desk.now,
        )
    )


def _invitation(
    session: Session, desk: Desk, state: InvitationState, days: int, role: str = "speaker"
) -> Invitation:
    person = factories.person(session, Role.SPEAKER, name="Layla Mansour")
    assignment = factories.assignment(session, person, desk.now + timedelta(days=days))
    if state is InvitationState.DECLINED:
        assignment.state = AssignmentState.DECLINED
    session.flush()
    invitation = Invitation(
        talk_id=assignment.talk_id,
        person=person,
        assignment=assignment if role == "speaker" else None,
        role=InvitationRole(role),
        uid=f"inv-{assignment.id}@localhost",
        stamp=desk.now,
        state=state,
        created_at=desk.now,
        answered_at=desk.now,
    )
    session.add(invitation)
    return invitation


def test_nothing_to_do_is_an_empty_list(session: Session, quiet: Desk) -> None:
    assert _kinds(session, quiet) == []


def test_demo_starts_with_the_duplicate_the_plan_and_old_times(
    demo_session: Session, demo_desk: Desk
) -> None:
    calm = replace(demo_desk, settings=replace(demo_desk.settings, demo=True))
    tasks = worklist.worklist(demo_session, calm)

    assert [(task.kind, task.count) for task in tasks] == [
        ("duplicate", 1),
        ("ready", 60),
        ("old_times", 3),
    ]
    assert (tasks[0].facts["first"], tasks[0].facts["second"]) == ("A057", "A058")


def test_missing_mail_server_comes_first(session: Session, desk: Desk) -> None:
    factories.request(session, state=RequestState.SUBMITTED)

    assert _kinds(session, desk) == ["mail_trouble", "submitted"]


def test_dead_and_uncertain_mail_stand_apart(session: Session, quiet: Desk) -> None:
    _mail(session, quiet, OutboxState.DEAD, 1)
    _mail(session, quiet, OutboxState.DEAD, 2)
    _mail(session, quiet, OutboxState.UNCERTAIN, 3)
    _mail(session, quiet, OutboxState.SENT, 4)
    session.flush()

    assert _kinds(session, quiet) == ["mail_dead", "mail_dead", "mail_uncertain"]


def test_many_dead_mails_do_not_fill_the_page(session: Session, quiet: Desk) -> None:
    for number in range(7):
        _mail(session, quiet, OutboxState.DEAD, number)
    session.flush()

    found = [(task.kind, task.count) for task in worklist.worklist(session, quiet)]
    assert found == [*[("mail_dead", 1)] * 3, ("more_mails_dead", 4)]


def _calendar(session: Session, desk: Desk, failures: int, days: int) -> None:
    person = factories.speaker(session, name=f"Layla {failures} {days}")
    row = CalendarSource(
        person_id=person.id,
        kind=CalendarSourceKind.SUBSCRIPTION,
        name="kalender.example",
        url="https://kalender.example/a.ics",
        state=CalendarSourceState.COUNTS,
        failures=failures,
        read_at=desk.now - timedelta(days=days),
        created_at=desk.now,
    )
    session.add(row)


def test_calendar_that_has_failed_for_days_is_told(session: Session, quiet: Desk) -> None:
    for failures, days in ((0, 9), (3, 1), (9, 3)):
        _calendar(session, quiet, failures, days)
    session.flush()
    tasks = [task for task in worklist.worklist(session, quiet) if task.kind == "stale_calendar"]
    assert [task.facts["name"] for task in tasks] == ["Layla 9 3"]


def test_declined_talk_names_who_and_where(session: Session, quiet: Desk) -> None:
    invitation = _invitation(session, quiet, InvitationState.DECLINED, days=30)

    task = _only(session, quiet)

    assert (task.kind, task.facts["name"]) == ("declined", "Layla Mansour")
    assert task.facts["talk"] == invitation.talk.code


def _answer(session: Session, desk: Desk, invitation: Invitation, sequence: int) -> None:
    record_response(
        session,
        desk,
        invitation,
        InvitationState.ACCEPTED,
        sequence=sequence,
        stamp=desk.now,
        via=AnswerVia.WEB,
    )


def test_answer_to_a_date_never_sent_waits_until_somebody_settles_it(
    session: Session, quiet: Desk
) -> None:
    invitation = _invitation(session, quiet, InvitationState.OPEN, days=30)
    session.flush()
    _answer(session, quiet, invitation, sequence=7)
    task = _only(session, quiet)
    assert (task.kind, task.facts["name"]) == ("answer_ahead", "Layla Mansour")
    assert task.facts["invitation"] == invitation.id

    _answer(session, quiet, invitation, sequence=0)
    assert _kinds(session, quiet) == []


def test_yes_that_finds_the_evening_taken_waits_for_somebody(session: Session, quiet: Desk) -> None:
    invitation = _invitation(session, quiet, InvitationState.DECLINED, days=30)
    factories.assignment(session, invitation.person, quiet.now + timedelta(days=30))
    session.flush()
    _answer(session, quiet, invitation, sequence=0)
    assert "answer_taken" in _kinds(session, quiet)


def test_guest_who_cannot_come_needs_nobody_else(session: Session, quiet: Desk) -> None:
    _invitation(session, quiet, InvitationState.DECLINED, days=30, role="guest")
    assert _kinds(session, quiet) == []


def test_declined_talk_is_settled_when_it_is_called_off(session: Session, quiet: Desk) -> None:
    invitation = _invitation(session, quiet, InvitationState.DECLINED, days=30)
    session.flush()
    invitation.talk.state = TalkState.CANCELLED

    assert _kinds(session, quiet) == []


def test_declined_talk_is_settled_when_somebody_else_comes(session: Session, quiet: Desk) -> None:
    invitation = _invitation(session, quiet, InvitationState.DECLINED, days=30)
    assert invitation.assignment is not None
    invitation.assignment.state = AssignmentState.CANCELLED

    assert _kinds(session, quiet) == []


def test_host_that_says_no_stands_for_itself(session: Session, quiet: Desk) -> None:
    _invitation(session, quiet, InvitationState.DECLINED, days=30, role="host")

    assert _kinds(session, quiet) == ["host_declined"]


@pytest.mark.parametrize(("days", "expected"), [(9, ["unanswered"]), (11, [])])
def test_missing_answer_counts_when_the_talk_is_near(
    session: Session, quiet: Desk, days: int, expected: list[str]
) -> None:
    invitation = _invitation(session, quiet, InvitationState.OPEN, days=days)
    session.flush()
    tasks = worklist.worklist(session, quiet)

    assert [task.kind for task in tasks] == expected
    host = invitation.talk.organisation.name
    assert [task.facts["host"] for task in tasks] == [host] * len(expected)


def test_new_requests_are_counted_with_the_longest_waiting(session: Session, quiet: Desk) -> None:
    for days in (3, 9, 1):
        factories.request(
            session,
            state=RequestState.SUBMITTED,
            submitted_at=quiet.now - timedelta(days=days),
        )
    factories.request(session, state=RequestState.IN_CLARIFICATION)
    session.flush()

    first, second = worklist.worklist(session, quiet)

    assert (first.kind, first.count) == ("submitted", 3)
    assert first.since == quiet.now - timedelta(days=9)
    assert (second.kind, second.count) == ("in_clarification", 1)


def test_duplicate_is_settled_when_one_is_withdrawn(session: Session, quiet: Desk) -> None:
    first = factories.request(session, state=RequestState.SCHEDULED)
    second = factories.request(session, state=RequestState.SCHEDULED)
    session.add(DuplicateFlag(first=first, second=second, found_at=quiet.now))
    assert _kinds(session, quiet) == ["duplicate"]

    second.state = RequestState.WITHDRAWN
    assert _kinds(session, quiet) == []


def test_ready_requests_ask_for_a_round(session: Session, quiet: Desk) -> None:
    factories.request(session)
    assert _kinds(session, quiet) == ["ready_without_round"]

    made = factories.planning_round(session)
    task = _only(session, quiet)
    assert (task.kind, task.facts["round"]) == ("ready", made.id)


def test_round_that_has_been_sent_leaves_requests_over(session: Session, quiet: Desk) -> None:
    factories.request(session)
    factories.planning_round(session, state=RoundState.SENT)

    assert _kinds(session, quiet) == ["left_over"]


def test_left_over_tells_what_the_plan_could_not_place_from_what_was_taken_out(
    session: Session, quiet: Desk
) -> None:
    host = factories.organisation(session)
    first, _second = (factories.request(session, organisation=host) for _ in range(2))
    made = factories.planning_round(session)
    decisions.leave_out(session, quiet, made.id, first.code)
    stored_plan(session, quiet, made)
    made.state = RoundState.SENT

    task = _only(session, quiet)

    assert (task.kind, task.count, task.facts["unplaced"]) == ("left_over", 2, 1)


def test_round_that_is_over_is_not_planned_any_more(session: Session, quiet: Desk) -> None:
    factories.request(session)
    factories.planning_round(
        session,
        first_day=quiet.today - timedelta(days=90),
        last_day=quiet.today - timedelta(days=1),
    )

    assert _kinds(session, quiet) == ["ready_without_round"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (RunState.RUNNING, ["plan_running"]),
        (RunState.FAILED, ["plan_failed", "ready"]),
        (RunState.DONE, ["ready"]),
        (RunState.CANCELLED, ["ready"]),
    ],
)
def test_plan_in_the_making_and_plan_that_failed(
    session: Session, quiet: Desk, state: RunState, expected: list[str]
) -> None:
    factories.request(session)
    made = factories.planning_round(session)
    session.add(SolveRun(round_id=made.id, state=state, requested_at=quiet.now))

    assert _kinds(session, quiet) == expected


def test_talk_that_is_over_asks_whether_it_took_place(session: Session, quiet: Desk) -> None:
    talk = factories.talk(session, quiet.now - timedelta(days=1))
    assert _kinds(session, quiet) == ["mark_held"]

    talk.state = TalkState.DONE
    assert _kinds(session, quiet) == []


def test_many_talks_that_are_over_are_one_task(session: Session, quiet: Desk) -> None:
    for days in range(1, 5):
        factories.talk(session, quiet.now - timedelta(days=days))

    task = _only(session, quiet)

    assert (task.kind, task.count) == ("mark_all_held", 4)
    assert task.facts["starts_at"] == quiet.now - timedelta(days=4)


def test_times_that_were_never_confirmed_are_old(session: Session, quiet: Desk) -> None:
    speaker = factories.speaker(session)
    assert _kinds(session, quiet) == ["old_times"]

    assert speaker.profile is not None
    speaker.profile.confirmed_at = quiet.now - timedelta(weeks=7)
    assert _kinds(session, quiet) == []


def test_figures_count_what_is_ahead(session: Session, desk: Desk) -> None:
    factories.request(session, state=RequestState.SUBMITTED)
    factories.request(session)
    _invitation(session, desk, InvitationState.OPEN, days=3)
    _invitation(session, desk, InvitationState.ACCEPTED, days=40)
    factories.talk(session, desk.now - timedelta(days=3))
    session.flush()

    assert worklist.figures(session, desk) == worklist.Figures(
        waiting=1, ready=1, soon=1, coming=2, unanswered=1
    )


def test_demo_figures(demo_session: Session, demo_desk: Desk) -> None:
    found = worklist.figures(demo_session, demo_desk)

    assert (found.waiting, found.ready, found.coming) == (0, 60, 0)
    assert len(demo_session.scalars(select(Request)).all()) == 60
