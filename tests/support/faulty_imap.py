"""A mail server that stumbles over single mails: it stands before a real one."""

from __future__ import annotations

import re
import socket
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread

_FETCH = re.compile(rb"(\S+) UID FETCH (\d+) \((.*)\)")


@dataclass
class Stumbling:
    """`answers`: what is said to a FETCH of this number for parts that hold this word, instead of
    what the real server would say; `{tag}` is the client's."""

    port: int
    answers: dict[tuple[int, str], str] = field(default_factory=dict)

    def through(self, url: str) -> str:
        """The same mailbox by way of this server."""
        return re.sub(r":\d+/", f":{self.port}/", url)

    def instead(self, line: bytes) -> bytes | None:
        asked = _FETCH.match(line)
        if asked is None:
            return None
        tag, uid, parts = asked[1].decode(), int(asked[2]), asked[3].decode()
        for (number, word), answer in self.answers.items():
            if number == uid and word in parts:
                return answer.format(tag=tag).replace("\n", "\r\n").encode() + b"\r\n"
        return None


@contextmanager
def before(port: int) -> Iterator[Stumbling]:
    """For the block, before the server that listens at `port`."""

    class Passing(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(("127.0.0.1", port), timeout=20) as real:
                Thread(target=self._back, args=[real], daemon=True).start()
                for line in self.rfile:
                    answer = stumbling.instead(line)
                    if answer is None:
                        real.sendall(line)
                    else:
                        self.request.sendall(answer)

        def _back(self, real: socket.socket) -> None:
            with suppress(OSError):
                while data := real.recv(65536):
                    self.request.sendall(data)
                self.request.shutdown(socket.SHUT_WR)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads, allow_reuse_address = True, True

    with Server(("127.0.0.1", 0), Passing) as server:
        stumbling = Stumbling(server.server_address[1])
        thread = Thread(target=server.serve_forever, args=[0.05], daemon=True)
        thread.start()
        try:
            yield stumbling
        finally:
            server.shutdown()
            thread.join()
