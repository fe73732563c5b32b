"""One file from an address that somebody gave us: checked, and limited in size and time."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urljoin

from matchmaker.remote.addresses import AddressFaultError, Target, is_public, target

SECONDS = 10.0
MAX_BYTES = 1024 * 1024
MOST_REDIRECTS = 3
CHUNK = 65_536
LONGEST_VALIDATOR = 500
REDIRECTS = {301, 302, 303, 307, 308}
AGENT = "matchmaker (calendar subscription)"


class FetchError(Exception):
    """The file could not be had."""


class UnreachableError(FetchError):
    """No answer, or an address that we do not ask. Nobody learns which of both."""


class AnswerError(FetchError):
    """The server answered with a status other than that of a file."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


class TooLargeError(FetchError):
    """The file is larger than what is read of any."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the server said about the file when it was last read; empty if it said nothing."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file. `content` is None if it is still the known one."""

    content: bytes | None
    known: Known


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What may be asked. Tests ask servers of their own, on this machine."""

    http: bool = False
    allowed: Callable[[str], bool] = is_public
    port: int | None = None
    seconds: float = SECONDS
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)


def fetch(url: str, known: Known, policy: Policy) -> Fetched:
    """The file at `url`, or the news that it has not changed. Raises FetchError."""
    deadline = time.monotonic() + policy.seconds
    asked = url
    for _ in range(MOST_REDIRECTS + 1):
        try:
            found = _ask(target(asked, http=policy.http), known, policy, deadline)
            if isinstance(found, Fetched):
                return found
            asked = urljoin(asked, found)
        except (AddressFaultError, ValueError) as error:
            raise UnreachableError from error
    raise UnreachableError


def _ask(at: Target, known: Known, policy: Policy, deadline: float) -> Fetched | str:
    """The file, or where else it is. Raises FetchError."""
    try:
        with _connected(at, policy, deadline) as connection:
            connection.request("GET", at.path, headers=_headers(at, known))
            found = _answer(connection.getresponse(), known)
            _left(deadline)  # a connection that we have cut looks like the end of a file
            return found
    except FetchError:
        raise
    except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
        raise UnreachableError from error


def _headers(at: Target, known: Known) -> dict[str, str]:
    headers = {
        # Only ports that go without saying are asked. Left to itself, http.client takes 443 for an
        # odd one, and there are servers that do not know themselves under such a name.
        "Host": f"[{at.host}]" if ":" in at.host else at.host,
        "User-Agent": AGENT,
        "Accept": "text/calendar, */*;q=0.5",
        "Accept-Encoding": "identity",
    }
    if known.etag:
        headers["If-None-Match"] = known.etag
    if known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers


@contextmanager
def _connected(at: Target, policy: Policy, deadline: float) -> Iterator[http.client.HTTPConnection]:
    """A connection to an address that was looked at; cut when the time is over.

    The name is not resolved a second time: the second answer could be another one.
    """
    port = policy.port or at.port
    left = _left(deadline)
    raw = _first_connection(_resolved(at.host, port, left, policy), deadline)
    wrapped = raw
    if at.scheme == "https":
        wrapped = policy.context.wrap_socket(
            raw, server_hostname=at.host, do_handshake_on_connect=False
        )
    # A server that sends a byte now and then would never run into a timeout of single reads.
    cut = threading.Timer(_left(deadline), _shut, [wrapped])
    cut.daemon = True
    cut.start()
    try:
        if isinstance(wrapped, ssl.SSLSocket):
            wrapped.do_handshake()
        connection = http.client.HTTPConnection(at.host, port, timeout=_left(deadline))
        connection.sock = wrapped
        try:
            yield connection
        finally:
            connection.close()
    finally:
        cut.cancel()
        wrapped.close()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise UnreachableError
    return left


def _shut(raw: socket.socket) -> None:
    # Below TLS: its own way of ending would wait for the other side.
    with suppress(OSError):
        socket.socket.shutdown(raw, socket.SHUT_RDWR)


def _resolved(host: str, port: int, seconds: float, policy: Policy) -> list[tuple[int, str, int]]:
    """Families, addresses and ports of a host. All addresses must be public, or none is asked."""
    found: list[tuple[int, str, int]] = []

    def look() -> None:
        with suppress(OSError, UnicodeError):
            for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                scope = f"%{address[3]}" if len(address) > 3 and address[3] else ""
                found.append((family, f"{address[0]}{scope}", port))

    # The system's resolver knows no time limit of ours.
    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive() or not found or not all(policy.allowed(row[1]) for row in found):
        raise UnreachableError
    return found


def _first_connection(found: list[tuple[int, str, int]], deadline: float) -> socket.socket:
    """A connection to the first address that takes one; it may then be used until `deadline`.

    Each address has its part of the time that is left: one that is silent, as an IPv6 address
    often is where only IPv4 works, leaves some for the others.
    """
    for number, (family, address, port) in enumerate(found):
        raw = socket.socket(family, socket.SOCK_STREAM)
        try:
            raw.settimeout(_left(deadline) / (len(found) - number))
            raw.connect((address, port))
            raw.settimeout(_left(deadline))
        except BaseException as error:
            raw.close()
            if not isinstance(error, OSError):
                raise
        else:
            return raw
    raise UnreachableError


def _answer(response: http.client.HTTPResponse, known: Known) -> Fetched | str:
    if response.status == http.HTTPStatus.NOT_MODIFIED and (known.etag or known.last_modified):
        return Fetched(None, known)
    if response.status in REDIRECTS:
        where = response.getheader("Location")
        if not where:
            raise AnswerError(response.status)
        return where
    if response.status != http.HTTPStatus.OK:
        raise AnswerError(response.status)
    content = _content(response)
    validators = Known(
        etag=_validator(response.getheader("ETag")),
        last_modified=_validator(response.getheader("Last-Modified")),
    )
    return Fetched(content, validators)


def _validator(text: str | None) -> str:
    """As the server sent it, if it can be sent back."""
    usable = text and len(text) <= LONGEST_VALIDATOR and text.isascii() and text.isprintable()
    return (text or "") if usable else ""


def _content(response: http.client.HTTPResponse) -> bytes:
    encoding = (response.getheader("Content-Encoding") or "identity").strip().lower()
    if encoding in {"", "identity"}:
        return b"".join(_pieces(response))
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise UnreachableError
    unpacker = zlib.decompressobj(wbits=47)  # finds out by itself which of both it is
    unpacked = bytearray()
    for piece in _pieces(response):
        unpacked += unpacker.decompress(piece, MAX_BYTES + 1 - len(unpacked))
        if len(unpacked) > MAX_BYTES or unpacker.unconsumed_tail:
            raise TooLargeError
    if not unpacker.eof:
        raise UnreachableError
    return bytes(unpacked)


def _pieces(response: http.client.HTTPResponse) -> Iterator[bytes]:
    """Raises TooLargeError as soon as there are too many bytes."""
    size = 0
    while piece := response.read1(CHUNK):
        size += len(piece)
        if size > MAX_BYTES:
            raise TooLargeError
        yield piece
    if response.length:
        raise UnreachableError  # it was to be longer: half a calendar is none
