"""Talks by the day, ISO week and calendar month of their start."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from matchmaker.scheduling.judge.breach import Fact
from matchmaker.scheduling.judge.plan import Talk

Groups = Iterable[tuple[Mapping[str, Fact], Sequence[Talk]]]  # a period as a fact, and its talks


def by_day(talks: Sequence[Talk]) -> Groups:
    return _by(talks, "day", lambda day: day)


def by_week(talks: Sequence[Talk]) -> Groups:
    """Weeks like `2026-W53`: a week belongs to the year of its Thursday."""
    return _by(talks, "week", lambda day: "{}-W{:02}".format(*day.isocalendar()[:2]))


def by_month(talks: Sequence[Talk]) -> Groups:
    return _by(talks, "month", lambda day: f"{day.year}-{day.month:02}")


def _by(talks: Sequence[Talk], name: str, period: Callable[[date], Fact]) -> Groups:
    groups: defaultdict[Fact, list[Talk]] = defaultdict(list)
    for talk in talks:
        groups[period(talk.day)].append(talk)
    return [({name: key}, group) for key, group in groups.items()]
