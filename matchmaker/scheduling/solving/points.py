"""Points that the model is built from, as arrays (the definition's table, part by part)."""

from __future__ import annotations

from dataclasses import asdict
from math import gcd

import numpy as np

from matchmaker.scheduling.solving.arrays import Ints
from matchmaker.scheduling.solving.load import Load
from matchmaker.scheduling.solving.tables import MOST_RANKS, RANK_POINTS, Tables


def grain_of(tables: Tables) -> int:
    """What the points of every plan are a multiple of, whoever comes and whenever."""
    problem, weights = tables.problem, asdict(tables.problem.weights)
    weights["topics"] *= gcd(*RANK_POINTS)
    weights["travel"] *= int(np.gcd.reduce(tables.travel[:-2, :-2], axis=None))
    return max(1, gcd(*weights.values(), *problem.discouraged_days.values()))


def fair_steps(tables: Tables) -> Ints:
    """What an organisation's first, second, third and any further served request earns."""
    weights = tables.problem.weights
    return np.array([weights.fair_first, weights.fair_second, weights.fair_third, 0])


def fair_stage(tables: Tables, load: Load) -> Ints:
    """Per organisation: which of the steps its next served request takes."""
    past = np.array([row.past_talks for row in tables.problem.organisations], dtype=np.int64)
    stage: Ints = np.minimum(past + load.hosts.taken, 3)
    return stage


def request_points(tables: Tables, load: Load) -> Ints:
    """What serving each request earns, whoever comes and whenever, as its host's next talk.

    A published request that stays unserved loses `drop`; serving it earns that back. Of the people
    published with it none is there yet.
    """
    problem, weights = tables.problem, tables.problem.weights
    points = np.array(
        [
            weights.serve
            + weights.priority * (row.priority - 1)
            + weights.waiting * min(row.waiting_rounds, 3)
            for row in problem.requests
        ],
        dtype=np.int64,
    )
    for talk in problem.published:
        points[tables.request_row[talk.request]] += (
            weights.drop
            - weights.swap_speaker * len(talk.speakers)
            - weights.swap_interpreter * len(talk.interpreters)
        )
    next_step = fair_steps(tables)[fair_stage(tables, load)]
    return points + next_step[tables.requests.organisation]


def person_points(tables: Tables, load: Load) -> Ints:
    """What one more talk costs each person: the next step of their load."""
    past = tables.people.past + load.people.taken
    return -2 * tables.problem.weights.balance * past


def language_points(tables: Tables) -> Ints:
    """What an evening in the language of each rank earns."""
    weights = tables.problem.weights
    later = [weights.language_later] * (MOST_RANKS - 2)
    return np.array([weights.language_first, weights.language_second, *later])


def best_ranks(tables: Tables) -> Ints:
    """For each set of ranks (as bits) the one that earns most, the first of equals."""
    points = language_points(tables)
    best = np.zeros(1 << MOST_RANKS, dtype=np.int64)
    for rank in np.lexsort((np.arange(MOST_RANKS), -points))[::-1].tolist():
        best[(np.arange(len(best)) >> rank) & 1 == 1] = rank
    return best
