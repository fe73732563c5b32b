"""What has to be done by and by, without anybody asking for it."""

from __future__ import annotations

from matchmaker.jobs.lanes.kinds import Sweep
from matchmaker.jobs.workplace import Workplace
from matchmaker.services.health import chosen_once
from matchmaker.services.intake import drafts
from matchmaker.services.inviting import feeds


def renew_feeds(place: Workplace) -> None:
    """Days pass without a change: what has become too old drops out of the subscriptions."""
    with place.factory.begin() as session:
        feeds.renew_stale(session, place.desk())


def remove_old_drafts(place: Workplace) -> None:
    """Forms that nobody has touched for long are not kept."""
    with place.factory.begin() as session:
        drafts.expire(session, place.desk())


def note_choices(place: Workplace) -> None:
    """Calendars and subscriptions rely on some settings from their first day on."""
    with place.factory.begin() as session:
        chosen_once.note(session, place.settings)


SWEEPS = (
    Sweep("subscriptions", renew_feeds),
    Sweep("old drafts", remove_old_drafts),
    Sweep("lasting settings", note_choices),
)
