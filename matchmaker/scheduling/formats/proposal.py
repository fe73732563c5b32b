"""`matchmaker/proposal@1`: reading, strictly, and writing (see `docs/planning-problem.md`)."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from matchmaker.scheduling.formats.encode import encoded
from matchmaker.scheduling.formats.files import load_bytes, parse_json, write_document
from matchmaker.scheduling.formats.memory import collection_paused
from matchmaker.scheduling.formats.problem import assignment_reader
from matchmaker.scheduling.formats.readers import (
    Reader,
    Refused,
    choice,
    free_object,
    many,
    members,
    nullable,
    record,
    seconds,
    text,
    whole,
    word,
)
from matchmaker.scheduling.proposal import Proposal, RuleWarning, Score, Status, Unassigned

FORMAT = "matchmaker/proposal@1"


def read_proposal(data: bytes | Any) -> Proposal:
    """A proposal from its JSON, as bytes or already parsed; raises FormatError with every fault.

    Whether its ids exist and its figures are right is for the judge to say.
    """
    try:
        with collection_paused():
            values = _read_proposal(parse_json(data) if isinstance(data, bytes) else data)
    except Refused as refusal:
        raise refusal.error() from None
    stated = values.pop("score")
    del values["format"]
    return Proposal(stated_total=stated.pop("total"), score=Score(**stated), **values)


def load_proposal(path: str | Path) -> Proposal:
    """The proposal in a file (`-`: standard input, gzipped or not); FormatError or OSError."""
    return read_proposal(load_bytes(path))


def proposal_to_json(proposal: Proposal) -> dict[str, Any]:
    """The keys in the order of the definition; optional ones only when they say something."""
    total = proposal.score.total if proposal.stated_total is None else proposal.stated_total
    document = {
        "format": FORMAT,
        "status": proposal.status.value,
        "assignments": encoded(proposal.assignments),
        "unassigned": [_unassigned_to_json(row) for row in proposal.unassigned],
        "score": {"total": total, **encoded(proposal.score)},
        "bound": proposal.bound,
        "seconds": proposal.seconds,
        "seed": proposal.seed,
    }
    optional = {"warnings": encoded(proposal.warnings), "info": encoded(proposal.info)}
    return document | {key: value for key, value in optional.items() if value}


def _unassigned_to_json(row: Unassigned) -> dict[str, Any]:
    values: dict[str, Any] = encoded(row)
    return {key: value for key, value in values.items() if key == "request" or value}


def write_proposal(path: str | Path, proposal: Proposal) -> None:
    """Write whole or not at all, gzipped if the name says so, `-` is standard output; OSError."""
    write_document(path, proposal_to_json(proposal))


def _unassigned(value: object) -> Unassigned:
    return Unassigned(**_unassigned_members(value))


_unassigned_members = members(
    {"request": text}, {"reasons": many(text), "detail": free_object}, more=True
)
_points = whole(low=None, high=None)
_read_proposal: Reader[dict[str, Any]] = members(
    {
        "format": word(FORMAT),
        "status": choice(Status),
        "assignments": many(assignment_reader(distinct_people=False)),
        "unassigned": many(_unassigned),
        "score": members(
            dict.fromkeys(("total", *(row.name for row in fields(Score))), _points), {}
        ),
        "bound": nullable(_points),
        "seconds": seconds,
        "seed": whole(high=None),
    },
    {
        "warnings": many(record(RuleWarning, {"code": text, "request": text})),
        "info": free_object,
    },
)
