"""Answering questions about plans from the state that is kept of them."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.jobs import asked as rows
from matchmaker.jobs.asked import Asked
from matchmaker.jobs.keepers import (
    IDLE_SECONDS,
    MOST,
    Document,
    KeeperLost,
    Keepers,
    Known,
    NoAnswer,
    Stopped,
    Subject,
    TooSlow,
)
from matchmaker.jobs.workplace import Workplace
from matchmaker.models import Proposal
from matchmaker.models.states import QuestionKind
from matchmaker.scheduling.formats import problem_to_json
from matchmaker.scheduling.formats.encode import encoded
from matchmaker.services.errors import NotFound
from matchmaker.services.house import audit
from matchmaker.services.planning import questions
from matchmaker.services.planning.plan_today import (
    PlanToday,
    made_way,
    plan_today,
    with_whoever_leaves,
)
from matchmaker.services.planning.round_changes import anything_since
from matchmaker.services.talks.standing import find_talk

QUICK = (QuestionKind.EXPLAIN, QuestionKind.REPAIR)
SLOW = (QuestionKind.UNLOCK,)
SECONDS = {QuestionKind.EXPLAIN: 20.0, QuestionKind.REPAIR: 30.0, QuestionKind.UNLOCK: 90.0}
"""How long a question may take; more than ten times what a quarter of 600 requests needs."""

UNLOCK_SECONDS = 60
"""When the search for what unlocks most ends with the best that it has found."""

log = logging.getLogger(__name__)


class Answering:
    """Answers the questions of some kinds, one after the other, in the thread that calls it."""

    def __init__(
        self,
        place: Workplace,
        kinds: Collection[QuestionKind] = QUICK,
        *,
        most: int = MOST,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self.place, self.kinds = place, kinds
        self.keepers = Keepers(place.stop, most=most, idle_seconds=idle_seconds)
        self._not_ready: set[int] = set()

    def work_off(self) -> int:
        """Answer all that waits, get new plans ready; returns how many questions were taken up."""
        taken = 0
        while not self.place.stop.is_set():
            with self.place.reading() as session:
                due = rows.due(session, self.place.clock(), self.kinds)
            answered = sum(self.answer(number) for number in due)
            if not answered:
                break
            taken += answered
        self._get_ready()
        self.keepers.end_idle()
        return taken

    def answer(self, question_id: int) -> bool:
        """Answer one question if nobody else does; its row says what became of it."""
        asked = rows.claim(self.place, question_id)
        if asked is None:
            return False
        try:
            answer, known = self._answered(asked)
            rows.finish(self.place, asked, answer, known)
        except Stopped:
            rows.give_back(self.place, asked)
        except (NoAnswer, NotFound):
            rows.fail(self.place, asked, questions.GONE)
        except TooSlow:
            rows.fail(self.place, asked, questions.SLOW)
        except _SupersededError:
            rows.fail(self.place, asked, questions.SUPERSEDED)
        except KeeperLost as error:
            log.warning("question %s: %s", question_id, error)
            rows.fail(self.place, asked, questions.BROKEN)
        except Exception:
            log.exception("question %s failed", question_id)
            rows.fail(self.place, asked, questions.BROKEN)
        return True

    def close(self) -> None:
        self.keepers.close()

    def _answered(self, asked: Asked) -> tuple[Document, Known]:
        arguments = asked.arguments
        subject = Subject(
            asked.proposal_id,
            arguments.get("talk", ""),
            arguments.get("leaving", ""),
            tuple(arguments.get("without", ())),
        )
        known, plan = self._plan(subject)
        question = _question(asked.kind, arguments)
        return self.keepers.ask(subject, known, plan, question, SECONDS[asked.kind]), known

    def _plan(self, subject: Subject) -> tuple[Known, _Plan]:
        """How much its state knows or will know, and the plan itself if that has to be read."""
        with self.place.reading() as session:
            desk = self.place.desk()
            proposal = session.get_one(Proposal, subject.proposal_id)
            if proposal.round.current_proposal_id != proposal.id:
                raise _SupersededError
            known = self.keepers.known(subject)
            if known is None or known.on != desk.today or anything_since(session, known.until):
                known = Known(audit.last_entry(session), desk.today)
        return known, _Plan(self.place, subject)

    def _get_ready(self) -> None:
        """Keep the newest plans before anybody asks, as many as fit."""
        if QuestionKind.EXPLAIN not in self.kinds:
            return
        with self.place.reading() as session:
            fresh = rows.fresh_plans(session, self.place.clock())[: self.keepers.most]
        self._not_ready.intersection_update(fresh)
        for proposal_id in reversed(fresh):
            subject = Subject(proposal_id)
            if self.place.stop.is_set():
                return
            if proposal_id in self._not_ready or self.keepers.known(subject) is not None:
                continue
            if self.keepers.has_room():
                self._keep_ready(subject)

    def _keep_ready(self, subject: Subject) -> None:
        """What fails is left until somebody asks, so that no sweep after it fails again."""
        try:
            self.keepers.keep(subject, *self._plan(subject))
        except (Stopped, _SupersededError):
            return
        except Exception:
            log.warning("proposal %s is not kept ready", subject.proposal_id, exc_info=True)
            self._not_ready.add(subject.proposal_id)


class _SupersededError(Exception):
    """There is a newer version of the plan."""


class _Plan:
    """Reads the plan when it is called, as a keeper wants it."""

    def __init__(self, place: Workplace, subject: Subject) -> None:
        self.place, self.subject = place, subject

    def __call__(self) -> Document:
        with self.place.reading() as session:
            today = self._today(session)
            return {
                "problem": problem_to_json(today.problem),
                "plan": [encoded(row) for row in today.plan],
            }

    def _today(self, session: Session) -> PlanToday:
        desk, subject = self.place.desk(), self.subject
        proposal = session.get_one(Proposal, subject.proposal_id)
        if not subject.talk:
            return made_way(plan_today(session, desk, proposal), subject.without)
        talk = find_talk(session, subject.talk)
        return with_whoever_leaves(session, desk, proposal, talk, subject.leaving)


def _question(kind: QuestionKind, arguments: Mapping[str, Any]) -> Document:
    match kind:
        case QuestionKind.EXPLAIN:
            return {"kind": "explain", "request": arguments["request"]}
        case QuestionKind.REPAIR:
            return {"kind": "repair", "event": arguments["event"]}
        case QuestionKind.UNLOCK:
            return {"kind": "unlock", "seconds": UNLOCK_SECONDS}
