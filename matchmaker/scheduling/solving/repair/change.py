"""What the score changes by when some talks of a plan give way to others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields

from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.proposal import Score
from matchmaker.scheduling.solving.kept.kept import Kept
from matchmaker.scheduling.solving.score import score

TOGETHER = ("fairness", "balance", "stability")
"""Parts that are not a talk's own."""


def change(
    before: Kept,
    after: Kept,
    gone: Sequence[Assignment],
    come: Sequence[Assignment],
    withdrawn: Iterable[str] = (),
) -> Score:
    """The score of the new problem and plan minus that of the old ones, part by part.

    `before` is the old plan, with all that is gone; `after` knows the new problem. What was
    published of `withdrawn` requests does not count any more.
    """
    lost = [score(before.facts.unpublished, [talk]) for talk in gone]
    won = [score(after.facts.unpublished, [talk]) for talk in come]
    own = {
        row.name: sum(getattr(one, row.name) for one in won)
        - sum(getattr(one, row.name) for one in lost)
        for row in fields(Score)
        if row.name not in TOGETHER
    }
    return Score(
        **own,
        fairness=_fairness(before, gone, come),
        balance=-_balance(before, gone, come),
        stability=_stability(before, gone, come, {*withdrawn}),
    )


def _fairness(kept: Kept, gone: Sequence[Assignment], come: Sequence[Assignment]) -> int:
    problem, weights = kept.problem, kept.problem.weights
    steps = (weights.fair_first, weights.fair_second, weights.fair_third)
    total = 0
    for host, more in _more(_hosts(problem, come), _hosts(problem, gone)).items():
        past = problem.organisation[host].past_talks
        held = int(kept.hosts.in_all[kept.tables.organisation_row[host]])
        total += sum(steps[past : past + held + more]) - sum(steps[past : past + held])
    return total


def _hosts(problem: Problem, talks: Iterable[Assignment]) -> Counter[str]:
    return Counter(problem.request[talk.request].organisation for talk in talks)


def _balance(kept: Kept, gone: Sequence[Assignment], come: Sequence[Assignment]) -> int:
    total = 0
    people = (Counter(name for talk in talks for name in {*talk.people}) for talks in (come, gone))
    for name, more in _more(*people).items():
        row = kept.tables.person_row[name]
        was = kept.problem.person[name].past_talks + int(kept.people.in_all[row])
        total += (was + more) * (was + more - 1) - was * (was - 1)
    return kept.problem.weights.balance * total


def _more(come: Counter[str], gone: Counter[str]) -> dict[str, int]:
    return {name: come[name] - gone[name] for name in {*come, *gone}}


def _stability(
    kept: Kept, gone: Sequence[Assignment], come: Sequence[Assignment], withdrawn: set[str]
) -> int:
    was, now = ({talk.request: talk for talk in talks} for talks in (gone, come))
    touched = [name for name in {*was, *now, *withdrawn} if name in kept.facts.published]
    after = sum(_departure(kept, name, now.get(name)) for name in touched if name not in withdrawn)
    return sum(_departure(kept, name, was.get(name)) for name in touched) - after


def _departure(kept: Kept, request: str, talk: Assignment | None) -> int:
    """What a published request costs that is held like that."""
    weights, old = kept.problem.weights, kept.facts.published[request]
    if talk is None:
        return weights.drop
    return (
        weights.move * (old.start != talk.start)
        + weights.swap_speaker * len({*old.speakers} - {*talk.speakers})
        + weights.swap_interpreter * len({*old.interpreters} - {*talk.interpreters})
    )
