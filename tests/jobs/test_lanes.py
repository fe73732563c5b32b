"""What the worker does is found in its modules, each under a name of its own."""

from __future__ import annotations

import pytest

from matchmaker.jobs.lanes import kinds, lanes, mail, sweeps


def test_lanes_and_sweeps_of_all_modules_are_found() -> None:
    assert {"mail", "plan", "answer", "unlock"} <= {lane.name for lane in lanes()}
    found = {sweep.name for sweep in sweeps()}
    assert {"subscriptions", "old drafts", "old questions", "lasting settings"} <= found


def test_two_lanes_under_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "LANES", (kinds.Lane("plan", mail.LANES[0].open),))
    lanes.cache_clear()
    with pytest.raises(ValueError, match="same name: plan"):
        lanes()
    lanes.cache_clear()
