"""Plans, and answers about them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from matchmaker.jobs import solving
from matchmaker.jobs.answering import SLOW, Answering
from matchmaker.jobs.lanes.kinds import Lane, Sweep, Work, lane
from matchmaker.jobs.queue import poke
from matchmaker.jobs.workplace import Workplace
from matchmaker.services.planning import questions


def make_plans(place: Workplace) -> str:
    if solving.work_off(place):
        poke(place.settings, "answer")  # which gets the new plan ready for questions
    return ""


@contextmanager
def _answer(place: Workplace) -> Iterator[Work]:
    with closing(Answering(place)) as answering:
        yield _working_off(answering)


@contextmanager
def _unlock(place: Workplace) -> Iterator[Work]:
    # What has been worked out stands in its row, so its process is not kept.
    with closing(Answering(place, SLOW, most=1, idle_seconds=0)) as answering:
        yield _working_off(answering)


def _working_off(answering: Answering) -> Work:
    def work(_place: Workplace) -> str:
        answering.work_off()
        return ""

    return work


def remove_old_questions(place: Workplace) -> None:
    """Answers about plans are computed again when somebody asks."""
    with place.factory.begin() as session:
        questions.expire(session, place.desk())


# What unlocks most takes seconds; the other questions shall not wait for it.
LANES = (lane("plan", make_plans), Lane("answer", _answer), Lane("unlock", _unlock))
SWEEPS = (Sweep("old questions", remove_old_questions),)
