"""What one talk adds to the score of a plan, part by part."""

from __future__ import annotations

from dataclasses import fields, replace

from matchmaker.scheduling.problem import Assignment
from matchmaker.scheduling.proposal import Score
from matchmaker.scheduling.solving.kept.kept import Kept
from matchmaker.scheduling.solving.score import score


def gain(kept: Kept, talk: Assignment) -> Score:
    """The score with a talk minus the score without it; its request has no talk in the plan."""
    return _beside(kept, talk, score(kept.facts.unpublished, [talk]))


def gain_again(kept: Kept, talk: Assignment) -> Score:
    """The same of a talk that is taken out of the plan again and again."""
    return _beside(kept, talk, kept.facts.own(talk))


def _beside(kept: Kept, talk: Assignment, own: Score) -> Score:
    """A talk's own parts and what it changes beside the plan.

    Fairness and balance are the steps that this talk takes as its host's and people's next one, and
    stability is the published assignment that is kept instead of dropped. The other parts are the
    talk's own.
    """
    return replace(
        own,
        fairness=_fairness(kept, talk),
        balance=-_balance(kept, talk),
        stability=_stability(kept, talk),
    )


def difference(one: Score, other: Score) -> Score:
    """Part by part, the first minus the second."""
    parts = {row.name: getattr(one, row.name) - getattr(other, row.name) for row in fields(Score)}
    return Score(**parts)


def _fairness(kept: Kept, talk: Assignment) -> int:
    weights = kept.problem.weights
    steps = (weights.fair_first, weights.fair_second, weights.fair_third, 0)
    host = kept.problem.request[talk.request].organisation
    held = int(kept.hosts.in_all[kept.tables.organisation_row[host]])
    return steps[min(kept.problem.organisation[host].past_talks + held, 3)]


def _balance(kept: Kept, talk: Assignment) -> int:
    rows = [kept.tables.person_row[name] for name in {*talk.people}]
    past = [int(kept.tables.people.past[row] + kept.people.in_all[row]) for row in rows]
    return 2 * kept.problem.weights.balance * sum(past)


def _stability(kept: Kept, talk: Assignment) -> int:
    weights, old = kept.problem.weights, kept.facts.published.get(talk.request)
    if old is None:
        return 0
    return (
        weights.drop
        - weights.move * (old.start != talk.start)
        - weights.swap_speaker * len({*old.speakers} - {*talk.speakers})
        - weights.swap_interpreter * len({*old.interpreters} - {*talk.interpreters})
    )
