"""Which talks lose their evenings for a request, as an address names them, and which do not."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select

from matchmaker.models import Proposal, Request
from matchmaker.models.states import TO_PLAN
from matchmaker.services.planning.plan_view import Plan, load_requests
from matchmaker.services.planning.repairs import talks_of
from matchmaker.web.coordinator.move_form import WAY
from matchmaker.web.coordinator.plan_room import request_url
from matchmaker.web.coordinator.remedy_actions import Action, talk_page
from matchmaker.web.coordinator.room import asked, may_write
from matchmaker.web.db import db
from matchmaker.web.plan_words import request_name
from matchmaker.web.texts import _

MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """`making` way are requests of the version, by code; the others are named but do not.

    `approved` ones have talks (request to talk) and are changed there, `settled` ones wait for no
    evening any more, `without` have none in the version.
    """

    making: tuple[str, ...] = ()
    approved: dict[str, str]
    settled: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Staying:
    """Why a request that is named makes no way, and where to look at it."""

    text: str
    page: Action | None


def of_address(proposal: Proposal, code: str) -> Way:
    """What the address of a page about the request says; for who only reads, nothing makes way."""
    if not may_write():
        return Way(approved={})
    planned, others = named(asked(WAY), proposal, code)
    if not planned and not others:
        return Way(approved={})
    approved = talks_of(db.session(), [*planned, *others])
    waiting = _waiting(planned)
    return Way(
        making=tuple(one for one in planned if one in waiting and one not in approved),
        approved=approved,
        settled=tuple(one for one in planned if one not in waiting and one not in approved),
        without=tuple(one for one in others if one not in approved),
    )


def named(text: str, proposal: Proposal, code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Codes other than the request’s own, divided by commas: those in the version, and the rest."""
    planned = {row["request"] for row in proposal.content["assignments"]}
    found = {one for one in text.split(",") if one} - {code}
    return tuple(sorted(found & planned)[:MOST]), tuple(sorted(found - planned)[:MOST])


def staying(way: Way, plan: Plan) -> list[Staying]:
    """Those that make no way, in words."""
    codes = {*way.approved, *way.settled, *way.without}
    known = load_requests(db.session(), codes)
    found = [_approved(code, talk, known) for code, talk in way.approved.items()]
    found += [_settled(code, known) for code in way.settled]
    return [*found, *(_without(code, known, plan) for code in way.without)]


def _waiting(codes: tuple[str, ...]) -> set[str]:
    rows = db.session.scalars(
        select(Request.code).where(Request.code.in_(codes), Request.state.in_(TO_PLAN))
    )
    return set(rows)


def _approved(code: str, talk: str, known: dict[str, Request]) -> Staying:
    name = request_name(code, known)
    text = _(
        "%(request)s is approved. It can only make way where its talk is changed.", request=name
    )
    return Staying(text, talk_page(code, talk))


def _settled(code: str, known: dict[str, Request]) -> Staying:
    name = request_name(code, known)
    text = _(
        "%(request)s is not waiting for an evening any more. What it had is free already.",
        request=name,
    )
    return Staying(text, _request_page(code))


def _without(code: str, known: dict[str, Request], plan: Plan) -> Staying:
    if code not in known:
        return Staying(_("There is no request %(request)s.", request=code), None)
    text = _("%(request)s has no evening in this version.", request=request_name(code, known))
    if code in plan.requests:
        url = request_url(plan.round.id, plan.proposal.number, code)
        return Staying(text, (_("Look at %(request)s", request=code), url))
    return Staying(text, _request_page(code))


def _request_page(code: str) -> Action:
    label = _("Look at %(request)s", request=code)
    return label, url_for("coordinator_requests.detail", code=code)
