"""Ports of this machine, and mail servers: one in a process of its own, and a mute one."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SERVER = """
import sys, time
from aiosmtpd.controller import Controller

class Taken:
    async def handle_DATA(self, server, session, envelope):
        return "250 taken"

Controller(Taken(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
print("ready", flush=True)
time.sleep(3600)
"""


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mute() -> Iterator[int]:
    """The port of a mail server that lets everybody connect and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield int(listening.getsockname()[1])


@contextmanager
def mailbox() -> Iterator[int]:
    """The port of a mail server that takes everything and keeps nothing."""
    port = free_port()
    command = [sys.executable, "-c", SERVER, str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        if process.stdout is not None:
            process.stdout.readline()
        yield port
    finally:
        process.terminate()
        process.communicate()
