"""Questions about plans: asked as rows, answered from a process that may die."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.jobs import answering, asked, keepers, solving
from matchmaker.jobs.answering import SLOW, Answering
from matchmaker.jobs.keepers import Known, Subject
from matchmaker.jobs.queue import poke
from matchmaker.jobs.workplace import Workplace
from matchmaker.models import PlanningRound, PlanQuestion, Proposal
from matchmaker.models.states import QuestionKind, QuestionState
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit
from matchmaker.services.planning import decisions, edits, questions
from tests import factories
from tests.jobs.conftest import Hands, wait_until
from tests.jobs.test_worker import _is_running, working
from tests.services.plans import evening, stored_plan

ABOUT = {"request": "A001"}


@pytest.fixture
def proposal_id(factory: sessionmaker[Session], desk: Desk) -> int:
    """A001 has R01, R02 could come as well; A002 is open, because nobody knows its topic."""
    with factory.begin() as session:
        for code in ("R01", "R02"):
            factories.speaker(session, topics={"ANE-01": 3}, weekly=((1, 16, 21),), code=code)
        first = factories.request(session, code="A001")
        factories.request(session, code="A002", topics=("ANE-02",))
        row = factories.planning_round(session)
        return stored_plan(session, desk, row, evening(first, "R01")).id


@pytest.fixture
def answers(place: Workplace) -> Iterator[Answering]:
    with closing(Answering(place)) as answers:
        yield answers


@dataclass
class Asking:
    """Questions about the one plan, and what has become of them."""

    factory: sessionmaker[Session]
    desk: Desk
    proposal_id: int

    def ask(self, arguments: dict[str, Any], kind: QuestionKind = QuestionKind.EXPLAIN) -> int:
        with self.factory.begin() as session:
            proposal = session.get_one(Proposal, self.proposal_id)
            return questions.ask(session, self.desk, proposal, kind, arguments).id

    def row(self, number: int) -> PlanQuestion:
        with self.factory() as session:
            return session.get_one(PlanQuestion, number)

    def answer(self, number: int) -> dict[str, Any]:
        row = self.row(number)
        assert (row.state, row.error) == (QuestionState.ANSWERED, "")
        assert row.answer is not None
        return row.answer


@pytest.fixture
def asking(factory: sessionmaker[Session], desk: Desk, proposal_id: int) -> Asking:
    return Asking(factory, desk, proposal_id)


def only_process(answers: Answering) -> int:
    (process,) = answers.keepers.processes.values()
    return process


def test_a_planned_talk_is_explained_with_its_alternatives(
    answers: Answering, asking: Asking, factory: sessionmaker[Session], desk: Desk
) -> None:
    number = asking.ask(ABOUT)
    assert answers.work_off() == 1
    answer = asking.answer(number)
    assert answer["talk"]["speakers"] == ["R01"]
    assert answer["gain"]["serve"] > 0
    assert len(answer["alternatives"]) == 5
    row = asking.row(number)
    with factory() as session:
        assert row.known_until == audit.last_entry(session)
        assert questions.holds(session, desk, row)


def test_an_open_request_is_explained_with_remedies(answers: Answering, asking: Asking) -> None:
    number = asking.ask({"request": "A002"})
    answers.work_off()
    answer = asking.answer(number)
    assert (answer["talk"], answer["reasons"]) == (None, ["topic"])
    assert answer["detail"]["topic"][0]["person"] in {"R01", "R02"}


def test_a_fixed_evening_has_alternatives_all_the_same(
    answers: Answering, asking: Asking, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        round_id = session.scalars(select(PlanningRound.id)).one()
        decisions.pin(session, desk, round_id, "A001")
    number = asking.ask(ABOUT)
    answers.work_off()
    assert asking.answer(number)["alternatives"]


def test_a_decline_is_answered_with_somebody_else(answers: Answering, asking: Asking) -> None:
    event = {"kind": "decline", "person": "R01", "request": "A001"}
    number = asking.ask({"event": event}, QuestionKind.REPAIR)
    answers.work_off()
    answer = asking.answer(number)
    assert answer["lost"] == ["A001"]
    best = answer["options"][0]
    assert (best["changes"][0]["after"]["speakers"], best["others_moved"]) == (["R02"], 0)


def test_what_unlocks_most_is_answered_by_its_own_lane(place: Workplace, asking: Asking) -> None:
    number = asking.ask({}, QuestionKind.UNLOCK)
    with closing(Answering(place)) as quick:
        assert quick.work_off() == 0
    with closing(Answering(place, SLOW, most=1, idle_seconds=0)) as slow:
        assert slow.work_off() == 1
        assert slow.keepers.processes == {}
    answer = asking.answer(number)
    assert answer["open"] == ["A002"]
    assert answer["by_requests"][0]["placed"] == ["A002"]


def test_the_state_is_kept_until_something_is_recorded(
    answers: Answering, asking: Asking, factory: sessionmaker[Session], desk: Desk, proposal_id: int
) -> None:
    asking.ask(ABOUT)
    answers.work_off()
    first = answers.keepers.known(Subject(proposal_id))
    asking.ask({"request": "A002"})
    answers.work_off()
    assert answers.keepers.known(Subject(proposal_id)) == first
    with factory.begin() as session:
        round_id = session.scalars(select(PlanningRound.id)).one()
        decisions.ban_person(session, desk, round_id, "A001", "R02")
    number = asking.ask(ABOUT)
    answers.work_off()
    people = [row["talk"]["speakers"] for row in asking.answer(number)["alternatives"]]
    assert people
    assert ["R02"] not in people
    assert answers.keepers.known(Subject(proposal_id)) != first


def test_a_killed_keeper_is_replaced_and_the_question_answered(
    answers: Answering, asking: Asking
) -> None:
    asking.ask(ABOUT)
    answers.work_off()
    lost = only_process(answers)
    os.kill(lost, signal.SIGKILL)
    number = asking.ask({"request": "A002"})
    answers.work_off()
    assert asking.answer(number)["reasons"] == ["topic"]
    assert only_process(answers) != lost


def test_a_keeper_that_always_dies_fails_the_question(
    answers: Answering, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keepers, "MEMORY_BYTES", 64 * 1024**2)
    number = asking.ask(ABOUT)
    answers.work_off()
    row = asking.row(number)
    assert (row.state, row.error) == (QuestionState.FAILED, questions.BROKEN)


def test_a_question_that_takes_too_long_ends_its_keeper(
    answers: Answering, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking.ask(ABOUT)
    answers.work_off()
    process = only_process(answers)
    os.kill(process, signal.SIGSTOP)
    monkeypatch.setitem(answering.SECONDS, QuestionKind.EXPLAIN, 0.1)
    number = asking.ask({"request": "A002"})
    answers.work_off()
    assert asking.row(number).error == questions.SLOW
    assert not _is_running(process)


def test_only_a_few_plans_are_kept_and_not_for_long(
    place: Workplace, asking: Asking, factory: sessionmaker[Session], desk: Desk, proposal_id: int
) -> None:
    with factory.begin() as session:
        request = factories.request(session, code="A003")
        row = factories.planning_round(session, name="Second")
        other = stored_plan(session, desk, row, evening(request, "R02")).id
    with closing(Answering(place, most=1)) as answers:
        asking.ask(ABOUT)
        answers.work_off()
        first = only_process(answers)
        replace(asking, proposal_id=other).ask({"request": "A003"})
        answers.work_off()
        assert list(answers.keepers.processes) == [Subject(other)]
        assert not _is_running(first)
        answers.keepers.idle_seconds = 0
        answers.work_off()
        assert answers.keepers.processes == {}


def test_a_newer_version_refuses_the_question(
    answers: Answering, asking: Asking, factory: sessionmaker[Session], desk: Desk, proposal_id: int
) -> None:
    number = asking.ask(ABOUT)
    with factory.begin() as session:
        row = session.get_one(Proposal, proposal_id)
        edits.remove(session, desk, row.round_id, "A001", base=1)
    answers.work_off()
    assert asking.row(number).error == questions.SUPERSEDED


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (QuestionKind.EXPLAIN, {"request": "A999"}),
        (QuestionKind.REPAIR, {"event": {"kind": "late_request", "request": "A001"}}),
        (QuestionKind.REPAIR, {"event": {"kind": "earthquake"}}),
        (QuestionKind.REPAIR, {"event": {"kind": "cancellation", "request": "A999"}}),
    ],
)
def test_what_cannot_be_asked_fails_alone(
    answers: Answering, asking: Asking, kind: QuestionKind, arguments: dict[str, Any]
) -> None:
    wrong = asking.ask(arguments, kind)
    right = asking.ask(ABOUT)
    assert answers.work_off() == 2
    assert asking.row(wrong).error == questions.GONE
    assert asking.answer(right)["talk"]


def test_a_question_left_by_a_dead_worker_is_taken_up_again_but_not_for_ever(
    answers: Answering, asking: Asking, place: Workplace, hands: Hands
) -> None:
    number = asking.ask(ABOUT)
    for _ in range(asked.MOST_TRIES):
        assert asked.claim(place, number) is not None
        assert asked.claim(place, number) is None
        hands.late += asked.LEASE + timedelta(seconds=1)
    answers.work_off()
    row = asking.row(number)
    assert (row.state, row.error) == (QuestionState.FAILED, questions.BROKEN)


def test_a_worker_whose_lease_ran_out_no_longer_ends_the_question(
    asking: Asking, place: Workplace, hands: Hands
) -> None:
    number = asking.ask(ABOUT)
    first = asked.claim(place, number)
    hands.late = asked.LEASE + timedelta(seconds=1)
    second = asked.claim(place, number)
    assert first is not None
    assert second is not None
    asked.fail(place, first, questions.SLOW)
    asked.give_back(place, first)
    row = asking.row(number)
    assert (row.state, row.tries, row.error) == (QuestionState.TAKEN, 2, "")
    asked.finish(place, second, {"found": 1}, Known(7, place.desk().today))
    asked.fail(place, second, questions.SLOW)
    assert asking.answer(number) == {"found": 1}


def test_a_worker_told_to_stop_gives_the_question_back(
    answers: Answering, asking: Asking, place: Workplace
) -> None:
    asking.ask(ABOUT)
    answers.work_off()
    os.kill(only_process(answers), signal.SIGSTOP)
    number = asking.ask({"request": "A002"})
    place.stop.set()
    assert answers.answer(number)
    row = asking.row(number)
    assert (row.state, row.tries, row.taken_until) == (QuestionState.ASKED, 0, None)


def test_the_worker_gets_a_new_plan_ready_and_answers_when_poked(
    settings: Settings, run_id: int, factory: sessionmaker[Session], place: Workplace
) -> None:
    solving.work_off(place)
    with factory() as session:
        made = session.scalars(select(Proposal.id)).one()
    with closing(Answering(place)) as answers:
        assert answers.work_off() == 0
        assert list(answers.keepers.processes) == [Subject(made)]
    with working(settings):
        asking = Asking(factory, place.desk(), made)
        number = asking.ask(ABOUT)
        poke(settings, "answer")
        wait_until(lambda: asking.row(number).state is QuestionState.ANSWERED)


def test_a_plan_that_cannot_be_got_ready_is_tried_once(
    run_id: int,
    factory: sessionmaker[Session],
    place: Workplace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    solving.work_off(place)
    with factory() as session:
        made = session.scalars(select(Proposal.id)).one()
    with closing(Answering(place)) as answers:
        with monkeypatch.context() as broken:
            broken.setattr(keepers, "keeper_command", lambda: ["no-such-program"])
            assert answers.work_off() == 0
        assert answers.work_off() == 0
        assert answers.keepers.processes == {}
        asking = Asking(factory, place.desk(), made)
        number = asking.ask(ABOUT)
        assert answers.work_off() == 1
        assert asking.answer(number)["talk"]


def test_old_questions_go_and_new_ones_stay(
    factory: sessionmaker[Session], asking: Asking, place: Workplace, hands: Hands
) -> None:
    old = replace(asking, desk=place.desk()).ask(ABOUT)
    hands.late = questions.KEPT + timedelta(minutes=1)
    new = replace(asking, desk=place.desk()).ask({"request": "A002"})
    with factory.begin() as session:
        assert questions.expire(session, place.desk()) == 1
    with factory() as session:
        assert session.get(PlanQuestion, old) is None
        assert session.get(PlanQuestion, new) is not None
