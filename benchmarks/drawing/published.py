"""What people already know of: a plan made by hand some weeks ago, and who has withdrawn since."""

from __future__ import annotations

from random import Random
from typing import Any

from peers.board import Board
from peers.facts import Facts
from peers.menu import menu_of

from drawing.chance import happens
from matchmaker.scheduling.formats import read_problem

KNOWN_EARLY = 0.85
"""Share of the requests that had come in when the earlier plan was made."""
LEFT = 0.15
"""Share of those who withdraw that leave altogether; the others lose one day."""
WIDEST = 12
"""So many speakers are considered for teams."""


def publish(random: Random, problem: dict[str, Any], share: float) -> None:
    """Add `published`: that share of a plan that took the requests one by one as they came in.

    It obeys all rules, as what was promised once did; requests that came in later are not in it.
    """
    facts = Facts(read_problem(problem))
    board = Board(facts)
    for number in range(round(KNOWN_EARLY * len(problem["requests"]))):
        talk = board.best(menu_of(facts, number, WIDEST))
        if talk is not None:
            board.place(talk)
    kept = (row for row in board.assignments() if happens(random, share))
    problem["published"] = [
        {
            "request": row.request,
            "start": row.start.isoformat(timespec="minutes"),
            "mode": row.mode.value,
            "language": row.language,
            "speakers": list(row.speakers),
            "interpreters": list(row.interpreters),
        }
        for row in kept
    ]


def withdraw(random: Random, problem: dict[str, Any], share: float) -> None:
    """From that share of the published talks somebody withdraws: for that day, or for good."""
    people = {row["id"]: row for row in (*problem["speakers"], *problem["interpreters"])}
    for talk in problem["published"]:
        if not happens(random, share):
            continue
        person = people[random.choice([*talk["speakers"], *talk["interpreters"]])]
        if happens(random, LEFT):
            person["available"] = []
        else:
            day = talk["start"][:10]
            person["available"] = [row for row in person["available"] if row[0][:10] != day]
