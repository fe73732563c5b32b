"""Greedy: the requests that are hardest to place first, each the column that adds most."""

from __future__ import annotations

from peers.board import Board
from peers.command import Answer, Task, run
from peers.facts import Facts
from peers.menu import menu_of

WIDEST = 30
"""Speakers among whom teams of several are formed; nobody weighs hundreds of them by hand."""


def greedy(task: Task) -> Board:
    """The board after every request had its turn, or the time was up."""
    facts = Facts(task.problem)
    board = Board(facts)
    for number in sorted(range(len(task.problem.requests)), key=lambda at: _rank(facts, at)):
        if not task.left:
            break
        talk = board.best(menu_of(facts, number, WIDEST))
        if talk is not None:
            board.place(talk)
    return board


def _rank(facts: Facts, number: int) -> tuple[int, int, int]:
    """The most urgent first; among equals whoever has least choice: windows, then languages."""
    request = facts.problem.requests[number]
    urgency = 3 * request.priority + min(request.waiting_rounds, 3)
    interpreted = "de" not in request.languages
    return -urgency, 0 if interpreted else 1, len(request.windows)


def plan(task: Task) -> Answer:
    return Answer(greedy(task).assignments())


if __name__ == "__main__":
    run(plan)
