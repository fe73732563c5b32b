"""What can be done about an event, as plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matchmaker.scheduling.events import Event, changed_problem
from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.proposal import Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A request that is placed differently; None where it has no place."""

    request: str
    before: Assignment | None
    after: Assignment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """No other plan of this kind changes the total by more than `limit`.

    Those are the plans that treat only requests of `around` differently, and at most `moved` of
    their talks that the event leaves alone. The option is the best of them if it reaches the limit.
    """

    moved: int
    around: tuple[str, ...]
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A plan after the event, told by what is different from the one before.

    `moved` are other talks that change or lose their place, `left_out` requests that end without a
    place though they had one or the event asks for one, `gained` open requests that get one.
    `difference` is the new score minus the old one, of the changed and the old problem.
    """

    changes: tuple[Change, ...]
    moved: tuple[str, ...]
    left_out: tuple[str, ...]
    gained: tuple[str, ...]
    difference: Score
    proof: Proof

    def plan(self, before: Iterable[Assignment]) -> tuple[Assignment, ...]:
        """The whole plan: the talks that stay, in their order, then those that are new."""
        touched = {row.request for row in self.changes}
        stays = [talk for talk in before if talk.request not in touched]
        return (*stays, *(row.after for row in self.changes if row.after is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """`lost` are the requests whose talks cannot stay; `old` and `plan` are what there was before.

    The options are ranked: fewest requests left out, then fewest others moved, then points. The
    one in which nothing is done but to strike the lost talks is always the last.
    """

    event: Event
    lost: tuple[str, ...]
    options: tuple[Option, ...]
    old: Problem
    plan: tuple[Assignment, ...]

    @property
    def problem(self) -> Problem:
        """What the options answer."""
        return changed_problem(self.old, self.plan, self.event)
