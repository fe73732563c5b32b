"""A worker that answers the questions which pages have asked, and is gone again."""

from __future__ import annotations

from contextlib import closing

from sqlalchemy.orm import Session, sessionmaker

from matchmaker.clock import system_clock
from matchmaker.config import Settings
from matchmaker.jobs.answering import QUICK, SLOW, Answering
from matchmaker.jobs.workplace import Workplace, new_owner


def answer_questions(settings: Settings, factory: sessionmaker[Session]) -> int:
    """How many questions were answered or failed."""
    place = Workplace(settings, factory, system_clock, new_owner())
    with closing(Answering(place, (*QUICK, *SLOW), most=1)) as answering:
        return answering.work_off()
