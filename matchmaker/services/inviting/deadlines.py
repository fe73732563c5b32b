"""By when an invitation wants its answer."""

from __future__ import annotations

from datetime import date, timedelta

TIME_TO_ANSWER = timedelta(days=7)


def answer_by(asked: date, held: date) -> date:
    """A week after the question, but the day before the talk at the latest."""
    return min(asked + TIME_TO_ANSWER, held - timedelta(days=1))
