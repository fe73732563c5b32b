"""How evenly a plan treats those who could take part."""

from __future__ import annotations

from dataclasses import astuple
from fractions import Fraction
from itertools import product
from random import Random

import pytest

from matchmaker.scheduling.fairness import fairness_of, spread_of
from matchmaker.scheduling.formats.encode import encoded
from matchmaker.scheduling.problem import Organisation
from matchmaker.scheduling.run import propose
from tests.scheduling.small import interpreter, problem, request, speaker, talk


def gini(counts: list[int]) -> float:
    """Straight from the definition: mean absolute difference over twice the mean."""
    if not sum(counts):
        return 0.0
    apart = sum(abs(one - other) for one, other in product(counts, counts))
    return round(float(Fraction(apart, 2 * len(counts) * sum(counts))), 4)


@pytest.mark.parametrize(
    ("counts", "figures"),
    [
        ([], (0, 0, 0.0, 0, 0, 0.0)),
        ([0, 0], (0, 0, 0.0, 0, 0, 0.0)),
        ([2, 2, 2], (6, 2, 2.0, 2, 0, 0.0)),
        ([0, 0, 3, 1], (4, 0, 1.0, 3, 3, 0.625)),
        ([1, 2, 2], (5, 1, 1.667, 2, 1, 0.1333)),
    ],
)
def test_spread_of_counts(counts: list[int], figures: tuple[float, ...]) -> None:
    assert astuple(spread_of(counts)) == figures


def test_spread_gini_is_that_of_the_definition_in_any_order() -> None:
    random = Random(7)
    for _ in range(100):
        counts = [random.randint(0, 9) for _ in range(random.randint(1, 12))]
        assert spread_of(counts).gini == gini(counts)


def test_fairness_counts_organisations_that_ask() -> None:
    case = problem(
        organisations=(Organisation("MO1", past_talks=2), Organisation("MO2"), Organisation("MO3"))
    )
    hosts = fairness_of(case, [talk("A1")]).organisations
    assert (hosts.counted, hosts.with_talk, hosts.share_with_talk) == (2, 1, 0.5)
    assert hosts.in_plan == spread_of([0, 1])
    assert hosts.with_past == spread_of([0, 3])


def test_fairness_counts_people_who_could_come_or_do() -> None:
    idle = speaker("R3", topics={"T9": 3})
    strange = speaker("R4", topics={"T9": 3})
    case = problem(speakers=(speaker(past_talks=4), speaker("R2"), idle, strange))
    plan = [talk("A1", speakers=("R1",)), talk("A2", "2027-01-13T17:00", speakers=("R1", "R4"))]
    people = fairness_of(case, plan).speakers
    assert (people.counted, people.with_talk, people.share_with_talk) == (3, 2, 0.6667)
    assert people.in_plan == spread_of([2, 0, 1])
    assert people.with_past == spread_of([6, 0, 1])


def test_fairness_counts_interpreters_where_interpreting_is_possible() -> None:
    case = problem(interpreters=(interpreter(), interpreter("S2")))
    assert fairness_of(case, []).interpreters.counted == 0
    arabic = problem(
        requests=(request(languages=("ar",)),),
        interpreters=(interpreter(), interpreter("S2", languages=("fr",))),
    )
    spread = talk(language="ar", interpreters=("S1",))
    assert fairness_of(arabic, [spread]).interpreters.in_plan == spread_of([1])


def test_fairness_passes_over_requests_that_the_problem_does_not_know() -> None:
    assert fairness_of(problem(), [talk("A9")]) == fairness_of(problem(), [])


def test_propose_states_fairness() -> None:
    case = problem()
    proposal = propose(case, threads=1)
    stated = proposal.info["fairness"]
    assert stated == encoded(fairness_of(case, proposal.assignments))
    assert stated["organisations"] == {
        "counted": 2,
        "with_talk": 2,
        "share_with_talk": 1.0,
        "in_plan": encoded(spread_of([1, 1])),
        "with_past": encoded(spread_of([1, 1])),
    }
