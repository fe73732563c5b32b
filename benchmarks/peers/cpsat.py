"""Textbook CP-SAT: x[request, speaker, start], pairwise overlaps, plain limits, as one writes it.

Teams, languages, topics and interpreters are variables of their own beside x. It is the whole
problem: what CP-SAT proves of this model is proven of every plan.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from ortools.sat.python import cp_model

from matchmaker.scheduling.problem import Interpreting, Mode, Request, Speaker
from peers.board import Board, Talk
from peers.command import Answer, GaveUpError, Task, run, value_of
from peers.facts import Facts, Slots
from peers.limits import Limits
from peers.teams import RANKS

if TYPE_CHECKING:
    from peers.spans import Ints

Var = cp_model.IntVar


@dataclass(slots=True)
class Wish:
    """One request in the model: where it is held, by whom, in which language, with whose help."""

    number: int
    request: Request
    slots: Slots
    held: dict[int, Var] = field(default_factory=dict)
    speaks: dict[tuple[int, int], Var] = field(default_factory=dict)
    helps: dict[tuple[int, int], Var] = field(default_factory=dict)
    language: dict[str, Var] = field(default_factory=dict)


class Writer:
    """Writes the model, request by request, then the limits that join them."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.facts = Facts(task.problem)
        self.board = Board(self.facts)
        self.base = value_of(self.board)
        self.model = cp_model.CpModel()
        self.limits = Limits(self.board)
        self.wishes: list[Wish] = []
        self._points: list[tuple[Var, int]] = []

    def write(self) -> None:
        for number in range(len(self.task.problem.requests)):
            self._check_time("the requests")
            if number not in self.board.fixed:
                self._request(number)
        for variables, most in self.limits.rows(cliques=False):
            self._check_time("the limits")
            self.model.add(sum(map(self._var, variables)) <= most)
        for variables, gains in self.limits.fairness():
            self._steps(variables, gains)
        for variables, costs in self.limits.burdens():
            self._steps(variables, [-cost for cost in costs])
        self.model.maximize(
            cp_model.LinearExpr.weighted_sum(
                [var for var, _ in self._points], [points for _, points in self._points]
            )
        )

    def _check_time(self, what: str) -> None:
        if not self.task.left:
            raise GaveUpError(f"no time left while writing down {what}")

    def _var(self, index: int) -> Var:
        return self.model.get_int_var_from_proto_index(index)

    def _bool(self, points: int = 0) -> Var:
        var = self.model.new_bool_var("")
        if points:
            self._points.append((var, points))
        return var

    def _steps(self, variables: list[int], points: list[int]) -> None:
        """The points of the first, second, … of the variables; they never rise."""
        steps = [self._bool(value) for value in points]
        self.model.add(sum(map(self._var, variables)) == sum(steps))

    def _request(self, number: int) -> None:
        request = self.task.problem.requests[number]
        wish = Wish(number, request, self.facts.slots(request))
        self.wishes.append(wish)
        for mode in Mode:
            self._people(wish, mode)
        if not wish.speaks:
            return
        worth = self.facts.worth(request)
        by_slot: defaultdict[int, list[tuple[int, Var]]] = defaultdict(list)
        for (person, slot), var in wish.speaks.items():
            by_slot[slot].append((person, var))
        for slot, speakers in by_slot.items():
            self._slot(wish, slot, speakers, worth)
        self.model.add_at_most_one(wish.held.values())
        at = self._there(wish)
        self._topics(wish, at)
        self._languages(wish, at)
        extra = -self.facts.problem.weights.extra_speaker
        self._points += [(var, extra) for var in wish.speaks.values()]
        self._points += [(var, -extra) for var in wish.held.values()]

    def _people(self, wish: Wish, mode: Mode) -> None:
        """x for each speaker and start, and the like for interpreters."""
        facts, request, weights = self.facts, wish.request, self.facts.problem.weights
        at = np.flatnonzero(wish.slots.online == (mode is Mode.ONLINE))
        if not len(at):
            return
        speakers = facts.able_speakers(request, mode)
        published = facts.published.get(request.id)
        points = facts.stays(speakers, request.preferred_speakers, weights.preferred)
        points -= facts.way(speakers, request, mode)
        if published:
            points += facts.stays(speakers, published.speakers, weights.swap_speaker)
        self._presence(wish, wish.speaks, at, speakers, points)
        foreign = [language for language in request.languages if language != "de"]
        if request.interpreting is Interpreting.NEVER or not foreign:
            return
        able = [facts.able_interpreters(request, mode, language) for language in foreign]
        helpers = np.unique(np.concatenate(able))
        points = -weights.interpreter - facts.way(helpers, request, mode)
        if published:
            points += facts.stays(helpers, published.interpreters, weights.swap_interpreter)
        self._presence(wish, wish.helps, at, helpers, points)

    def _presence(
        self, wish: Wish, found: dict[tuple[int, int], Var], at: Ints, people: Ints, points: Ints
    ) -> None:
        part = wish.slots.part(at)
        free = self.facts.free(people, wish.request, part)
        dear = self.facts.disliked(people, wish.request, part)
        for row, column in np.argwhere(free).tolist():
            slot, person = int(at[column]), int(people[row])
            start, online = int(part.start[column]), bool(part.online[column])
            end = start + wish.request.minutes
            district = None if online else wish.request.district
            if self.board.fixed and not self.board.takes(person, start, end, district):
                continue
            var = self._bool(int(points[row] - dear[row, column]))
            found[person, slot] = var
            self.limits.use(var.index, wish.number, start, online=online, person=person)

    def _slot(self, wish: Wish, slot: int, speakers: list[tuple[int, Var]], worth: int) -> None:
        """Who is there makes a team that may hold it."""
        start, first = int(wish.slots.start[slot]), wish.request.topics[0]
        held = self._bool(worth + int(wish.slots.points[slot]))
        wish.held[slot] = held
        self.limits.hold(held.index, wish.number, start)
        if not self.board.welcome(wish.request, start):
            self.model.add(held == 0)
        self.model.add(sum(var for _, var in speakers) <= wish.request.max_speakers * held)
        able = [var for person, var in speakers if first in self._speaker(person).topics]
        self.model.add(sum(able) >= held)

    def _speaker(self, person: int) -> Speaker:
        return self.facts.problem.speakers[person]

    def _there(self, wish: Wish) -> dict[int, Var]:
        """For every speaker whether they are at the request, at whatever time."""
        starts: defaultdict[int, list[Var]] = defaultdict(list)
        for (person, _), var in wish.speaks.items():
            starts[person].append(var)
        at = {person: self._bool() for person in sorted(starts)}
        for person, var in at.items():
            self.model.add(sum(starts[person]) == var)
        return at

    def _topics(self, wish: Wish, at: dict[int, Var]) -> None:
        """The best level of the team counts: a bool for each level that somebody reaches."""
        factors = [rank * self.facts.problem.weights.topics for rank in RANKS]
        for topic, factor in zip(wish.request.topics, factors, strict=False):
            for level in (1, 2, 3):
                able = [
                    var
                    for person, var in at.items()
                    if self._speaker(person).topics.get(topic, 0) >= level
                ]
                self.model.add(self._bool(factor) <= sum(able))

    def _languages(self, wish: Wish, at: dict[int, Var]) -> None:
        weights, request = self.facts.problem.weights, wish.request
        by_rank = (weights.language_first, weights.language_second)
        for rank, language in enumerate(request.languages):
            points = by_rank[rank] if rank < 2 else weights.language_later
            wish.language[language] = self._bool(points + weights.no_interpreter)
        served = sum(wish.held.values())
        self.model.add(sum(wish.language.values()) == served)
        needed = self._bool(-weights.no_interpreter)
        for_whom = [
            pair
            for language, var in wish.language.items()
            for person, there in at.items()
            for pair in self._foreign(request, language, var, person, there)
        ]
        for pair in for_whom:
            self.model.add_implication(pair, needed)
        self.model.add(needed <= sum(for_whom))
        self._interpreters(wish, needed)

    def _foreign(
        self, request: Request, language: str, chosen: Var, person: int, there: Var
    ) -> list[Var]:
        """A bool for a speaker who does not speak the evening's language; none if they may not."""
        spoken = self._speaker(person).languages
        if language in spoken:
            return []
        never = request.interpreting is Interpreting.NEVER
        if never or language == "de" or "de" not in spoken:
            self.model.add(chosen + there <= 1)
            return []
        pair = self._bool()
        self.model.add(pair >= chosen + there - 1)
        self.model.add_implication(pair, chosen)
        self.model.add_implication(pair, there)
        return [pair]

    def _interpreters(self, wish: Wish, needed: Var) -> None:
        """Exactly as many as are booked, where the talk is, who have the language."""
        count = wish.request.interpreters_needed
        self.model.add(sum(wish.helps.values()) == count * needed)
        for (person, slot), var in wish.helps.items():
            if slot in wish.held:
                self.model.add_implication(var, wish.held[slot])
            else:
                self.model.add(var == 0)
            spoken = self.facts.people[person].languages
            for language, chosen in wish.language.items():
                if language not in spoken:
                    self.model.add(var + chosen <= 1)


def plan(task: Task) -> Answer:
    writer = Writer(task)
    try:
        writer.write()
    except GaveUpError as error:
        return Answer(writer.board.assignments(), info={"stopped": str(error)})
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(task.left, 0.01)
    solver.parameters.num_workers = task.threads
    solver.parameters.random_seed = task.seed
    status = solver.solve(writer.model)
    info = {"variables": len(writer.model.proto.variables), "status": solver.status_name(status)}
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(writer.board.assignments(), info=info)
    for wish in writer.wishes:
        _place(writer.board, wish, solver)
    bound = writer.base + int(np.floor(solver.best_objective_bound + 1e-6))
    return Answer(writer.board.assignments(), bound, info)


def _place(board: Board, wish: Wish, solver: cp_model.CpSolver) -> None:
    for slot, var in wish.held.items():
        if solver.boolean_value(var):
            there = [
                person
                for (person, at), present in (wish.speaks | wish.helps).items()
                if at == slot and solver.boolean_value(present)
            ]
            chosen = next(key for key, row in wish.language.items() if solver.boolean_value(row))
            start = int(wish.slots.start[slot])
            end, online = start + wish.request.minutes, bool(wish.slots.online[slot])
            board.place(Talk(wish.number, start, end, online, chosen, tuple(sorted(there))))


if __name__ == "__main__":
    run(plan)
