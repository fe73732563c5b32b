"""Processes that keep plans ready for questions: few, for a while, rebuilt when they are needed."""

from __future__ import annotations

import json
import logging
import math
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import IO, Any, NamedTuple

MEMORY_BYTES = 2 * 1024**3
"""Address space of a keeper, most of which libraries only reserve: it uses about 40 MB."""

IDLE_SECONDS = 15 * 60.0
MOST = 2
LOADING_SECONDS = 60.0
LOOK_SECONDS = 0.2
RECENT_SECONDS = 5 * 60.0
"""How long a plan that was asked about is not given up for one that nobody has asked about."""

UNKNOWN = "unknown"
"""A keeper's word for what does not exist, or a question that does not fit the plan."""

Document = Mapping[str, Any]
log = logging.getLogger(__name__)


class KeeperLost(RuntimeError):
    """The process has ended in the middle: killed, out of memory, or a fault."""


class TooSlow(RuntimeError):
    """There was no answer in time."""


class Stopped(RuntimeError):
    """The worker is to end."""


class NoAnswer(RuntimeError):
    """The question does not fit the plan."""


class Subject(NamedTuple):
    """Which plan is kept: a version, or what becomes of it when an approved talk changes.

    `without`: the requests that have made way in it.
    """

    proposal_id: int
    talk: str = ""
    leaving: str = ""
    without: tuple[str, ...] = ()


class Known(NamedTuple):
    """How much was known when it was read: the last entry of the audit log, and the day."""

    until: int
    on: date


class Process:
    """A keeper, its plan, when it was used last, and when it was last asked about it."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.used = time.monotonic()
        self.asked = -math.inf
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._process = subprocess.Popen(  # noqa: S603  # our own command, without a shell
            keeper_command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C at a terminal is for the worker, which then decides
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def id(self) -> int:
        return self._process.pid

    def _read(self) -> None:
        stream: IO[bytes] | None = self._process.stdout
        for line in stream or ():
            self._answers.put(line)
        self._answers.put(b"")

    def ask(self, question: Document, seconds: float, stop: threading.Event) -> Document:
        """Raises NoAnswer, or KeeperLost, TooSlow, Stopped, after which it is of no more use."""
        self._send(json.dumps(question, ensure_ascii=False).encode() + b"\n")
        until = time.monotonic() + seconds
        while True:
            try:
                line = self._answers.get(timeout=LOOK_SECONDS)
                break
            except queue.Empty:
                if stop.is_set():
                    raise Stopped from None
                if time.monotonic() > until:
                    raise TooSlow from None
        if not line:
            raise KeeperLost(f"the keeper has ended with status {self._process.wait()}")
        self.used = time.monotonic()
        told = json.loads(line)
        if told.get("error") == UNKNOWN:
            raise NoAnswer
        answer: Document = told["answer"]
        return answer

    def _send(self, line: bytes) -> None:
        stream: IO[bytes] | None = self._process.stdin
        try:
            if stream is not None:
                stream.write(line)
                stream.flush()
        except OSError as error:
            raise KeeperLost(str(error)) from error

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what was still to be sent has nobody to read it
                if stream is not None:
                    stream.close()


class Keepers:
    """The plans kept at a time, used by one thread; every process ends with `close`."""

    def __init__(
        self, stop: threading.Event, *, most: int = MOST, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self.stop, self.most, self.idle_seconds = stop, most, idle_seconds
        self._kept: dict[Subject, Process] = {}

    @property
    def processes(self) -> dict[Subject, int]:
        """The process ids by what they keep, the one used last at the end."""
        return {subject: process.id for subject, process in self._kept.items()}

    def known(self, subject: Subject) -> Known | None:
        """How much the kept state of this plan knows; None if it is not kept."""
        process = self._kept.get(subject)
        return None if process is None else process.known

    def keep(self, subject: Subject, known: Known, plan: Callable[[], Document]) -> Process:
        """A process that has this plan and knows as much; `plan` is its problem and talks."""
        process = self._kept.get(subject)
        if process is None or process.known != known:
            # Reading the plan may fail: until it is there, the process stays where it is ended.
            document = plan()
            process = self._load(self._kept.pop(subject, None), known, document)
        self._kept[subject] = process
        while len(self._kept) > self.most:
            self.drop(min((one for one in self._kept if one != subject), key=self._asked))
        return process

    def has_room(self) -> bool:
        """Whether one more plan can be kept without giving up one that was asked about lately."""
        longest_ago = min(map(self._asked, self._kept), default=-math.inf)
        return len(self._kept) < self.most or time.monotonic() - longest_ago >= RECENT_SECONDS

    def _asked(self, subject: Subject) -> float:
        return self._kept[subject].asked

    def _load(self, process: Process | None, known: Known, plan: Document) -> Process:
        process = process or Process(known)
        try:
            process.ask(plan, LOADING_SECONDS, self.stop)
        except BaseException:
            process.end()
            raise
        process.known = known
        return process

    def ask(
        self,
        subject: Subject,
        known: Known,
        plan: Callable[[], Document],
        question: Document,
        seconds: float,
    ) -> Document:
        """The answer; a keeper that was lost is replaced once. Raises as `Process.ask`."""
        for last in (False, True):
            try:
                process = self.keep(subject, known, plan)
                process.asked = time.monotonic()
                return process.ask(question, seconds, self.stop)
            except NoAnswer:
                raise
            except KeeperLost as error:
                self.drop(subject)
                if last:
                    raise
                log.warning("%s, building it again", error)
            except BaseException:
                # An answer that still comes must not be taken for that to the next question.
                self.drop(subject)
                raise
        raise AssertionError("the second try returns or raises")

    def drop(self, subject: Subject) -> None:
        process = self._kept.pop(subject, None)
        if process is not None:
            process.end()

    def end_idle(self) -> None:
        """End those that nobody has asked for long."""
        now = time.monotonic()
        for subject, process in list(self._kept.items()):
            if now - process.used >= self.idle_seconds:
                self.drop(subject)

    def close(self) -> None:
        for subject in list(self._kept):
            self.drop(subject)


def keeper_command() -> list[str]:
    return [sys.executable, "-m", "matchmaker.jobs.keeper", str(MEMORY_BYTES)]
