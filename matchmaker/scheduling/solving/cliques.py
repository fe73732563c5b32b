"""Sets of talks of which at most one can take place: for one person's day, or one venue."""

from __future__ import annotations

import numpy as np

from matchmaker.scheduling.solving.arrays import Bools, Ints


def clique_cover(conflict: Bools) -> list[Ints]:
    """Cliques that together contain every conflicting pair; each is as large as it can be made.

    `conflict` is symmetric. Nodes are tried in their order: sorted by time, the cliques gather
    around moments.
    """
    open_pairs = np.triu(conflict, 1)
    cliques = []
    for first in range(len(conflict)):
        while open_pairs[first].any():
            members = [first]
            candidates = conflict[first].copy()
            candidates[first] = False
            follow = np.flatnonzero(open_pairs[first])
            for node in np.concatenate([follow, np.flatnonzero(candidates)]).tolist():
                if candidates[node]:
                    members.append(node)
                    candidates &= conflict[node]
                    candidates[node] = False
            clique = np.sort(np.array(members))
            open_pairs[np.ix_(clique, clique)] = False
            cliques.append(clique)
    return cliques


def talk_conflicts(begin: Ints, end: Ints, place: Ints, travel: Ints) -> Bools:
    """Which talks of one person on one day exclude each other; the diagonal is True."""
    way = travel[place[:, None], place[None, :]]
    before = end[:, None] + way <= begin[None, :]
    exclude: Bools = ~(before | before.T)
    return exclude


def overlaps(begin: Ints, end: Ints) -> Bools:
    shared: Bools = (begin[:, None] < end[None, :]) & (begin[None, :] < end[:, None])
    return shared
