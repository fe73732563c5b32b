"""Fetching a file: conditional, limited, and never from where we do not ask."""

from __future__ import annotations

import gzip
import http.server
import socket
import ssl
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from matchmaker.remote.fetching import (
    MAX_BYTES,
    AnswerError,
    Fetched,
    FetchError,
    Known,
    Policy,
    TooLargeError,
    UnreachableError,
    fetch,
)
from tests.mail.test_tls import certificate, server_context
from tests.remote.servers import Server, file, serving

__all__ = ["certificate"]
Handler = http.server.BaseHTTPRequestHandler
LOOPBACK = {"127.0.0.1", "::1"}


def policy(server: Server, seconds: float = 5.0) -> Policy:
    return Policy(http=True, allowed=LOOPBACK.__contains__, port=server.port, seconds=seconds)


def get(server: Server, known: Known | None = None, path: str = "/a.ics") -> Fetched:
    return fetch(server.url(path), known or Known(), policy(server))


def test_a_file_and_what_the_server_says_of_it() -> None:
    with serving(file(b"content", ETag='"1"', Last_Modified="Mon, 01 Feb 2027 10:00:00 GMT")) as at:
        found = get(at, path="/a.ics?key=1")
    assert found == Fetched(b"content", Known('"1"', "Mon, 01 Feb 2027 10:00:00 GMT"))
    ((path, headers),) = at.requests
    assert (path, headers["Host"]) == ("/a.ics?key=1", "localhost")
    assert "If-None-Match" not in headers


def test_the_second_time_only_if_it_has_changed() -> None:
    known = Known('W/"1"', "Mon, 01 Feb 2027 10:00:00 GMT")
    with serving(file(b"", 304)) as at:
        assert get(at, known) == Fetched(None, known)
        headers = at.requests[0][1]
        assert (headers["If-None-Match"], headers["If-Modified-Since"]) == (
            known.etag,
            known.last_modified,
        )
        with pytest.raises(AnswerError):
            get(at)  # nobody has asked whether it has changed


def test_what_cannot_be_sent_back_is_not_kept() -> None:
    with serving(file(b"x", ETag='"ü"', Last_Modified="x" * 600)) as at:
        assert get(at).known == Known()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 500, 503, 204, 206])
def test_other_answers_are_failures(status: int) -> None:
    with serving(file(b"", status)) as at, pytest.raises(AnswerError) as caught:
        get(at)
    assert caught.value.status == status


@pytest.mark.parametrize("location", ["http://[x", "//[", "http://[::1", "http://a]b/"])
def test_redirect_to_no_address_is_no_answer(location: str) -> None:
    with serving(file(b"", 302, Location=location)) as at, pytest.raises(UnreachableError):
        get(at)


def test_at_most_three_redirects() -> None:
    def answer(handler: Handler) -> None:
        number = int(handler.path[1:])
        if number == 0:
            file(b"there")(handler)
        else:
            file(b"", 302, Location=f"/{number - 1}")(handler)

    with serving(answer) as at:
        assert get(at, path="/3").content == b"there"
        with pytest.raises(UnreachableError):
            get(at, path="/4")


@pytest.mark.parametrize(
    "location",
    [
        *("http://127.0.0.2/", "http://169.254.169.254/latest", "http://[::ffff:127.0.0.2]/"),
        *("file:///etc/passwd", "http://user@localhost/", "http://localhost:22/", "gopher://x/"),
        *("//10.0.0.1/", "http://2130706434/", "http://0/"),
    ],
)
def test_every_redirect_is_checked_again(location: str) -> None:
    with serving(file(b"", 301, Location=location)) as at, pytest.raises(UnreachableError):
        get(at)
    assert len(at.requests) == 1


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "127.1", "0x7f.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0"],
)
def test_nobody_reaches_our_own_machine(host: str) -> None:
    with serving(file(b"secret")) as at:
        with pytest.raises(UnreachableError) as blocked:
            fetch(at.url(host=host), Known(), Policy(http=True, port=at.port))
        assert at.requests == []
    with pytest.raises(UnreachableError) as unreachable:
        fetch("http://nobody.invalid/", Known(), Policy(http=True))
    assert str(blocked.value) == str(unreachable.value)


def test_one_address_of_our_own_among_public_ones_is_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = [(socket.AF_INET, 1, 6, "", (text, 80)) for text in ("8.8.8.8", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with serving(file(b"secret")) as at, pytest.raises(UnreachableError):
        fetch(at.url(host="rebinding.example"), Known(), Policy(http=True, port=at.port))
    assert at.requests == []


def test_the_name_is_resolved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve, asked = socket.getaddrinfo, []

    def counted(*arguments: object, **named: object) -> object:
        asked.append(arguments)
        return resolve("127.0.0.1", *arguments[1:], **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", counted)
    with serving(file(b"content")) as at:
        fetch(at.url(host="kalender.example"), Known(), policy(at))
    assert [row[0] for row in asked if row[0] == "kalender.example"] == ["kalender.example"]


@contextmanager
def silent_neighbour(port: int) -> Iterator[str]:
    """An address that answers no attempt to connect to this port, as one behind a dead line."""
    address = "127.0.0.2"
    with socket.socket() as deaf, ExitStack() as waiting:
        deaf.bind((address, port))
        deaf.listen(0)
        for _ in range(4):  # who waits in the queue that nobody looks into
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect((address, port))
        yield address


def test_an_address_that_is_silent_leaves_time_for_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slow(handler: Handler) -> None:
        time.sleep(2)  # longer than one address may take to connect
        file(b"content")(handler)

    with serving(slow) as at, silent_neighbour(at.port) as silent:
        answers = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, at.port))
            for text in (silent, "127.0.0.1", silent)
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
        rules = Policy(
            http=True, allowed={silent, "127.0.0.1"}.__contains__, port=at.port, seconds=4.5
        )
        found = fetch(at.url(host="kalender.example"), Known(), rules)
    assert found.content == b"content"


def test_addresses_that_are_all_silent_are_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(file(b"content")) as at, silent_neighbour(at.port) as silent:
        answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (silent, at.port))] * 3
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
        rules = Policy(http=True, allowed={silent}.__contains__, port=at.port, seconds=0.9)
        started = time.monotonic()
        with pytest.raises(UnreachableError):
            fetch(at.url(host="kalender.example"), Known(), rules)
        assert 0.8 < time.monotonic() - started < 3


def test_files_that_are_too_large() -> None:
    with serving(file(b"x" * (MAX_BYTES + 1))) as at, pytest.raises(TooLargeError):
        get(at)
    with serving(file(b"x" * MAX_BYTES)) as at:
        assert len(get(at).content or b"") == MAX_BYTES


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_packed_files_count_unpacked(pack: object) -> None:
    assert callable(pack)
    encoding = "gzip" if pack is gzip.compress else "deflate"
    with serving(file(pack(b"content"), Content_Encoding=encoding)) as at:
        assert get(at).content == b"content"
    with (
        serving(file(pack(b"\0" * 300_000_000), Content_Encoding=encoding)) as at,
        pytest.raises(TooLargeError),
    ):
        get(at)


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "gzip"])
def test_what_cannot_be_unpacked_is_no_file(encoding: str) -> None:
    with serving(file(b"content", Content_Encoding=encoding)) as at, pytest.raises(FetchError):
        get(at)


def test_half_a_file_is_none() -> None:
    def answer(handler: Handler) -> None:
        file(b"half", **{"Content-Length": "8"})(handler)
        handler.close_connection = True

    with serving(answer) as at, pytest.raises(UnreachableError):
        get(at)


@pytest.mark.parametrize("part", ["nothing", "headers", "body"])
def test_a_server_that_takes_its_time_is_left(part: str) -> None:
    def answer(handler: Handler) -> None:
        if part == "body":
            handler.send_response(200)
            handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"" if part == "nothing" else b"x")
            time.sleep(0.05)

    with serving(answer) as at:
        started = time.monotonic()
        with pytest.raises(UnreachableError):
            fetch(at.url(), Known(), policy(at, seconds=0.6))
        assert time.monotonic() - started < 3


def test_a_resolver_that_takes_its_time_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(2) or [])
    started = time.monotonic()
    with pytest.raises(UnreachableError):
        fetch("https://slow.example/", Known(), Policy(seconds=0.2))
    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize(
    "raw", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 99_999]
)
def test_answers_that_are_none(raw: bytes) -> None:
    def answer(handler: Handler) -> None:
        handler.wfile.write(raw)
        handler.close_connection = True

    with serving(answer) as at, pytest.raises(UnreachableError):
        get(at)


def test_certificates_are_checked(certificate: Path) -> None:
    with serving(file(b"content"), tls=server_context(certificate)) as at:
        address = at.url(scheme="https")
        with pytest.raises(UnreachableError):
            fetch(address, Known(), policy(at))
        trusting = ssl.create_default_context(cafile=str(certificate))
        known = Policy(allowed=LOOPBACK.__contains__, port=at.port, context=trusting)
        assert fetch(address, Known(), known).content == b"content"
        # Port 443 is never named: some servers know themselves without it only.
        assert at.requests[-1][1]["Host"] == "localhost"
        with pytest.raises(UnreachableError):  # another name than in the certificate
            fetch(at.url(scheme="https", host="127.0.0.1"), Known(), known)


def test_a_slow_handshake_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        rules = Policy(allowed=LOOPBACK.__contains__, port=mute.getsockname()[1], seconds=0.4)
        started = time.monotonic()
        with pytest.raises(UnreachableError):
            fetch("https://localhost/", Known(), rules)
        assert time.monotonic() - started < 3
