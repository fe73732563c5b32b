"""Options after an event, from "nobody else moves" to "the least moves"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from matchmaker.scheduling.events import Cancellation, Event
from matchmaker.scheduling.problem import Assignment
from matchmaker.scheduling.repairing import Change, Option, Proof, Repair
from matchmaker.scheduling.solving.arrays import Ints, ints
from matchmaker.scheduling.solving.clock import Clock
from matchmaker.scheduling.solving.explain.alternatives import alternatives
from matchmaker.scheduling.solving.kept.kept import Kept
from matchmaker.scheduling.solving.repair.change import change
from matchmaker.scheduling.solving.repair.moves import Question, best_moves
from matchmaker.scheduling.solving.repair.ring import Wishes, newcomers
from matchmaker.scheduling.solving.repair.scene import Scene

MOST_OPTIONS = 5
AROUND = 45  # requests looked at together
NEAREST = 20  # of them, talks that are in the way themselves
MOST_MOVES = 2
LIMIT = 10.0  # seconds for all searches together; what they prove later is not waited for


def repair(kept: Kept, event: Event, most: int = MOST_OPTIONS) -> Repair:
    """At most `most` options, the last of them to strike the lost talks and do nothing else.

    Fixed talks stay as they are, but for those that the event itself makes impossible. KeyError
    for unknown ids, ValueError for a late request that has its talk already.
    """
    scene = Scene.of(kept, event)
    finder = _Finder(scene, Clock(LIMIT))
    nothing = finder.option(())
    found = finder.find(nothing, most)
    ranked = _chosen(found, max(0, most - 1))
    return Repair(
        event=event,
        lost=tuple(talk.request for talk in scene.lost),
        options=(*ranked, nothing),
        old=kept.problem,
        plan=(*kept.talks.values(),),
    )


def _chosen(found: Sequence[Option], most: int) -> list[Option]:
    """In order, but none of the best of their kind gives way to a second best."""
    ordered = sorted(found, key=_rank)
    best = {(len(row.left_out), row.moved, row.gained): row for row in reversed(ordered)}
    first = [row for row in ordered if row in best.values()]
    others = [row for row in ordered if row not in first]
    return sorted([*first, *others][:most], key=_rank)


def _rank(option: Option) -> tuple[int, int, int]:
    return len(option.left_out), len(option.moved), -option.difference.total


@dataclass(slots=True)
class _Finder:
    scene: Scene
    clock: Clock
    found: list[Option] = field(default_factory=list)
    alone: int = 0  # points of the best place of a single request while all else stays

    def find(self, nothing: Option, most: int) -> list[Option]:
        wanting = ints(sorted(self.scene.wanting))
        if len(wanting) == 1:
            self.found += self._places(int(wanting[0]), nothing, most)
        free = np.sort(np.concatenate([wanting, newcomers(self.scene)]))
        if len(free) and not (len(free) == len(wanting) == 1):
            placed = self._search(nothing, free, ints(()), 0)
            free = np.union1d(wanting, placed)
        if not len(wanting):
            return self.found
        wishes = Wishes.of(self.scene, wanting)
        for moves in range(1, MOST_MOVES + 1):
            best = min([nothing, *self.found], key=_rank)
            if moves > 1 and not best.left_out:
                break
            movable = self._wider(wishes, free, moves)
            if not len(movable):
                break
            self._search(nothing, free, movable, moves)
        return self.found

    def _wider(self, wishes: Wishes, free: Ints, moves: int) -> Ints:
        """The talks in the way; from the second move on also those in the way of these."""
        room = AROUND - len(free)
        if moves == 1:
            above = self.alone if len(self.scene.wanting) == 1 else 0
            return wishes.ring(free, min(NEAREST, room), moves=1, above=above)
        nearest = wishes.ring(free, min(NEAREST, room), moves=moves)
        if not len(nearest):
            return nearest
        known = np.concatenate([free, nearest])
        theirs = Wishes.of(self.scene, nearest)
        more = theirs.ring(known, room - len(nearest), moves=moves - 1)
        return np.sort(np.concatenate([nearest, more]))

    def _places(self, row: int, nothing: Option, most: int) -> Iterator[Option]:
        """Where the one request without a place could go while all else stays."""
        name = self.scene.after.request(row).id
        places = alternatives(self.scene.after, name, most)
        limit = nothing.difference.total
        if places:
            self.alone = max(0, places[0].change.total)
            limit += self.alone
        proof = Proof(moved=0, around=(name,), limit=limit)
        return (self.option((place.talk,), proof) for place in places if place.change.total > 0)

    def _search(self, nothing: Option, free: Ints, movable: Ints, moves: int) -> Ints:
        """Rows of the requests that have a place in the plan found, if one is better."""
        before = nothing.difference.total
        known = max([0, *(option.difference.total - before for option in self.found)])
        found = best_moves(self.clock, self.scene, Question(free, movable, moves, known))
        around = np.sort(np.concatenate([free, movable]))
        names = tuple(self.scene.after.request(row).id for row in around.tolist())
        if found.talks is not None:
            proof = Proof(moved=moves, around=names, limit=before + found.limit)
            self.found.append(self.option(found.talks, proof, movable))
        return ints(sorted(self.scene.after.row(talk.request) for talk in found.talks or ()))

    def option(
        self, talks: Sequence[Assignment], proof: Proof | None = None, movable: Ints | None = None
    ) -> Option:
        """The plan in which these talks stand for the lost ones and for all of `movable`.

        Without a proof it is the only one of its kind.
        """
        scene, kept = self.scene, self.scene.after
        rows = () if movable is None else movable.tolist()
        gone = {talk.request: talk for talk in scene.lost}
        gone |= {kept.talks[row].request: kept.talks[row] for row in rows}
        come = {talk.request: talk for talk in talks}
        same = {name for name in gone if gone[name] == come.get(name)}
        withdrawn = [scene.event.request] if isinstance(scene.event, Cancellation) else []
        changes = tuple(
            Change(request=name, before=gone.get(name), after=come.get(name))
            for name in sorted({*gone, *come} - same)
        )
        lost = {talk.request for talk in scene.lost}
        wanting = {kept.request(row).id for row in scene.wanting}
        difference = change(
            scene.before,
            kept,
            [talk for name, talk in gone.items() if name not in same],
            [talk for name, talk in come.items() if name not in same],
            withdrawn,
        )
        left_out = ({*gone} | wanting) - {*withdrawn} - {*come}
        return Option(
            changes=changes,
            moved=tuple(row.request for row in changes if row.request in {*gone} - lost),
            left_out=tuple(sorted(left_out)),
            gained=tuple(sorted({*come} - {*gone} - wanting)),
            difference=difference,
            proof=proof or Proof(moved=0, around=(), limit=difference.total),
        )
