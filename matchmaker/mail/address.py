"""Mail addresses as they go over the wire."""

from __future__ import annotations

from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase

from email_validator import (
    SPECIAL_USE_DOMAIN_NAMES,
    EmailNotValidError,
    ValidatedEmail,
    validate_email,
)

PRIVATE = frozenset({"localhost", "local", "test"})
"""Names by which a mail server inside a private network is reached, or one on this machine."""

# The library refuses them everywhere; changing its list is the way that it offers.
SPECIAL_USE_DOMAIN_NAMES[:] = [name for name in SPECIAL_USE_DOMAIN_NAMES if name not in PRIVATE]

_ASCII_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)


class AddressError(ValueError):
    """Not an address that a mail can be sent to; the text says why."""


@lru_cache(maxsize=4096)
def wire_address(address: str) -> str:
    """The address with its domain in ASCII (IDNA 2008); the local part stays as it is.

    A local part with letters outside ASCII needs a mail server that knows SMTPUTF8.
    Domains without a dot or of a private network are allowed. Raises AddressError.
    """
    checked = _checked(address)
    return f"{checked.local_part}@{checked.ascii_domain}"


@lru_cache(maxsize=4096)
def exact_address(address: str) -> str:
    """The same for an address that a stranger has written.

    What becomes an address only if blanks, control characters or look-alikes of letters are
    changed is none: another reader of the same mail may see another address in it, or nobody.
    Raises AddressError.
    """
    local, _, domain = address.rpartition("@")
    checked = _checked(address)
    same = _small(domain) in {checked.ascii_domain, checked.domain}
    if checked.local_part != local or not same:
        raise AddressError(f"{address!r}: not written as it is")
    return f"{local}@{checked.ascii_domain}"


def same_address(one: str, other: str) -> bool:
    """Whether two addresses lead to one mailbox: upper and lower case of ASCII and the two ways to
    write a domain with letters outside it make no difference, everything else does."""
    try:
        return _small(exact_address(one)) == _small(exact_address(other))
    except AddressError:
        return False


def _small(text: str) -> str:
    """Only ASCII: among the other letters are some whose small form is an ASCII letter."""
    return text.translate(_ASCII_SMALL)


def _checked(address: str) -> ValidatedEmail:
    try:
        return validate_email(
            address,
            allow_smtputf8=True,
            check_deliverability=False,
            globally_deliverable=False,
        )
    except EmailNotValidError as error:
        raise AddressError(f"{address!r}: {error}") from None


def wire_or_typed(address: str) -> str:
    """The address as `wire_address` gives it; one that no mail can be sent to stays as typed."""
    try:
        return wire_address(address)
    except AddressError:
        return address
