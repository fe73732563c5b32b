"""UIDs: new each time, at the service's host, and known again in other people's calendars."""

from __future__ import annotations

import itertools

import pytest
from ulid import ULID

from matchmaker.services.desk import Desk
from matchmaker.services.house import uids


def test_uid_is_new_each_time_and_at_the_host_of_the_mailbox(desk: Desk) -> None:
    made = [uids.invitation_uid(desk), uids.invitation_uid(desk), uids.talk_uid(desk)]
    assert len(set(made)) == 3
    assert [uid.partition("-")[0] for uid in made] == ["inv", "inv", "talk"]
    assert {uid.partition("@")[2] for uid in made} == {"arbeitsmarkt.example"}
    assert all(uids.looks_like_ours(uid) for uid in made)


def test_uid_tells_nothing_of_its_neighbours(desk: Desk) -> None:
    """Made at one moment, as those of an approval are: the public calendar shows one of them."""
    made = [uids.invitation_uid(desk).partition("@")[0][4:] for _ in range(200)]
    numbers = sorted(int.from_bytes(ULID.from_str(uid.upper()).bytes) for uid in made)
    gaps = [later - earlier for earlier, later in itertools.pairwise(numbers)]
    assert min(gaps) > 1 << 40
    assert {uid[:10] for uid in made} == {made[0][:10]}, "the time stands in front"


def test_uid_is_ours_under_an_older_host_and_in_capitals() -> None:
    assert uids.looks_like_ours("INV-01MAXTKP00M847DPZS06PRMZTF@ANDERSWO.EXAMPLE")


@pytest.mark.parametrize(
    "uid",
    [
        "",
        "01maxtkp00m847dpzs06prmztf@verein.example",
        "inv-@verein.example",
        "inv-2027@verein.example",
        "inv-01maxtkp00m847dpzs06prmztf",
        "talk-01maxtkp00m847dpzs06prmztf@",
        "040000008200E00074C5B7101A82E008",
    ],
)
def test_uid_of_somebody_else_is_not_ours(uid: str) -> None:
    assert not uids.looks_like_ours(uid)
