"""Serving the pages from this process with waitress: for the demo and for small installations."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from waitress.server import create_server

from matchmaker.services.errors import NotPossible

if TYPE_CHECKING:
    from types import FrameType

    from flask import Flask

THREADS = 8
LARGEST_BODY = 16 * 1024 * 1024
"""Bytes that are read; the pages take one of these megabytes and say so, waitress is curt."""


def open_socket(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises NotPossible if the port is taken."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return _listening(socket.socket(family, kind, protocol), address)
    except OSError as error:
        raise NotPossible(_why_not(host, port, error)) from error


def _listening(opened: socket.socket, address: Any) -> socket.socket:
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        # Only this makes it ours: until then another program may hold the same address.
        opened.listen()
    except OSError:
        opened.close()
        raise
    return opened


def serve(app: Flask, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Answer requests until SIGTERM or Ctrl-C; running ones are finished first.

    `ready` is called once requests are taken and a stop would be clean.
    """
    server = create_server(
        app,
        sockets=[listening],
        threads=THREADS,
        ident="matchmaker",
        max_request_body_size=LARGEST_BODY,
        # Whoever stands before us is named by MATCHMAKER_PROXY_HOPS; the app reads the headers.
        clear_untrusted_proxy_headers=False,
    )
    signal.signal(signal.SIGTERM, _stop)
    try:
        ready()
        server.run()
    finally:
        server.close()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken. Choose another one with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights. Choose one from 1024 with --port."
    return f"Cannot listen on {host}:{port}: {error.strerror or error}."
