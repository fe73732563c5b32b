"""Why a request is still open and what would help, in plain words for those who asked.

The coordination reads the same codes more exactly (`web/plan_words.py`). All texts are message
ids; whoever shows or mails them translates them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.models import PlanningRound, Proposal, Request
from matchmaker.models.states import RequestState, RoundState

LAST_RESORTS = frozenset({"window", "topic"})
"""Rules that can nearly always be relaxed: they are the reason only where nothing else is."""
MOST_REASONS = 3

TO_HOSTS: Mapping[str, tuple[str, str]] = {
    "group_size": (
        N_("For this topic the experts come to larger groups only."),
        N_("Invite another association, or more members. Then tell us the new number."),
    ),
    "group": (
        N_("At the moment we have nobody for this topic who comes to groups for women."),
        N_("Call us. We look for somebody with you."),
    ),
    "lead_time": (
        N_("Your days are very soon. The experts need some weeks of notice."),
        N_("Choose a later period."),
    ),
    "closed_day": (
        N_("Your days are public holidays."),
        N_("Choose other days."),
    ),
    "blocked": (
        N_("On your days your association has a closed period."),
        N_("Choose other days. Or call us if the closed period is over."),
    ),
    "language": (
        N_("At the moment we have nobody who speaks or interprets your language."),
        N_("Choose one more language that your group understands."),
    ),
    "district": (
        N_("At the moment nobody comes to your district with this topic."),
        N_("Choose a room in another district, or meet online."),
    ),
    "mode": (
        N_("Nobody can hold the talk in the way that you have chosen."),
        N_("Choose: at your place, or online. If you can, choose both."),
    ),
    "venue": (
        N_("At your times the room is taken by another talk."),
        N_("Choose other times or another room."),
    ),
    "host_load": (
        N_("You have other talks with us in these weeks already."),
        N_("Choose a longer period."),
    ),
    "workload": (
        N_("Everybody who fits has no more free dates in your period."),
        N_("Choose a longer period. Or wait for the next planning."),
    ),
    "travel": (
        N_("Everybody who fits has another talk too far away on your days."),
        N_("Choose one more day or one more time."),
    ),
    "availability": (
        N_("Nobody who fits is free at your times."),
        N_("Choose one more day or one more time."),
    ),
    "window": (
        N_("On your days we have found no date. On other days there would be one."),
        N_("Choose one more day or one more time."),
    ),
    "topic": (
        N_("At the moment nobody offers your topic."),
        N_("Choose a second topic. We keep looking for the first one."),
    ),
    "competition": (
        N_("Other associations need the same experts on the same days."),
        N_("Choose more days. Then you stand a better chance."),
    ),
    "combination": (
        N_("Several things do not fit together yet."),
        N_("Call us. Together we find a way."),
    ),
    "left_out": (
        N_("We plan your request in one of the next rounds."),
        N_("You need not do anything. Or call us."),
    ),
    "no_window": (
        N_("Your days lie outside the time that we are planning now."),
        N_("You need not do anything. Or choose earlier days."),
    ),
}

WAYS_TO_HOSTS: Mapping[str, str] = {
    "group_size": N_("With %(needed)s people it would be possible, for example on %(when)s."),
    "closed_day": N_("It would be possible on %(when)s. That is a public holiday."),
    "blocked": N_(
        "It would be possible on %(when)s, if you open your closed period for it. Please call us "
        "for that."
    ),
    "mode": N_("It would be possible on %(when)s, %(way)s."),
    "venue": N_("In another room it would be possible on %(when)s."),
    "window": N_("It would be possible on %(when)s. Does that suit you?"),
    "topic": N_("On the topic “%(topic)s” it would be possible, for example on %(when)s."),
}
"""What an association itself can change, with an evening that the plan has tried out."""


@dataclass(frozen=True, slots=True)
class WhyOpen:
    """The reasons of the newest plan that has looked at the request; none if none has."""

    codes: tuple[str, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    round: PlanningRound | None = None
    proposal: Proposal | None = None

    def way(self, code: str) -> Mapping[str, Any] | None:
        """The cheapest way out that was tried out and is the association's own to choose.

        None if there is none, or if another request would have to make way for it.
        """
        ways = self.detail.get(code) or ()
        if code not in WAYS_TO_HOSTS or not ways or self.detail.get("competes_with"):
            return None
        first: Mapping[str, Any] = ways[0]
        return first if first.get("start") and not first.get("also") else None


def telling(codes: Iterable[str]) -> tuple[str, ...]:
    """The causes to name: the last resorts only where there is no other, three at most."""
    given = tuple(codes)
    causes = tuple(code for code in given if code not in LAST_RESORTS)
    return (causes or given)[:MOST_REASONS]


def why_open(session: Session, request: Request) -> WhyOpen:
    """What the newest plan says of a request that waits for a date."""
    if request.state is not RequestState.READY:
        return WhyOpen()
    rows = session.execute(
        select(Proposal, PlanningRound)
        .join(PlanningRound, PlanningRound.current_proposal_id == Proposal.id)
        .where(PlanningRound.state != RoundState.OPEN)
        .order_by(Proposal.created_at.desc(), Proposal.id.desc())
        .limit(4)
    )
    for proposal, planning_round in rows:
        found = why_in_plan(proposal, request.code)
        if found is not None:
            return replace(found, round=planning_round)
    return WhyOpen()


def why_in_plan(proposal: Proposal, code: str) -> WhyOpen | None:
    """What one plan says of a request that it leaves open; None if it does not."""
    for row in proposal.content.get("unassigned", []):
        if row.get("request") == code:
            return WhyOpen(telling(row.get("reasons", [])), row.get("detail", {}), None, proposal)
    for row in proposal.content.get("info", {}).get("left_out", []):
        if row.get("request") == code:
            known = "no_window" if row.get("reason") == "no_window" else "left_out"
            return WhyOpen((known,), {}, None, proposal)
    return None
