"""The one queue, huey, on the storage that the setting's URL names. Its messages only wake lanes.

What has to be done stands in rows of the database (outbox, solve runs), so a lost message delays
something until the next sweep and a doubled one does nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import make_url

from matchmaker.config import Settings
from matchmaker.database import make_private

if TYPE_CHECKING:
    from huey import Huey

Answer = TypeVar("Answer")

NAME = "matchmaker"
CONNECT_SECONDS = 2
REST_SECONDS = 30.0
"""How long a queue that failed is left alone, so that pages do not wait for it again and again."""

log = logging.getLogger(__name__)


@dataclass
class Queue:
    """`listeners` are called with the name of the lane that somebody has work for."""

    huey: Huey
    listeners: list[Callable[[str], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.wake: Callable[[str], object] = self.huey.task(name="wake")(self._woken)

    def _woken(self, lane: str) -> None:
        for listener in list(self.listeners):
            listener(lane)


_opening = threading.Lock()


def open_queue(settings: Settings) -> Queue:
    """The queue of these settings; the same one for all threads of a process."""
    with _opening:
        return _opened(settings.queue_url, settings.secret_key)


@cache
def _opened(url: str, secret: str) -> Queue:
    # huey loads every storage that it knows; the pages start without, most never need it.
    from huey import PostgresHuey, RedisHuey, SqliteHuey  # noqa: PLC0415
    from huey.serializer import SignedSerializer  # noqa: PLC0415

    # Signed, because huey's messages are pickles: nobody else's must ever be read.
    common: dict[str, Any] = {
        "name": NAME,
        "results": False,
        "serializer": SignedSerializer(secret=secret, salt="queue"),
    }
    scheme = url.partition("://")[0]
    if scheme == "sqlite":
        path = Path(make_url(url).database or "queue.sqlite3")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_private(path)
        return Queue(SqliteHuey(filename=str(path), timeout=CONNECT_SECONDS, **common))
    if scheme in {"redis", "rediss"}:
        return Queue(RedisHuey(connection_pool=_redis_pool(url), **common))
    return Queue(PostgresHuey(dsn=url, connect_timeout=CONNECT_SECONDS, **common))


def _redis_pool(url: str) -> Any:
    from redis import ConnectionPool  # noqa: PLC0415  # an optional extra

    return ConnectionPool.from_url(
        url, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=5 * CONNECT_SECONDS
    )


_rests: dict[str, float] = {}


def poke(settings: Settings, lane: str) -> bool:
    """Wake the worker's lane of this name (`jobs.lanes`).

    False if the queue is out of order; never raises for that.
    """
    url = settings.queue_url
    if time.monotonic() < _rests.get(url, 0.0):
        return False
    try:
        _asked(settings, lambda queue: queue.wake(lane))
    except Exception as error:
        # Whatever is wrong with the queue's storage: the sweep finds the row, the page goes on.
        log.warning("queue takes no messages (%s); the next sweep will do", error)
        _rests[url] = time.monotonic() + REST_SECONDS
        return False
    return True


def pending(settings: Settings) -> int:
    """How many messages wait. Raises whatever the storage raises when it is out of order."""
    return _asked(settings, lambda queue: int(queue.huey.pending_count()))


def _asked(settings: Settings, question: Callable[[Queue], Answer]) -> Answer:
    """Ask twice: a connection that the server has closed shows itself only when it is used."""
    queue = open_queue(settings)
    try:
        return question(queue)
    except Exception:  # each storage has its own errors; the second time they count
        return question(queue)
