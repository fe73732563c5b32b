"""The carrier (Träger): its name, contact and words, as set by the administration."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.services.desk import Desk
from matchmaker.services.house import settings_row

KEY = "carrier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """What stands in the header, in the footer, in every mail and in the Impressum."""

    name: str = "Arbeitsmarktgespräche"
    short_name: str = "Arbeitsmarktgespräche"
    phone: str = ""
    email: str = ""
    address: str = ""
    website: str = ""
    responsible: str = ""
    answer_days: int = 14


def carrier(session: Session) -> Carrier:
    return settings_row.load(session, KEY, Carrier)


def change_carrier(session: Session, desk: Desk, **changes: Any) -> Carrier:
    """Set the given parts and keep the others."""
    before = carrier(session)
    after = replace(before, **changes)
    settings_row.change(session, desk, KEY, "carrier.changed", before=before, after=after)
    return after
