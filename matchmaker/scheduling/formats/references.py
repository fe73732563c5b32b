"""Ids across a problem: each one unique, each reference to one that exists.

This looks at the raw JSON and passes over whatever has the wrong type, so that it still speaks
when other parts of the document are faulty.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from matchmaker.scheduling.formats.faults import Step, quoted
from matchmaker.scheduling.formats.readers import Finding

_LISTS = ("organisations", "speakers", "interpreters", "requests")
Ids = dict[str, set[str]]


def reference_findings(tree: object) -> Iterator[Finding]:
    """Duplicate ids and references to unknown ones, wherever a problem holds ids."""
    if not isinstance(tree, dict):
        return
    known: Ids = {}
    for name in _LISTS:
        known[name] = set()
        taken = {"interpreters": known.get("speakers", set())}.get(name, set())
        yield from _unique(tree, name, "id", known[name], taken)
    for index, request in _rows(tree, "requests"):
        yield from _request_references(request, ("requests", index), known)
    for name in ("fixed", "published"):
        yield from _unique(tree, name, "request", set(), set())
        for index, assignment in _rows(tree, name):
            yield from _assignment_references(assignment, (name, index), known)


def _rows(parent: dict[str, Any], key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    rows = parent.get(key)
    if isinstance(rows, list):
        yield from ((index, row) for index, row in enumerate(rows) if isinstance(row, dict))


def _texts(parent: dict[str, Any], key: str) -> Iterator[tuple[int, str]]:
    values = parent.get(key)
    if isinstance(values, list):
        yield from ((index, text) for index, text in enumerate(values) if isinstance(text, str))


def _unique(
    tree: dict[str, Any], name: str, key: str, seen: set[str], taken: set[str]
) -> Iterator[Finding]:
    """Fill `seen` with the ids of the list; `taken` ones belong to another list."""
    for index, row in _rows(tree, name):
        id_ = row.get(key)
        if not isinstance(id_, str):
            continue
        if id_ in seen:
            yield (name, index, key), f"{quoted(id_)} is used twice", "each once"
        elif id_ in taken:
            yield (name, index, key), f"{quoted(id_)} is a speaker's id too", "an id of its own"
        seen.add(id_)


def _request_references(
    request: dict[str, Any], at: tuple[Step, ...], known: Ids
) -> Iterator[Finding]:
    yield from _reference(request, "organisation", at, known["organisations"])
    for key in ("excluded_speakers", "preferred_speakers"):
        yield from _references(request, key, at, known["speakers"])


def _assignment_references(
    assignment: dict[str, Any], at: tuple[Step, ...], known: Ids
) -> Iterator[Finding]:
    yield from _reference(assignment, "request", at, known["requests"])
    for key in ("speakers", "interpreters"):
        yield from _references(assignment, key, at, known[key])


def _reference(
    row: dict[str, Any], key: str, at: tuple[Step, ...], known: set[str]
) -> Iterator[Finding]:
    id_ = row.get(key)
    if isinstance(id_, str) and id_ not in known:
        yield (*at, key), f"{quoted(id_)} is not known", f"the id of {_noun(key)}"


def _references(
    row: dict[str, Any], key: str, at: tuple[Step, ...], known: set[str]
) -> Iterator[Finding]:
    for index, id_ in _texts(row, key):
        if id_ not in known:
            yield (*at, key, index), f"{quoted(id_)} is not known", f"the id of {_noun(key)}"


def _noun(key: str) -> str:
    noun = key.rpartition("_")[2].removesuffix("s")
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
