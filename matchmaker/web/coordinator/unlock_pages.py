"""What unlocks most: the single changes that would give most open requests an evening."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from matchmaker.models import PlanQuestion
from matchmaker.models.states import QuestionKind
from matchmaker.services.planning import questions
from matchmaker.services.planning.plan_view import Plan
from matchmaker.services.planning.proposals import find_proposal
from matchmaker.services.planning.request_view import may_change
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk
from matchmaker.web.coordinator import unlock_words
from matchmaker.web.coordinator.plan_answers import WAIT_SECONDS, Asked, Reply, without_answer
from matchmaker.web.coordinator.plan_room import blueprint, plan_of
from matchmaker.web.coordinator.room import READERS, WRITERS
from matchmaker.web.db import db
from matchmaker.web.texts import number as written

PATH = "/<int:number>/was-hilft"


@blueprint.get(PATH)
@for_roles(*READERS)
def unlock(round_id: int, number: int) -> str:
    """An answer that is there is shown, however old; looking for it anew takes seconds."""
    reply = _reply(round_id, number, wait=WAIT_SECONDS)
    return render_template(
        "coordinator/planning/unlock.html", **_facts(plan_of(round_id, number), reply)
    )


@blueprint.get(f"{PATH}/antwort")
@for_roles(*READERS)
def unlock_answer(round_id: int, number: int) -> str:
    """The part of the page that is fetched until the worker has answered."""
    reply = _reply(round_id, number, wait=0)
    return without_answer(reply, thorough=True) or render_template(
        "coordinator/planning/_unlock.html", **_facts(plan_of(round_id, number), reply)
    )


@blueprint.post(PATH)
@for_roles(*WRITERS)
def unlock_again(round_id: int, number: int) -> Response:
    """Look again, if something has changed."""
    proposal = find_proposal(db.session(), round_id, number)
    questions.ask(db.session(), desk(), proposal, QuestionKind.UNLOCK, {})
    commit()
    return redirect(url_for(".unlock", round_id=round_id, number=number), 303)


def _reply(round_id: int, number: int, *, wait: float) -> Reply | None:
    """None where there is no answer and nothing can be changed any more."""
    proposal = find_proposal(db.session(), round_id, number)
    asked = Asked(proposal, QuestionKind.UNLOCK)
    known = asked.latest()
    if known is not None and known.answer is not None:
        return known
    return asked.reply(wait=wait) if may_change(db.session(), proposal) else None


def _facts(plan: Plan, reply: Reply | None) -> dict[str, Any]:
    answer = reply.answer if reply is not None else None
    row = db.session.get(PlanQuestion, reply.question_id) if reply is not None and answer else None
    return {
        "plan": plan,
        "round": plan.round,
        "reply": reply,
        "answer_url": reply.address(".unlock_answer") if reply else "",
        "thorough": True,
        "answer": answer,
        "answered_at": row.answered_at if row is not None else None,
        "holds": row is not None and questions.holds(db.session(), desk(), row),
        "looked_at": written(answer["looked_at"]) if answer else "",
        "movable": may_change(db.session(), plan.proposal),
        "by_requests": unlock_words.rows(answer["by_requests"]) if answer else [],
    }
