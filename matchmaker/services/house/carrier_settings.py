"""Changing what the carrier says of itself: it stands on every page and in every mail."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Invalid
from matchmaker.services.house.carrier import Carrier, carrier, change_carrier
from matchmaker.services.house.contact_data import is_email, is_phone
from matchmaker.text import clean_line

LONGEST = {"name": 160, "short_name": 60, "address": 240, "responsible": 160, "website": 200}
FEWEST_DAYS, MOST_DAYS = 1, 60


def change(session: Session, desk: Desk, wanted: Carrier) -> None:
    """Replace everything. Raises Invalid."""
    wanted = Carrier(**_cleaned(wanted))
    faults = _faults(wanted)
    if faults:
        raise Invalid(faults)
    if wanted != carrier(session):
        change_carrier(session, desk, **asdict(wanted))


def _cleaned(wanted: Carrier) -> dict[str, Any]:
    return {
        name: clean_line(value) if isinstance(value, str) else value
        for name, value in asdict(wanted).items()
    }


def _faults(wanted: Carrier) -> dict[str, str]:
    faults = {
        name: N_("Please write less: this text is too long.")
        for name, longest in LONGEST.items()
        if len(getattr(wanted, name)) > longest
    }
    if not wanted.name:
        faults["name"] = N_("Name: please write the name of the carrier.")
    if not wanted.short_name:
        faults["short_name"] = N_("Short name: please write what stands at the top of every page.")
    if wanted.email and not is_email(wanted.email):
        faults["email"] = N_("E-mail: please write an address such as name@verein.de.")
    if wanted.phone and not is_phone(wanted.phone):
        faults["phone"] = N_("Phone: please write a number such as 030 23125 000.")
    if wanted.website and not _is_web_address(wanted.website):
        faults["website"] = N_("Website: please write an address such as https://verein.de.")
    if not FEWEST_DAYS <= wanted.answer_days <= MOST_DAYS:
        faults["answer_days"] = N_("Days until an answer: please give a number from 1 to 60.")
    return faults


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
