"""How evenly a plan treats organisations, speakers and interpreters.

Counted is who could take part: organisations that ask for a talk, and people who could come to at
least one request (see `reach`) or who have a talk. Everybody counted without a talk weighs in as 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matchmaker.scheduling.problem import Assignment, Organisation, Person, Problem
from matchmaker.scheduling.reach import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Talks a member; all figures are 0 where nobody is counted.

    `total` is their sum, `minimum`, `mean` (three decimals) and `maximum` are over the members,
    and `spread` is maximum − minimum. `gini` (four decimals) is the Gini coefficient, half the mean
    absolute difference of two members divided by the mean: 0 if all have equally many, nearly 1 if
    one has all; 0 where there is no talk.
    """

    total: int
    minimum: int
    mean: float
    maximum: int
    spread: int
    gini: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What a plan does for the members of one group.

    `counted` could take part; `with_talk` of them have at least one talk in this plan, and
    `share_with_talk` (0..1, four decimals) is their share. `in_plan` spreads the talks of this
    plan, `with_past` the same together with everybody's `past_talks`.
    """

    counted: int
    with_talk: int
    share_with_talk: float
    in_plan: Spread
    with_past: Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """An organisation has the talks of its requests; people have those they are assigned to."""

    organisations: Treatment
    speakers: Treatment
    interpreters: Treatment


class FairnessMeter:
    """Measures plans of one problem; who could take part is found out once."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        reach = Reach(problem)
        asking = {row.organisation for row in problem.requests}
        self._hosts = [row for row in problem.organisations if row.id in asking]
        self._able = {row.id for row in problem.person.values() if reach.can_come(row)}

    def of(self, assignments: Iterable[Assignment]) -> Fairness:
        """The figures of a plan; a request that the problem does not know counts nowhere."""
        request_of, hosts, people = self._problem.request, Counter[str](), Counter[str]()
        for row in assignments:
            if row.request in request_of:
                hosts[request_of[row.request].organisation] += 1
                people.update(set(row.people))
        return Fairness(
            organisations=_treatment(self._hosts, hosts),
            speakers=self._people(self._problem.speakers, people),
            interpreters=self._people(self._problem.interpreters, people),
        )

    def _people(self, group: Sequence[Person], talks: Mapping[str, int]) -> Treatment:
        return _treatment([row for row in group if row.id in self._able or talks[row.id]], talks)


def fairness_of(problem: Problem, assignments: Iterable[Assignment]) -> Fairness:
    """The fairness figures of one plan."""
    return FairnessMeter(problem).of(assignments)


def _treatment(members: Sequence[Organisation | Person], talks: Mapping[str, int]) -> Treatment:
    now = [talks[row.id] for row in members]
    served = sum(count > 0 for count in now)
    return Treatment(
        counted=len(members),
        with_talk=served,
        share_with_talk=round(served / len(members), 4) if members else 0.0,
        in_plan=spread_of(now),
        with_past=spread_of([row.past_talks + talks[row.id] for row in members]),
    )


def spread_of(counts: Iterable[int]) -> Spread:
    """The figures of any list of counts."""
    rows = sorted(counts)
    size, total = len(rows), sum(rows)
    if not size:
        return Spread(total=0, minimum=0, mean=0.0, maximum=0, spread=0, gini=0.0)
    # With the counts in order, the i-th of n weighs 2i − n + 1 in the sum of all differences.
    tilt = sum((2 * index - size + 1) * count for index, count in enumerate(rows))
    return Spread(
        total=total,
        minimum=rows[0],
        mean=round(total / size, 3),
        maximum=rows[-1],
        spread=rows[-1] - rows[0],
        gini=round(tilt / (size * total), 4) if total else 0.0,
    )
