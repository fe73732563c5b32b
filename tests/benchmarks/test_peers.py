"""The peers of the benchmarks obey the rules; those that prove an optimum prove the right one."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given, settings
from peers import cpsat, greedy, highs, local_search, timefold
from peers.command import MissingError, proposal_of

from matchmaker.scheduling.formats import read_problem
from matchmaker.scheduling.judge import check
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.proposal import Proposal
from tests.scheduling.golden_cases import GOLDEN
from tests.scheduling.solving.brute import optimum
from tests.scheduling.strategies import problems

ANYTHING, EXACT = (greedy, local_search), (highs, cpsat)


def planned(peer: ModuleType, problem: Problem, limit: float = 30.0) -> Proposal:
    return proposal_of(peer.plan, problem, limit, 1, 0)


@pytest.mark.parametrize("name", GOLDEN)
@pytest.mark.parametrize("peer", EXACT, ids=lambda peer: peer.__name__)
def test_exact_peer_proves_the_golden_optimum(peer: ModuleType, name: str) -> None:
    problem = read_problem(GOLDEN[name]["problem"])
    proposal = planned(peer, problem)
    assert check(problem, proposal).right
    assert (proposal.score.total, proposal.bound) == (GOLDEN[name]["optimum"],) * 2


@pytest.mark.parametrize("name", GOLDEN)
@pytest.mark.parametrize("peer", ANYTHING, ids=lambda peer: peer.__name__)
def test_heuristic_peer_obeys_the_rules(peer: ModuleType, name: str) -> None:
    problem = read_problem(GOLDEN[name]["problem"])
    proposal = planned(peer, problem, 0.05)
    assert check(problem, proposal).right
    assert proposal.score.total <= GOLDEN[name]["optimum"]


@settings(max_examples=20)
@given(problems())
def test_peers_agree_with_trying_everything(problem: Problem) -> None:
    best = optimum(problem)
    for peer in EXACT:
        proposal = planned(peer, problem)
        assert check(problem, proposal).right
        assert proposal.score.total == best
    easy = planned(greedy, problem)
    assert check(problem, easy).right
    assert easy.score.total <= best


def test_peer_without_its_program_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingError, match="Java 17"):
        timefold.load_model()


@pytest.mark.parametrize("peer", EXACT, ids=lambda peer: peer.__name__)
def test_peer_out_of_time_leaves_everything_open_but_what_is_fixed(peer: ModuleType) -> None:
    problem = read_problem(GOLDEN["basic"]["problem"])
    proposal = planned(peer, problem, 0.0)
    assert check(problem, proposal).right
    assert (proposal.assignments, proposal.bound) == ((), None)
    assert "stopped" in proposal.info
