"""Whether a mail address or a phone number could reach somebody; nobody is asked."""

from __future__ import annotations

import re

from matchmaker.mail.address import PRIVATE, AddressError, wire_address

LONGEST_EMAIL = 254
LONGEST_PHONE = 40
_PHONE = re.compile(r"\+?[\d\s()/.–-]+")
_FEWEST_DIGITS, _MOST_DIGITS = 5, 20


def is_email(address: str) -> bool:
    """Whether a mail could be sent to the address.

    A domain without a dot is a slip of the hand, unless it names this machine or its network.
    """
    if len(address) > LONGEST_EMAIL:
        return False
    try:
        domain = wire_address(address).rpartition("@")[2]
    except AddressError:
        return False
    return "." in domain or domain in PRIVATE


def is_phone(text: str) -> bool:
    """Whether somebody could dial it."""
    digits = sum(character.isdigit() for character in text)
    fits = len(text) <= LONGEST_PHONE and _FEWEST_DIGITS <= digits <= _MOST_DIGITS
    return fits and _PHONE.fullmatch(text) is not None
