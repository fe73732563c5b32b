"""A request in a plan: what its page says and what the worker answers."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.jobs import keepers
from matchmaker.models import Heartbeat, PlanningRound
from matchmaker.services.desk import Desk
from matchmaker.services.planning import decisions
from tests.support.answering import answer_questions
from tests.web.coordinator.planned_round import At


def test_a_requests_page_says_why_and_where_else(told: At) -> None:
    page = told("/1/anfrage/A001")
    for words in ("Why this evening?", "Rana Aydın does it every day", "Where else it could be"):
        assert words in page.words
    assert "Olga Reimann" in page.words
    assert "Points by part Part Points Talk takes place 1,000 " in page.words
    drawn = re.findall(r'<rect class="bar-fill[^"]*" x="[0-9.]+" width="([0-9.]+)"', page.text)
    assert len(drawn) == page.text.count("points-bar") - 1
    assert max(drawn, key=float) == drawn[0]
    assert "as good as now" in page.words


def test_until_somebody_answers_the_page_says_what_it_waits_for(at: At) -> None:
    page = at("/1/anfrage/A001")
    assert "Why this evening?" in page.words
    assert "No worker has reported lately. Please start “matchmaker worker”" in page.words
    assert "Where else it could be" not in page.words
    assert '<meta http-equiv="refresh"' in page.text
    assert 'data-refresh-url="' in at("/1/anfrage/A001/antwort").text


def test_while_a_worker_runs_the_page_says_that_the_answer_comes(
    at: At, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        session.merge(Heartbeat(name="worker", at=desk.now, note=""))
    assert "The answer is being worked out" in at("/1/anfrage/A001").words


def test_the_part_that_is_fetched_brings_the_answer_and_asks_no_more(told: At) -> None:
    fragment = told("/1/anfrage/A001/antwort")
    assert "Where else it could be" in fragment.words
    assert "data-refresh-url" not in fragment.text
    assert "<html" not in fragment.text


def test_looking_again_asks_again_only_after_a_change(
    told: At, at: At, settings: Settings, factory: sessionmaker[Session], desk: Desk
) -> None:
    told("/1/anfrage/A001")
    at("/1/anfrage/A001")
    assert answer_questions(settings, factory) == 0
    with factory.begin() as session:
        round_id = session.scalars(select(PlanningRound.id)).one()
        decisions.ban_person(session, desk, round_id, "A001", "R02")
    at("/1/anfrage/A001")
    assert answer_questions(settings, factory) == 1
    assert "Olga Reimann" not in at("/1/anfrage/A001/antwort").words


def test_a_question_that_failed_is_told_and_left_alone_for_a_while(
    at: At, settings: Settings, factory: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keepers, "MEMORY_BYTES", 64 * 1024**2)
    at("/1/anfrage/A001")
    assert answer_questions(settings, factory) == 1
    assert "This could not be worked out." in at("/1/anfrage/A001").words
    assert answer_questions(settings, factory) == 0


def test_an_open_request_is_told_why_with_ways_out(told: At) -> None:
    page = told("/1/anfrage/A003")
    assert "One more interpreter for" in page.words
    assert "the rules leave no evening" in page.words
