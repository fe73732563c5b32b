"""The talks that everybody may know of, as their page lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_
from sqlalchemy.orm import Session

from matchmaker.models import Talk
from matchmaker.models.states import TalkState
from matchmaker.services.desk import Desk
from matchmaker.services.house.carrier import carrier
from matchmaker.services.inviting.wide_content import (
    OPEN_TO_ALL,
    WideWords,
    district_names,
    talks_for_feeds,
)

MOST = 200


@dataclass(frozen=True, slots=True)
class PublicTalk:
    """What the public feed says of a talk; `starts` and `ends` are naive wall-clock times."""

    starts: datetime
    ends: datetime
    what: str
    where: str


def coming(session: Session, desk: Desk, locale: str) -> Sequence[PublicTalk]:
    """The next talks, the earliest first, in the words of the public feed."""
    which = and_(
        Talk.state == TalkState.CONFIRMED,
        Talk.format.in_(OPEN_TO_ALL),
        Talk.ends_at > desk.now,
    )
    words = WideWords(desk, carrier(session), locale, district_names(session))
    talks = sorted(talks_for_feeds(session, desk, which), key=lambda talk: talk.starts_at)
    events = [words.public(talk) for talk in talks[:MOST]]
    return [PublicTalk(one.start, one.end, one.summary, one.location) for one in events]
