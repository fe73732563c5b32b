"""Mail addresses as they go over the wire."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email


class AddressError(ValueError):
    """Not an address that a mail can be sent to; the text says why."""


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
