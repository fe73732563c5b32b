"""Marionette, the way in which Mozilla's programs are driven by tests: as much as we need of it.

A message is its length in bytes, a colon, and JSON: [0, number, command, parameters] there,
[1, number, error or null, result] back. The package `marionette-driver` does the same with a
dozen other packages, and leaves sockets open.
"""

from __future__ import annotations

import json
import socket
from typing import Any


class MarionetteError(Exception):
    """The program has refused a command, or a script has failed in it."""


class Marionette:
    """A connection to the program that listens at this port of 127.0.0.1."""

    def __init__(self, port: int, patience: float) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=patience)
        self._stream = self._socket.makefile("rb")
        self._number = 0
        self._read()  # it says first who it is
        self.command("WebDriver:NewSession")
        self.command("WebDriver:SetTimeouts", script=int(patience * 1000))
        self.command("Marionette:SetContext", value="chrome")

    def command(self, name: str, **parameters: Any) -> Any:
        """Its result. Raises MarionetteError, and TimeoutError where nothing comes in time."""
        self._number += 1
        content = json.dumps([0, self._number, name, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(content), content))
        _kind, number, error, result = self._read()
        assert number == self._number
        if error:
            raise MarionetteError(f"{name}: {error['error']}: {error['message']}")
        return result

    def execute(self, script: str, *given: object) -> Any:
        """What the script returns in the program's main window; a promise is waited for."""
        done = self.command("WebDriver:ExecuteScript", script=script, args=list(given))
        return done["value"]

    def quit(self) -> None:
        """Let the program end."""
        self.command("Marionette:Quit", flags=["eForceQuit"])

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def _read(self) -> Any:
        digits = b""
        while not digits.endswith(b":"):
            byte = self._stream.read(1)
            if not byte:
                raise MarionetteError("the program has hung up")
            digits += byte
        return json.loads(self._stream.read(int(digits[:-1])))
