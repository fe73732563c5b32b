"""The mails that leave."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from matchmaker.jobs.lanes.kinds import Lane, Work
from matchmaker.jobs.workplace import Workplace
from matchmaker.services.sending.delivery import Postman


@contextmanager
def _deliver(place: Workplace) -> Iterator[Work]:
    """What hangs goes on in the background while the lane looks for more."""
    with Postman(
        place.factory, place.settings, place.clock, owner=place.owner, stop=place.stop
    ) as postman:
        yield lambda _place: postman.deliver().stopped


LANES = (Lane("mail", _deliver),)
