"""Which addresses in the network are public, and which URLs we ask at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import quote, urlsplit

LONGEST = 2_000
PORTS = {"https": 443, "http": 80}
_WEBCAL = re.compile(r"webcals?://", re.IGNORECASE)
_SAFE_PATH = "/%:@!$&'()*+,;=~-._"
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?", re.ASCII)

# Python's is_global differs from version to version, and knows nothing of addresses in addresses.
_OWN_V4 = [
    ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24"),
        *("192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
    )
]
_PUBLIC_V6 = ip_network("2000::/3")
_OWN_V6 = [ip_network(text) for text in ("2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16")]
_SIX_TO_FOUR, _NAT64 = ip_network("2002::/16"), ip_network("64:ff9b::/96")
_ISATAP = {0x00005EFE, 0x02005EFE}


class Fault(StrEnum):
    """What is wrong with an address as somebody has typed it."""

    NO_ADDRESS = "no_address"
    NOT_HTTPS = "not_https"
    PASSWORD = "password"  # noqa: S105  # a word for people
    PORT = "port"


class AddressFaultError(ValueError):
    """An address that is never asked."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to ask for what: `path` with its query, in ASCII."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{self.path}"


def target(text: str, *, http: bool = False) -> Target:
    """The parts of a URL that may be asked. webcal means https; plain http only if allowed.

    Raises AddressFaultError.
    """
    text = _WEBCAL.sub("https://", text.strip(), count=1)
    if len(text) > LONGEST or not text.isprintable() or any(sign in text for sign in ' \\<>"{}|^`'):
        raise AddressFaultError(Fault.NO_ADDRESS)
    try:
        parts = urlsplit(text)
        port, host = parts.port, _host(parts.hostname or "")
    except ValueError as error:
        raise AddressFaultError(Fault.NO_ADDRESS) from error
    scheme = parts.scheme.lower()
    if scheme not in PORTS or not host:
        raise AddressFaultError(Fault.NO_ADDRESS)
    if scheme == "http" and not http:
        raise AddressFaultError(Fault.NOT_HTTPS)
    if "@" in parts.netloc:
        raise AddressFaultError(Fault.PASSWORD)
    if port not in {None, PORTS[scheme]}:
        raise AddressFaultError(Fault.PORT)
    path = quote(parts.path or "/", safe=_SAFE_PATH)
    query = f"?{quote(parts.query, safe=_SAFE_PATH + '?')}" if parts.query else ""
    return Target(scheme, host, PORTS[scheme], path + query)


def _host(name: str) -> str:
    """In ASCII and small letters. Raises ValueError for what is no host's name."""
    if ":" in name:
        return str(IPv6Address(name))  # a scope (%eth0) is kept and refused later
    name = name.rstrip(".")
    if not name.isascii():
        name = name.encode("idna").decode("ascii")
    if not _HOST.fullmatch(name.lower()):
        raise ValueError("no host")
    return name.lower()


def is_public(text: str) -> bool:
    """Whether an address (as the resolver gave it) leads out of every network of our own."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return _is_public_v4(address)
    if address.scope_id or address.is_multicast:
        return False
    inner = _inner(address)
    if inner is not None and not _is_public_v4(inner):
        return False
    if address.ipv4_mapped is not None or address in _NAT64:
        return True
    own = any(address in network for network in _OWN_V6)
    return address in _PUBLIC_V6 and address.is_global and not own


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address to which the network takes this one, if it is of such a kind."""
    number = int(address)
    if address in _SIX_TO_FOUR:
        return IPv4Address(number >> 80 & 0xFFFFFFFF)
    if address in _NAT64 or number >> 32 & 0xFFFFFFFF in _ISATAP:
        return IPv4Address(number & 0xFFFFFFFF)
    return address.ipv4_mapped


def _is_public_v4(address: IPv4Address) -> bool:
    return address.is_global and not any(address in network for network in _OWN_V4)
