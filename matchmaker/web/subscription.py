"""A subscription as pages show it: its addresses, the picture for phones, what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import segno

from matchmaker.web.texts import _


def new_address_words(*, is_first: bool) -> str:
    """What to say of an address that has just been made."""
    if is_first:
        return _("The address is there. Please subscribe with it.")
    return _("The address is new. Please subscribe with it; older ones no longer work.")


@dataclass(frozen=True, slots=True)
class Subscription:
    """The addresses of one feed; all empty if there is none.

    `key` names it on its page. `renew_url` makes a first or a new address and `revoke_url` ends
    it; both are empty for those who may only look.
    """

    key: str
    title: str
    lead: str
    address: str
    renew_url: str = ""
    revoke_url: str = ""
    warning: str = ""

    @property
    def webcal(self) -> str:
        """Opens the calendar program instead of downloading a file."""
        return f"webcal://{self.address.partition('://')[2]}"

    @property
    def google(self) -> str:
        return f"https://calendar.google.com/calendar/r?cid={quote(self.webcal, safe='')}"

    @property
    def qr(self) -> str:
        """The address as a picture for a phone's camera: black on white in dark pages, too.

        A data address: the picture holds the key, so it must not lie in any cache.
        """
        code = segno.make_qr(self.webcal, error="m")
        return str(code.png_data_uri(scale=5, border=4, dark="#000", light="#fff"))
