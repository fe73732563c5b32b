"""Asking the worker about a plan: at once where the answer comes in time, otherwise soon.

Asking writes a row and changes nothing else; a page that only reads has to ask before it loads
what it shows, because its transaction ends there.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy.exc import OperationalError

from matchmaker.i18n import N_
from matchmaker.models import PlanQuestion, Proposal
from matchmaker.models.states import OPEN_QUESTIONS, QuestionKind
from matchmaker.services.house.signs import worker_silent
from matchmaker.services.planning import questions
from matchmaker.web.context import desk, writing
from matchmaker.web.db import db
from matchmaker.web.texts import _

WAIT_SECONDS, LOOK_SECONDS, LOCK_SECONDS = 1.0, 0.04, 0.4
QUESTION, LONGEST_NUMBER = "frage", 10
"""What an address calls the question whose answer its page waits for."""

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

    def address(self, endpoint: str = "") -> str:
        """Where to look for it: this page, or another one for the same, knowing the question."""
        values: dict[str, Any] = {name: text for name, text in request.args.items() if _plain(name)}
        values |= request.view_args or {}
        if self.question_id:
            values[QUESTION] = self.question_id
        return url_for(endpoint or f".{(request.endpoint or '').rpartition('.')[2]}", **values)

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
        row = self._waited_for() or self._known() or self._ask()
        silent = worker_silent(db.session(), desk().now)
        if row is None:
            return Reply(question_id=0, silent=silent)
        if not silent:
            row = _waited(row, wait)
        return _told(row, silent=silent)

    def known(self) -> Reply | None:
        """The same without asking or waiting: for pages in the middle of something else."""
        row = self._known()
        return None if row is None else _told(row, silent=False)

    def latest(self) -> Reply | None:
        """The newest of all, also if it does not hold any more: only for what says so."""
        row = questions.find(db.session(), self.proposal, self.kind, self.arguments)
        return None if row is None else _told(row, silent=False)

    def _known(self) -> PlanQuestion | None:
        return questions.known(db.session(), desk(), self.proposal, self.kind, self.arguments)

    def _waited_for(self) -> PlanQuestion | None:
        number = request.args.get(QUESTION, "")
        if not (number.isascii() and number.isdigit() and len(number) < LONGEST_NUMBER):
            return None
        return questions.waited_for(
            db.session(),
            desk(),
            self.proposal,
            self.kind,
            self.arguments,
            question_id=int(number),
        )

    def _ask(self) -> PlanQuestion | None:
        """None if others are writing: the page does not queue, it asks when it looks again."""
        try:
            with writing(LOCK_SECONDS):
                return questions.ask(db.session(), desk(), self.proposal, self.kind, self.arguments)
        except OperationalError:
            return None


def without_answer(reply: Reply | None, **facts: Any) -> str | None:
    """What a page is fetched again for while there is no answer, without reading the plan."""
    if reply is None or reply.answer is not None:
        return None
    return render_template(
        "coordinator/planning/_working_out.html",
        reply=reply,
        answer_url=reply.address(),
        **facts,
    )


def _plain(name: str) -> bool:
    """Whether it is a field of ours and nothing that `url_for` would take for its own."""
    return name.isalpha() and name != "endpoint"


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
