"""A small HTTP client that asks one server the same thing over several connections."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CONNECTIONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request, made as often as is wanted; `body` may say something new each time.

    `caller` names another caller each time, as a proxy does: limits count by caller. `path`, where
    there is one, takes the place of the path of `url`.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Callable[[], str] | None = None
    caller: Callable[[], str] | None = None
    path: Callable[[], str] | None = None
    expected: int = 200


@dataclass(slots=True)
class Measured:
    """Seconds of every answer, and how long they took together."""

    seconds: list[float] = field(default_factory=list)
    elapsed: float = 0.0
    wrong: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.elapsed

    @property
    def p99_ms(self) -> float:
        ordered = sorted(self.seconds)
        return 1000 * ordered[int(0.99 * (len(ordered) - 1))]

    def add(self, other: Measured) -> None:
        self.seconds += other.seconds
        self.elapsed += other.elapsed
        for status, count in other.wrong.items():
            self.wrong[status] = self.wrong.get(status, 0) + count


def measure(ask: Ask, seconds: float, connections: int = CONNECTIONS) -> Measured:
    """Ask over and over again for `seconds`, on every connection one after the other."""
    result, lock = Measured(), threading.Lock()
    begin = time.perf_counter()

    def run() -> None:
        mine = _asked(ask, begin + seconds)
        with lock:
            result.add(mine)

    threads = [threading.Thread(target=run) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.elapsed = time.perf_counter() - begin
    return result


def _asked(ask: Ask, until: float) -> Measured:
    mine, parts = Measured(), urlsplit(ask.url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    while time.perf_counter() < until:
        begin = time.perf_counter()
        headers = {**ask.headers, **({"X-Forwarded-For": ask.caller()} if ask.caller else {})}
        body = ask.body() if ask.body else None
        connection.request(ask.method, ask.path() if ask.path else target, body, headers)
        answer = connection.getresponse()
        answer.read()
        mine.seconds.append(time.perf_counter() - begin)
        if answer.status != ask.expected:
            mine.wrong[answer.status] = mine.wrong.get(answer.status, 0) + 1
    connection.close()
    return mine
