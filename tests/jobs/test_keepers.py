"""Processes that keep plans: none is lost, none is given up for nothing, each says one thing."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest

from matchmaker.jobs import keepers
from matchmaker.jobs.keepers import Document, Keepers, Known, NoAnswer, Subject, TooSlow
from matchmaker.jobs.limited import ORPHANED
from matchmaker.scheduling.formats import load_problem, problem_to_json
from tests.jobs.test_worker import _is_running
from tests.services.planning.test_completing import OFFICIAL

FIRST, SECOND, THIRD = (Subject(number) for number in (1, 2, 3))
KNOWN = Known(1, date(2027, 1, 4))
LATER = Known(2, date(2027, 1, 4))
EXPLAIN = {"kind": "explain", "request": "A001"}


class UnreadableError(Exception):
    """The plan cannot be read."""


@pytest.fixture(scope="module")
def document() -> Document:
    return {"problem": problem_to_json(load_problem(OFFICIAL)), "plan": []}


@pytest.fixture
def kept() -> Iterator[Keepers]:
    with closing(Keepers(threading.Event())) as kept:
        yield kept


def unreadable() -> Document:
    raise UnreadableError


def test_a_plan_that_cannot_be_read_leaves_no_process_behind(
    kept: Keepers, document: Document
) -> None:
    process = kept.keep(FIRST, KNOWN, lambda: document)
    with pytest.raises(UnreadableError):
        kept.keep(FIRST, LATER, unreadable)
    assert kept.processes == {FIRST: process.id}
    kept.close()
    assert not _is_running(process.id)


def test_what_is_printed_beside_the_answers_is_none_of_them(
    kept: Keepers, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-m", "tests.jobs.noisy_keeper", str(keepers.MEMORY_BYTES)]
    monkeypatch.setattr(keepers, "keeper_command", lambda: command)
    answer = kept.ask(FIRST, KNOWN, lambda: document, EXPLAIN, 60)
    assert answer["request"] == "A001"


def test_only_a_question_that_does_not_fit_leaves_its_process(
    kept: Keepers, document: Document
) -> None:
    with pytest.raises(NoAnswer):
        kept.ask(FIRST, KNOWN, lambda: document, {"kind": "explain", "request": "A999"}, 60)
    (process,) = kept.processes.values()
    with pytest.raises(UnreadableError):
        kept.ask(FIRST, LATER, unreadable, EXPLAIN, 60)
    assert (kept.processes, _is_running(process)) == ({}, False)


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ({"kind": "explain", "request": "A999"}, "explain: does not fit the plan: KeyError"),
        (
            {"kind": "repair", "event": {"kind": "decline", "person": "R99", "request": "A001"}},
            "repair: does not fit the plan: KeyError 'R99'",
        ),
    ],
)
def test_a_question_that_does_not_fit_is_one_line_in_the_log(
    kept: Keepers,
    document: Document,
    capfd: pytest.CaptureFixture[str],
    question: Document,
    line: str,
) -> None:
    with pytest.raises(NoAnswer):
        kept.ask(FIRST, KNOWN, lambda: document, question, 60)
    (said,) = capfd.readouterr().err.splitlines()
    assert said.startswith(line)


def test_a_plan_that_was_asked_about_outlives_those_that_were_not(
    kept: Keepers, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.ask(FIRST, KNOWN, lambda: document, EXPLAIN, 60)
    kept.keep(SECOND, KNOWN, lambda: document)
    assert kept.has_room()
    kept.keep(THIRD, KNOWN, lambda: document)
    assert list(kept.processes) == [FIRST, THIRD]
    kept.ask(THIRD, KNOWN, lambda: document, EXPLAIN, 60)
    assert not kept.has_room()
    monkeypatch.setattr(keepers, "RECENT_SECONDS", 0)
    assert kept.has_room()


def test_an_answer_that_is_late_is_not_given_to_the_next_question(
    kept: Keepers, document: Document
) -> None:
    kept.keep(FIRST, KNOWN, lambda: document)
    with pytest.raises(TooSlow):
        kept.ask(FIRST, KNOWN, lambda: document, {"kind": "unlock", "seconds": 60}, 0)
    answer = kept.ask(FIRST, KNOWN, lambda: document, EXPLAIN, 60)
    assert answer["request"] == "A001"


def test_a_line_that_is_no_question_does_not_end_the_process() -> None:
    with subprocess.Popen(
        keepers.keeper_command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in (b'{"kind": ', b"\xff", b"[]", b"{}"):
            process.stdin.write(line + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline() or "null") == {"error": keepers.UNKNOWN}
        process.stdin.close()
        assert process.wait() == ORPHANED
