"""How things stand, as tiles; each leads to what it counts."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from matchmaker.models.states import RequestState
from matchmaker.services.talks.talk_list import Answers
from matchmaker.services.worklist import Figures
from matchmaker.web.texts import _, ngettext


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    value: int
    label: str
    url: str
    detail: str = ""
    tone: str = ""


def figures_of(found: Figures) -> list[Figure]:
    return [
        Figure(
            value=found.waiting,
            label=ngettext("request to clarify", "requests to clarify", found.waiting),
            url=url_for("coordinator_requests.index", state="waiting"),
        ),
        Figure(
            value=found.ready,
            label=ngettext(
                "request ready for planning", "requests ready for planning", found.ready
            ),
            url=url_for("coordinator_requests.index", state=RequestState.READY.value),
        ),
        Figure(
            value=found.coming,
            label=ngettext("talk ahead", "talks ahead", found.coming),
            detail=_("%(num)s of them in the next 14 days", num=found.soon) if found.soon else "",
            url=url_for("coordinator_talks.index"),
        ),
        Figure(
            value=found.unanswered,
            label=ngettext("answer still missing", "answers still missing", found.unanswered),
            url=url_for("coordinator_talks.index", antworten=Answers.OPEN.value),
        ),
    ]
