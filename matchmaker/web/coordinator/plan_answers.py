"""Asking the worker about a plan: at once where the answer comes in time, otherwise soon.

Asking writes a row and changes nothing else; a page that only reads has to ask before it loads
what it shows, because its transaction ends there.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from matchmaker.i18n import N_
from matchmaker.models import PlanQuestion, Proposal
from matchmaker.models.states import OPEN_QUESTIONS, QuestionKind
from matchmaker.services.house.signs import worker_silent
from matchmaker.services.planning import questions
from matchmaker.web.context import desk, writing
from matchmaker.web.db import db
from matchmaker.web.texts import _

WAIT_SECONDS, LOOK_SECONDS = 1.0, 0.04

FAULTS = {
    questions.SUPERSEDED: N_("There is a newer version of this plan. Please look at that one."),
    questions.GONE: N_("This does not fit the plan any more. Please go back to the plan."),
    questions.SLOW: N_("This took too long and was stopped. Please try again in a minute."),
    questions.BROKEN: N_("This could not be worked out. Please try again in a minute."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is known of an answer: it is there, it failed (`error`), or it is still to come.

    `silent`: no worker has shown a sign of life, so it will not come before one runs.
    """

    question_id: int
    answer: Mapping[str, Any] | None = None
    error: str = ""
    silent: bool = False

    @property
    def waiting(self) -> bool:
        return self.answer is None and not self.error

    @property
    def fault(self) -> str:
        """The error in words."""
        return _(FAULTS[self.error]) if self.error else ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a version of a plan."""

    proposal: Proposal
    kind: QuestionKind
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def reply(self, *, wait: float = WAIT_SECONDS) -> Reply:
        """Ask if need be, and wait at most so many seconds for a worker that runs."""
        row = questions.known(db.session(), desk(), self.proposal, self.kind, self.arguments)
        if row is None:
            with writing():
                row = questions.ask(db.session(), desk(), self.proposal, self.kind, self.arguments)
        silent = worker_silent(db.session(), desk().now)
        if not silent:
            row = _waited(row, wait)
        return _told(row, silent=silent)

    def known(self) -> Reply | None:
        """The same without asking or waiting: for pages in the middle of something else."""
        row = questions.find(db.session(), self.proposal, self.kind, self.arguments)
        return None if row is None else _told(row, silent=False)


def _waited(row: PlanQuestion, seconds: float) -> PlanQuestion:
    until = time.monotonic() + seconds
    while row.state in OPEN_QUESTIONS and time.monotonic() < until:
        # Between two looks no transaction is open, so nobody waits for this page.
        db.session.rollback()
        time.sleep(LOOK_SECONDS)
        db.session.refresh(row)
    return row


def _told(row: PlanQuestion, *, silent: bool) -> Reply:
    if row.state in OPEN_QUESTIONS:
        return Reply(question_id=row.id, silent=silent)
    return Reply(question_id=row.id, answer=row.answer, error=row.error)
