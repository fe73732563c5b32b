"""The letter to those who asked when no date was found: why, and what would help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.i18n import N_, format_when, translations_for
from matchmaker.mail.facts import Remedy
from matchmaker.models import Proposal, Request, Topic
from matchmaker.services.desk import Desk
from matchmaker.services.house.topics import topic_titles
from matchmaker.services.planning.reasons import TO_HOSTS, WAYS_TO_HOSTS, WhyOpen, why_in_plan
from matchmaker.services.sending import no_date_letters, request_letters

GRACE = timedelta(minutes=15)
"""How long a letter waits: nobody hears of what is taken back at once."""

NEXT_ROUND = N_("We plan your request in one of the next rounds.")


def tell_reason(session: Session, desk: Desk, request: Request) -> None:
    """Say why it is not possible now, in the coordination's own words."""
    _queue(session, desk, request, f"state-{request.version}", reasons=[request.state_reason])


def tell_round_over(
    session: Session, desk: Desk, request: Request, round_id: int, proposal: Proposal
) -> None:
    """Say that a round has ended without a date, with what its last plan found out; once."""
    if request.contact is None:
        return
    why = why_in_plan(proposal, request.code) or WhyOpen()
    _ = translations_for(request.contact.locale).gettext
    known = [code for code in why.codes if code in TO_HOSTS]
    ways = [_way(session, request, code, way) for code in known if (way := why.way(code))]
    _queue(
        session,
        desk,
        request,
        f"round-{round_id}",
        reasons=[_(TO_HOSTS[code][0]) for code in known] or [_(NEXT_ROUND)],
        remedies=[*ways, *(_(TO_HOSTS[code][1]) for code in known)],
    )


def _queue(
    session: Session,
    desk: Desk,
    request: Request,
    occasion: str,
    *,
    reasons: Sequence[str],
    remedies: Sequence[str] = (),
) -> None:
    request_letters.write(
        session,
        desk,
        request,
        "no_slot_found",
        lambda locale: {
            "topic": topic_titles(session, request, locale)[0],
            "reasons": tuple(dict.fromkeys(reasons)),
            "remedies": tuple(Remedy(text=text) for text in dict.fromkeys(remedies)),
        },
        sequence=occasion,
        order_key=no_date_letters.order_key(request),
        due_at=desk.now + GRACE,
    )


def _way(session: Session, request: Request, code: str, way: Mapping[str, Any]) -> str:
    """A way out that the plan has tried, with its evening, in the reader's language."""
    locale = request.contact.locale if request.contact else ""
    translations = translations_for(locale)
    start = datetime.fromisoformat(way["start"])
    topic = session.get(Topic, str(way.get("topic", "")))
    online = way.get("mode") == "online"
    return translations.gettext(WAYS_TO_HOSTS[code]) % {
        "when": format_when(start, start + timedelta(minutes=request.minutes), locale),
        "needed": way.get("needed", ""),
        "topic": topic.name_in(locale) if topic else "",
        "way": translations.gettext("online") if online else translations.gettext("on site"),
    }
