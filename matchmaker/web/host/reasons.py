"""Why there is no date yet and what would help, as those who asked read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from matchmaker.models import Request
from matchmaker.services.intake.offer import Offer
from matchmaker.services.planning.reasons import TO_HOSTS, WAYS_TO_HOSTS, WhyOpen
from matchmaker.web.i18n import when
from matchmaker.web.intake_words import topic_name
from matchmaker.web.texts import _


def reason_items(why: WhyOpen, request: Request, offer: Offer) -> list[dict[str, Any]]:
    """Entries for the macro `reasons`: what was tried out first, then what helps in general."""
    items = []
    for code in why.codes:
        if code not in TO_HOSTS:
            continue
        reason, remedy = TO_HOSTS[code]
        way = why.way(code)
        tried = [{"text": _way(code, way, request, offer), "verified": True}] if way else []
        items.append({"title": _(reason), "remedies": [*tried, {"text": _(remedy)}]})
    return items


def _way(code: str, way: Mapping[str, Any], request: Request, offer: Offer) -> str:
    start = datetime.fromisoformat(way["start"])
    topic = offer.topics.get(str(way.get("topic", "")))
    return _(
        WAYS_TO_HOSTS[code],
        when=when(start, start + timedelta(minutes=request.minutes)),
        needed=way.get("needed", ""),
        topic=topic_name(topic) if topic else "",
        way=_("online") if way.get("mode") == "online" else _("in your room"),
    )
