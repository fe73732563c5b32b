"""Any history of answers, moves and a cancellation ends as the latest valid answer says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from matchmaker.models.states import AnswerVia, InvitationState
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import responses
from tests.support.invited import Evening, log_of, states

SENT_AT = datetime(2026, 12, 29, tzinfo=UTC)

answers = st.tuples(
    st.just("answer"),
    st.sampled_from(sorted(responses.ANSWERS)),
    st.integers(0, 3),  # the revision that is answered
    st.integers(0, 6),  # when, in hours: few values, so that some are equal
    st.sampled_from(AnswerVia),
)
steps = st.one_of(
    answers,
    answers,
    answers,
    st.tuples(st.just("again"), st.integers(0, 20)),
    st.tuples(st.just("move")),
)


@dataclass
class Expected:
    """What must come of it, worked out from the rules alone."""

    sequence: int = 0
    state: str = "open"
    stamp: int = -1
    cancelled: bool = False
    known: list[tuple[object, ...]] = field(default_factory=list)

    def answer(self, step: tuple[object, ...]) -> None:
        _, answer, sequence, hour, _via = step
        assert isinstance(hour, int)
        if step[:4] in self.known:
            return
        self.known.append(step[:4])
        if not self.cancelled and sequence == self.sequence and hour > self.stamp:
            self.state, self.stamp = str(answer), hour

    def move(self) -> None:
        self.sequence, self.state, self.stamp = self.sequence + 1, "open", -1

    def cancel(self) -> None:
        self.state, self.cancelled = "cancelled", True


class Story:
    def __init__(self, session: Session, desk: Desk) -> None:
        self.evening = Evening(session, desk)
        self.expected = Expected()
        self.given: list[tuple[object, ...]] = []
        self.days = 0

    def tell(self, step: tuple[object, ...]) -> None:
        if step[0] == "move" and not self.expected.cancelled:
            self.days += 1
            start = datetime(2027, 1, 19 + self.days % 9, 18, 0)  # noqa: DTZ001  # wall clock
            self.evening.move(self.evening.later(hours=self.days), start)
            self.expected.move()
        elif step[0] == "answer":
            self.given.append(step)
            self._answer(step)
        elif step[0] == "again" and self.given:
            assert isinstance(step[1], int)
            self._answer(self.given[step[1] % len(self.given)])

    def _answer(self, step: tuple[object, ...]) -> None:
        _, answer, sequence, hour, via = step
        assert isinstance(hour, int)
        self.evening.answer(
            answer,  # type: ignore[arg-type]  # drawn from the answers
            self.evening.later(days=5),
            sequence=sequence,
            stamp=SENT_AT + timedelta(hours=hour),
            via=via,
        )
        self.expected.answer(step)

    def cancel(self) -> None:
        self.evening.call_off(self.evening.later(days=4))
        self.expected.cancel()


@hypothesis_settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(before=st.lists(steps, max_size=10), after=st.lists(steps, max_size=4), off=st.booleans())
def test_history_ends_as_the_latest_answer_to_the_present_date_says(
    session: Session,
    desk: Desk,
    before: list[tuple[object, ...]],
    after: list[tuple[object, ...]],
    off: bool,
) -> None:
    story = Story(session, desk)
    for step in before:
        story.tell(step)
    if off:
        story.cancel()
    for step in after:
        story.tell(step)
    invitation, expected = story.evening.invitation, story.expected
    assignment = {"open": {"invited", "approved"}}.get(expected.state, {expected.state})
    assert states(session, story.evening)[0] == expected.state
    assert states(session, story.evening)[1] in assignment
    assert len(log_of(session, invitation)) == len(expected.known)
    counted = [row for row in responses.history(session, invitation) if row.applied]
    assert all(row.outcome in responses.COUNTS for row in counted)
    assert invitation.state is InvitationState(expected.state)
    session.rollback()
