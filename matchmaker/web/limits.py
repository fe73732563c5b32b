"""Rate limits against guessing and flooding, counted per address of the caller.

All processes count together: in Redis if the queue is there, else in the database. There a try is
counted in the transaction of the request itself, so what changes nothing is not counted.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil

from flask import Flask, request
from flask_limiter import Limiter
from limits.storage import Storage
from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from matchmaker.clock import system_clock
from matchmaker.config import Settings
from matchmaker.models import LimitCount
from matchmaker.services.house import tries
from matchmaker.web.context import settings
from matchmaker.web.db import db

REDIS_SECONDS = 2
SCHEME = "service-database"

HOUSEHOLD_BITS = 64
"""Whoever has an IPv6 address has this whole network, and may take a new address any time."""


def caller() -> str:
    """Whose tries count together: an IPv4 address, or the network that an IPv6 address is of."""
    given = request.remote_addr or "unknown"
    try:
        address = ip_address(given)
    except ValueError:  # a Unix socket without a proxy
        return given
    if not isinstance(address, IPv6Address):
        return given
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), HOUSEHOLD_BITS), strict=False))


limiter = Limiter(caller, default_limits=[])


def install(app: Flask, settings: Settings) -> None:
    """To be called after the hooks that decide whether a request is let in at all."""
    redis = settings.queue_url.partition("://")[0] in {"redis", "rediss"}
    app.config.update(
        RATELIMIT_ENABLED=not settings.testing,
        RATELIMIT_STORAGE_URI=settings.queue_url if redis else f"{SCHEME}://",
        RATELIMIT_STORAGE_OPTIONS={"socket_connect_timeout": REDIS_SECONDS} if redis else {},
        # Without Redis each process counts for itself; the pages go on.
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=redis,
    )
    limiter.init_app(app)


def seconds_to_wait() -> int:
    """How long the limit that has just refused this request goes on refusing; at least 1."""
    hit = limiter.current_limit
    left = hit.reset_at - system_clock().timestamp() if hit is not None else 0
    return max(1, ceil(left))


class DatabaseStorage(Storage):
    """Counts of the library `limits` in rows of the service's database; keys are hashed."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012  # the library's way to register

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """One more try within `expiry` seconds of the first; returns how many that makes."""
        within = timedelta(seconds=expiry)
        return tries.count(
            db.session(), settings(), system_clock(), key, within=within, amount=amount
        )

    def get(self, key: str) -> int:
        row = _living(key)
        return row.tries if row else 0

    def get_expiry(self, key: str) -> float:
        row = _living(key)
        return (row.ends_at if row else system_clock()).timestamp()

    def check(self) -> bool:
        """The database's own health is for `/healthz`."""
        return True

    def reset(self) -> int | None:
        gone = db.session.execute(delete(LimitCount).returning(LimitCount.key))
        return len(gone.all())

    def clear(self, key: str) -> None:
        tries.forget(db.session(), settings(), key)


def _living(key: str) -> LimitCount | None:
    return tries.counted(db.session(), settings(), system_clock(), key)
