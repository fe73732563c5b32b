"""The coordination's places with what waits in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from matchmaker.models import IncomingMail, OutboxMessage, Request, Talk
from matchmaker.models.states import STUCK_MAILS, TO_CLEAR, RequestState, TalkState
from matchmaker.services.incoming import review
from matchmaker.web.access import access_of
from matchmaker.web.context import current_person, now
from matchmaker.web.db import db

ON_THE_DESK = (*TO_CLEAR, RequestState.READY)
"""Requests with which the coordination has to do something."""


@dataclass(frozen=True, slots=True)
class Place:
    """`meaning` says what the `count` counts; both are empty where nothing is counted."""

    key: str
    label: str
    url: str
    count: int
    meaning: str
    current: bool


class Places:
    """Counted only when a page shows them, with one statement."""

    def __iter__(self) -> Iterator[Place]:
        counts, meanings = _counts(), _meanings()
        for key, endpoint, label in (
            ("today", "coordinator_today.index", _("Today")),
            ("requests", "coordinator_requests.index", _("Requests")),
            ("planning", "coordinator_planning.index", _("Planning")),
            ("talks", "coordinator_talks.index", _("Scheduled talks")),
            ("contacts", "coordinator_contacts.index", _("Contacts")),
            ("post", "coordinator_post.index", _("Mail")),
        ):
            if not _is_open(endpoint):
                continue
            blueprints = _rooms_of(endpoint)
            yield Place(
                key,
                label,
                url_for(endpoint),
                counts.get(key, 0),
                meanings.get(key, ""),
                request.blueprint in blueprints,
            )


def _is_open(endpoint: str) -> bool:
    person, access = current_person(), access_of(current_app, endpoint)
    return person is None or access is None or bool(person.roles & access.roles)


def _rooms_of(endpoint: str) -> tuple[str, ...]:
    name = endpoint.partition(".")[0]
    beside = {
        "coordinator_planning": ("coordinator_proposals", "coordinator_approval"),
        "coordinator_post": ("coordinator_incoming", "coordinator_mail_templates"),
        "coordinator_talks": ("coordinator_subscriptions",),
    }
    return (name, *beside.get(name, ()))


def _meanings() -> dict[str, str]:
    return {
        "requests": _("to clarify or to plan"),
        "talks": _("still to come"),
        "post": _("waiting for a decision"),
    }


def _counts() -> dict[str, int]:
    def count(model: type, *conditions: object) -> object:
        query = select(func.count()).select_from(model)
        return query.where(*conditions).scalar_subquery()  # type: ignore[arg-type]  # SQL expressions

    row = db.session.execute(
        select(
            count(Request, Request.state.in_(ON_THE_DESK)),
            count(Talk, Talk.state == TalkState.CONFIRMED, Talk.starts_at >= now()),
            count(OutboxMessage, OutboxMessage.state.in_(STUCK_MAILS)),
            count(IncomingMail, review.waits()),
        )  # type: ignore[call-overload]  # four counts
    ).one()
    return {"requests": row[0], "talks": row[1], "post": row[2] + row[3]}
