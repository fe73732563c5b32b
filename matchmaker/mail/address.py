"""Mail addresses as they go over the wire."""

from __future__ import annotations

from functools import lru_cache

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

PRIVATE = frozenset({"localhost", "local", "test"})
"""Names by which a mail server inside a private network is reached, or one on this machine."""

# The library refuses them everywhere; changing its list is the way that it offers.
SPECIAL_USE_DOMAIN_NAMES[:] = [name for name in SPECIAL_USE_DOMAIN_NAMES if name not in PRIVATE]


class AddressError(ValueError):
    """Not an address that a mail can be sent to; the text says why."""


@lru_cache(maxsize=4096)
def wire_address(address: str) -> str:
    """The address with its domain in ASCII (IDNA 2008); the local part stays as it is.

    A local part with letters outside ASCII needs a mail server that knows SMTPUTF8.
    Domains without a dot or of a private network are allowed. Raises AddressError.
    """
    try:
        checked = validate_email(
            address,
            allow_smtputf8=True,
            check_deliverability=False,
            globally_deliverable=False,
        )
    except EmailNotValidError as error:
        raise AddressError(f"{address!r}: {error}") from None
    return f"{checked.local_part}@{checked.ascii_domain}"


def wire_or_typed(address: str) -> str:
    """The address as `wire_address` gives it; one that no mail can be sent to stays as typed."""
    try:
        return wire_address(address)
    except AddressError:
        return address
