"""The carrier (Träger): its name, contact and words, as set by the administration."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.models import Setting
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit

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
    row = session.get(Setting, KEY)
    if row is None:
        return Carrier()
    known = {field.name for field in fields(Carrier)}
    return Carrier(**{name: value for name, value in row.value.items() if name in known})


def change_carrier(session: Session, desk: Desk, **changes: Any) -> Carrier:
    """Set the given parts and keep the others."""
    before = carrier(session)
    after = replace(before, **changes)
    row = session.get(Setting, KEY)
    if row is None:
        row = Setting(key=KEY, value=asdict(after))
        session.add(row)
    else:
        row.value = asdict(after)
    audit.record(session, desk, "carrier.changed", row, before=asdict(before), after=asdict(after))
    return after
