"""The drill of `outbox_storm`, small: 200 mails, 20 killed workers. And: does its judge judge?"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.models import OutboxMessage
from matchmaker.models.states import OutboxState
from tests.drills.outbox_storm import drill, faults_of
from tests.support.faulty_smtp import Entry, Fate


@pytest.mark.slow
def test_storm_loses_nothing_and_explains_every_copy(
    factory: sessionmaker[Session], settings: Settings, tmp_path: Path
) -> None:
    outcome = drill(factory, settings, tmp_path, mails=200, kills=20)
    assert outcome.faults == []
    assert outcome.kills == 20
    # Of one whose worker was killed after the dot, nobody knows that its address does not exist.
    assert outcome.states["dead"] <= 8 <= outcome.states["dead"] + outcome.states["uncertain"]


def _judged(state: str, *fates: Fate, method: str | None = "REQUEST", digest: str = "a") -> str:
    row = OutboxMessage(
        recipient="p1", method=method, state=OutboxState(state), message_id="<1>", last_error=""
    )
    attempts = [
        Entry("p1", 1, 1, fate, "<1>", digest if number else "a")
        for number, fate in enumerate(fates)
    ]
    return "; ".join(faults_of(row, attempts, set()))


@pytest.mark.parametrize(
    ("judged", "fault"),
    [
        (_judged("sent", Fate.TAKEN), ""),
        (_judged("sent", Fate.TAKEN_SILENTLY, Fate.TAKEN), ""),
        (_judged("sent", Fate.REFUSED), "lost"),
        (_judged("sent", Fate.TAKEN, Fate.TAKEN), "0 of them unheard"),
        (_judged("sent", Fate.TAKEN_SILENTLY, Fate.TAKEN, method=None), "came 2 times"),
        (_judged("sent", Fate.REFUSED, Fate.TAKEN, digest="b"), "bytes"),
        (_judged("dead", Fate.REFUSED), "it is dead"),
        (_judged("uncertain", Fate.REFUSED), "without a reason"),
        (_judged("queued", Fate.REFUSED), "still queued"),
    ],
)
def test_judge_sees_what_must_not_happen(judged: str, fault: str) -> None:
    assert fault in judged
    assert bool(fault) == bool(judged)
