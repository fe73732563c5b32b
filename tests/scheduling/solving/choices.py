"""What the solver puts talks together from, in words: who is able, who is free where and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeVar

import numpy as np

from matchmaker.scheduling.problem import Assignment, Problem
from matchmaker.scheduling.solving.able import Able
from matchmaker.scheduling.solving.arrays import Ints
from matchmaker.scheduling.solving.block import Block, Surroundings, make_block
from matchmaker.scheduling.solving.case import make_case
from matchmaker.scheduling.solving.cells import Cells, first_start
from matchmaker.scheduling.solving.daytimes import Bits
from matchmaker.scheduling.solving.tables import MODES, Tables
from matchmaker.scheduling.solving.wall import moment

Value = TypeVar("Value")


class Fit(NamedTuple):
    """What one person could do for one request; points are `None` in a mode that they decline."""

    alone: tuple[str, ...]
    interpreted: tuple[str, ...]
    onsite: int | None
    online: int | None


class Spot(NamedTuple):
    """One start of one request in one mode with whoever comes; `start` reads `01-12 16:00`."""

    request: str
    who: tuple[str, ...]
    mode: str
    start: str


def surroundings(problem: Problem, *standing: Assignment) -> Surroundings:
    """What is looked up while the given talks stand."""
    return Surroundings.of(make_case(problem, standing))


def block_of(problem: Problem, *standing: Assignment) -> Block:
    """All requests of a problem, with everything that talks of theirs are put together from."""
    return make_block(surroundings(problem, *standing), np.arange(len(problem.requests)))


def set_bits(bits: int) -> list[int]:
    return [number for number in range(64) if int(bits) >> number & 1]


def languages(tables: Tables, request: int, ranks: int) -> tuple[str, ...]:
    return tuple(tables.problem.requests[request].languages[rank] for rank in set_bits(ranks))


def fits(tables: Tables, chosen: Ints, able: Able) -> dict[tuple[str, str], Fit]:
    """Every pair (request, person), request by request as `begins` divides them."""
    found = {}
    for number, request in enumerate(chosen.tolist()):
        for row in range(able.begins[number], able.begins[number + 1]):
            assert able.request[row] == request
            alone, via = able.spoken[row], able.via[row]
            points = [
                int(able.points[row, mode]) if able.modes[row, mode] else None for mode in (0, 1)
            ]
            pair = tables.requests.ids[request], tables.people.ids[able.person[row]]
            assert pair not in found
            sets = languages(tables, request, alone), languages(tables, request, via)
            found[pair] = Fit(*sets, *points)
    assert len(found) == len(able)
    return found


def spots(problem: Problem, *standing: Assignment) -> dict[Spot, int]:
    """Where requests may lie before anybody is asked, with the points of the start."""
    block = block_of(problem, *standing)
    places = block.places
    everything = _read(block, np.arange(len(places) + 1), places.bits)
    return _once((spot, int(places.value[row])) for row, spot in everything)


def cells(problem: Problem, *standing: Assignment) -> dict[Spot, int]:
    """Everybody's free starts, with the points of the person there."""
    block = block_of(problem, *standing)
    return {**_cells(block, block.speakers), **_cells(block, block.parts.helpers)}


def crews(problem: Problem, *standing: Assignment) -> dict[Spot, tuple[int, tuple[str, ...]]]:
    """Every group of interpreters, with its points and the languages that all of them have."""
    block = block_of(problem, *standing)
    groups, tables = block.crews, block.around.case.tables
    names = [
        tuple(tables.people.ids[groups.cells.person[member]] for member in row if member >= 0)
        for row in groups.members.tolist()
    ]
    return _once(
        (
            spot._replace(who=tuple(sorted(names[row]))),
            (
                int(groups.points[row]),
                languages(tables, tables.request_row[spot.request], groups.via[row]),
            ),
        )
        for row, spot in _read(block, groups.begins, groups.bits)
    )


def starts(
    found: dict[Spot, int], who: str, request: str = "A1", mode: str = "onsite"
) -> list[str]:
    """The starts of one person, in order."""
    return sorted(
        spot.start
        for spot in found
        if (spot.request, spot.who, spot.mode) == (request, (who,), mode)
    )


def _cells(block: Block, found: Cells) -> dict[Spot, int]:
    ids = block.around.case.tables.people.ids
    return _once(
        (spot._replace(who=(ids[found.person[row]],)), int(found.points[row]))
        for row, spot in _read(block, found.begins, found.bits)
    )


def _read(block: Block, begins: Ints, bits: Bits) -> Iterator[tuple[int, Spot]]:
    """(row, spot without anybody) for every bit of every row, place by place."""
    around, places = block.around, block.places
    ids = around.case.tables.requests.ids
    assert begins[-1] == len(bits)
    for number, request in enumerate(block.chosen.tolist()):
        for place in range(places.begins[number], places.begins[number + 1]):
            assert places.request[place] == request
            mode = MODES[places.mode[place]].value
            for row in range(begins[place], begins[place + 1]):
                slots = np.array(set_bits(bits[row]))
                assert len(slots)
                where = np.full(len(slots), place)
                for begin in first_start(around.case, around.hours, places, where, slots).tolist():
                    start = f"{moment(begin):%m-%d %H:%M}"
                    yield row, Spot(ids[request], (), mode, start)


def _once(pairs: Iterator[tuple[Spot, Value]]) -> dict[Spot, Value]:
    found: dict[Spot, Value] = {}
    for spot, value in pairs:
        assert spot not in found
        found[spot] = value
    return found
