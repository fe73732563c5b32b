"""The addresses of subscriptions: made from the service's secret key, kept as hashes."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence

from sqlalchemy.orm import Session

from matchmaker.models import Feed, FeedToken
from matchmaker.services.desk import Desk
from matchmaker.services.house import links
from matchmaker.services.house.tokens import token_hash

NAME = "arbeitsmarktgespraeche"


def add(session: Session, desk: Desk, feeds: Sequence[Feed]) -> None:
    """Store new feeds, each under an address of its own."""
    for feed in feeds:
        # A random start: should a row's number ever be used again, its addresses are still new.
        feed.generation = secrets.randbelow(2**30)
        feed.changed_at = desk.now
        feed.tokens = []
    session.add_all(feeds)
    session.flush()
    for feed in feeds:
        feed.tokens.append(_new_token(desk, feed))


def address(desk: Desk, feed: Feed) -> str:
    """Where the feed is asked for, whether or not that still works."""
    return links.feed(desk.settings, _token(desk, feed), NAME)


def working_address(session: Session, desk: Desk, feed: Feed | None) -> str | None:
    """The address as it is now, None if there is none."""
    if feed is None:
        return None
    token = session.get(FeedToken, token_hash(_token(desk, feed)))
    return None if token is None or token.revoked_at is not None else address(desk, feed)


def change(desk: Desk, feed: Feed) -> None:
    """Another address; the one before stops working."""
    end(desk, feed)
    feed.generation += 1
    feed.tokens.append(_new_token(desk, feed))


def end(desk: Desk, feed: Feed) -> bool:
    """No address works from now on; whether one did."""
    living = [token for token in feed.tokens if token.revoked_at is None]
    for token in living:
        token.revoked_at = desk.now
    return bool(living)


def _new_token(desk: Desk, feed: Feed) -> FeedToken:
    return FeedToken(token_hash=token_hash(_token(desk, feed)), created_at=desk.now)


def _token(desk: Desk, feed: Feed) -> str:
    """43 characters, 256 bits, which only the service's secret key can make again."""
    key = desk.settings.secret_key.encode()
    digest = hmac.digest(key, f"feed:{feed.id}:{feed.generation}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
