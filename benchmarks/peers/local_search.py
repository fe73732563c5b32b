"""Greedy, then local search: take some talks that stand in each other's way back, place them anew.

Small losses are accepted in the beginning and hardly any at the end (simulated annealing). The seed
decides what is tried; how much is tried before the time is up, the machine.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from random import Random

from matchmaker.scheduling.problem import Request
from peers.board import Board, Talk
from peers.command import Answer, Task, run
from peers.greedy import WIDEST, greedy
from peers.menu import Menu, menu_of

HOTTEST, COLDEST = 120.0, 2.0
"""Points: a loss of so many is accepted with chance 1/e at the beginning and at the end."""
MOST_REMOVED = 6
RESERVE = 0.02
"""Share of the time that is left for counting and writing."""


class Search:
    """The board, the best plan seen on it, and who stands in whose way."""

    def __init__(self, task: Task, board: Board) -> None:
        self.board = board
        self.total = 0
        self.best, self.best_total = dict(board.talks), 0
        self._random = Random(task.seed)
        self._menus: dict[int, Menu] = {}
        requests = task.problem.requests
        self.movable = [at for at in range(len(requests)) if at not in board.fixed]
        self._siblings = _siblings(requests, self.movable)
        self._by_person: defaultdict[int, set[int]] = defaultdict(set)
        for talk in board.talks.values():
            self._note(talk)

    def step(self, heat: float) -> None:
        """Remove some talks, place them in another order, keep it or not."""
        subject = self._random.choice(self.movable)
        removed = [self._take(number) for number in self._in_the_way(subject)]
        change = -sum(loss for _, loss in removed)
        order = [talk.number for talk, _ in removed if talk.number != subject]
        self._random.shuffle(order)
        placed: list[int] = []
        for number in [subject, *order]:
            talk = self.board.best(self._menu(number))
            if talk is not None:
                change += self.board.gain(talk)
                self._put(talk)
                placed.append(number)
        if change >= 0 or self._random.random() < math.exp(change / heat):
            self.total += change
            if self.total > self.best_total:
                self.best, self.best_total = dict(self.board.talks), self.total
            return
        for number in placed:
            self._take(number)
        for talk, _ in removed:
            self._put(talk)

    def _menu(self, number: int) -> Menu:
        if number not in self._menus:
            self._menus[number] = menu_of(self.board.facts, number, WIDEST)
        return self._menus[number]

    def _in_the_way(self, subject: int) -> list[int]:
        """The request itself, if placed, and a few talks of its host and of people it could use."""
        menu, near = self._menu(subject), set(self._siblings[subject])
        wanted: set[int] = set()
        for _ in range(min(3, len(menu.teams))):
            team = self._random.choice(menu.teams)
            wanted.update(team.speakers)
            if team.interpreters:
                helpers = self._random.choice(list(menu.helpers.values())).numbers.tolist()
                wanted.update(self._random.sample(helpers, min(2, len(helpers))))
        talk = self.board.talks.get(subject)
        if talk is not None:
            wanted.update(talk.people)
        near.update(*(self._by_person[person] for person in wanted))
        movable = sorted(number for number in near - {subject} if number in self.board.talks)
        count = min(len(movable), self._random.randint(1, MOST_REMOVED))
        chosen = self._random.sample(movable, count)
        return chosen if talk is None else [*chosen, subject]

    def _take(self, number: int) -> tuple[Talk, int]:
        """The talk and what is lost with it."""
        talk = self.board.remove(number)
        for person in talk.people:
            self._by_person[person].discard(number)
        return talk, self.board.gain(talk)

    def _put(self, talk: Talk) -> None:
        self.board.place(talk)
        self._note(talk)

    def _note(self, talk: Talk) -> None:
        if talk.number not in self.board.fixed:
            for person in talk.people:
                self._by_person[person].add(talk.number)


def _siblings(requests: Sequence[Request], movable: list[int]) -> dict[int, list[int]]:
    """The requests of the same organisation, by request."""
    of_host: defaultdict[str, list[int]] = defaultdict(list)
    for number in movable:
        of_host[requests[number].organisation].append(number)
    return {number: of_host[requests[number].organisation] for number in movable}


def plan(task: Task) -> Answer:
    begin = task.left
    board = greedy(task)
    search = Search(task, board)
    span = task.left - RESERVE * begin
    steps = 0
    while (rest := task.left - RESERVE * begin) > 0 and search.movable:
        search.step(HOTTEST * (COLDEST / HOTTEST) ** (1 - rest / span))
        steps += 1
    board.talks = search.best
    return Answer(board.assignments(), info={"steps": steps})


if __name__ == "__main__":
    run(plan)
