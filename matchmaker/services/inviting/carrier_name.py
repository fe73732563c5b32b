"""The carrier's name as all subscriptions bear it: they get a new one in the same transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matchmaker.services.desk import Desk
from matchmaker.services.house import carrier_settings
from matchmaker.services.house.carrier import Carrier, carrier
from matchmaker.services.inviting import feeds, wide_feeds


def change_carrier(session: Session, desk: Desk, wanted: Carrier) -> None:
    """Replace everything that the carrier says of itself. Raises Invalid."""
    before = carrier(session).short_name
    carrier_settings.change(session, desk, wanted)
    if carrier(session).short_name != before:
        feeds.refresh_all(session, desk)
        wide_feeds.rename(session, desk)
