"""Which requests hold what a request would need."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matchmaker.scheduling.problem import Assignment
from matchmaker.scheduling.solving.arrays import Ints
from matchmaker.scheduling.solving.case import Case
from matchmaker.scheduling.solving.explain.cells import duty_bits, standing_bits
from matchmaker.scheduling.solving.explain.options import Options, beside
from matchmaker.scheduling.solving.load import Load, without

MOST_RIVALS = 60  # talks that are taken out one by one
MOST_TRIES = 12  # spots for which talks are taken out together


def competitors(
    case: Case, request: int, bare: Options, options: Options, alone: Options
) -> list[list[str]]:
    """Sets of requests each of which frees a place when it goes; single ones if there are any.

    `options` is what the plan leaves, `alone` what there would be without any plan.
    """
    rivals = _rivals(case, request, alone)
    single = [
        [talk.request]
        for talk in rivals[:MOST_RIVALS]
        if _frees(case, request, bare, options, talk)
    ]
    return single or _together(case, request, bare, options, alone)


def _rivals(case: Case, request: int, alone: Options) -> list[Assignment]:
    """Talks of the same host, in the same venue or with people whom the request could have."""
    tables = case.tables
    wanted = tables.problem.requests[request]
    spot, speaker = np.nonzero(alone.open())
    helpers = alone.able(0)[np.unique(spot)].any(axis=0)
    rows = np.concatenate([alone.speakers[np.unique(speaker)], alone.helpers[helpers]])
    names = {tables.people.ids[row] for row in rows.tolist()}
    return [
        talk
        for talk in case.load.talks
        if names & set(talk.people)
        or tables.problem.request[talk.request].organisation == wanted.organisation
        or (wanted.venue and tables.problem.request[talk.request].venue == wanted.venue)
    ]


def _frees(case: Case, request: int, bare: Options, options: Options, talk: Assignment) -> bool:
    """Whether taking away one talk opens a place; only its own people are looked at anew."""
    load = without(case.tables, case.load, talk)
    at = options.at
    touched = [case.tables.person_row[name] for name in talk.people]
    speakers, helpers = np.isin(options.speakers, touched), np.isin(options.helpers, touched)
    bits = at.bits | standing_bits(case, load, request, at)
    changed = options.spot_bits & ~bits
    speaker_bits = options.speaker_bits & ~changed[:, None]
    helper_bits = options.helper_bits.copy()
    speaker_bits[:, speakers] = (
        bare.speaker_bits[:, speakers]
        | bits[:, None]
        | duty_bits(case, load, at, options.speakers[speakers])
    )
    helper_bits[:, helpers] = bare.helper_bits[:, helpers] | duty_bits(
        case, load, at, options.helpers[helpers]
    )
    fresh = replace(options, speaker_bits=speaker_bits, helper_bits=helper_bits)
    return bool(fresh.open().any())


def _together(
    case: Case, request: int, bare: Options, options: Options, alone: Options
) -> list[list[str]]:
    """The smallest set found of requests that free a place when all of them go."""
    spot, speaker = np.nonzero(alone.open())
    order = np.argsort(np.bitwise_count(options.speaker_bits[spot, speaker]), kind="stable")
    best: list[str] = []
    for row in order[:MOST_TRIES].tolist():
        found = _clear(case, request, bare, int(spot[row]))
        if found and (not best or len(found) < len(best)):
            best = found
    return [best] if best else []


def _clear(case: Case, request: int, bare: Options, spot: int) -> list[str]:
    """Take away talks around one spot until it is free, then put back what need not go."""
    day = int(bare.at.day[spot]) + case.tables.days.first
    talks = sorted(_rivals(case, request, bare), key=lambda talk: abs(talk.start.toordinal() - day))
    gone: list[Assignment] = []
    load = case.load
    for talk in talks:
        gone.append(talk)
        load = without(case.tables, load, talk)
        if _open_at(case, load, request, bare, spot):
            break
    else:
        return []
    for talk in list(gone):
        fewer = [row for row in gone if row is not talk]
        if fewer and _open_at(case, _less(case, fewer), request, bare, spot):
            gone = fewer
    return sorted(talk.request for talk in gone)


def _less(case: Case, talks: list[Assignment]) -> Load:
    load = case.load
    for talk in talks:
        load = without(case.tables, load, talk)
    return load


def _open_at(case: Case, load: Load, request: int, bare: Options, spot: int) -> bool:
    only = np.array([spot], dtype=np.int64)
    return bool(beside(case, load, request, _at(bare, only)).open().any())


def _at(options: Options, rows: Ints) -> Options:
    """The options at some of their spots."""
    at = options.at
    fewer = type(at)(*(getattr(at, name)[rows] for name in at.__slots__))
    return replace(
        options,
        at=fewer,
        spot_bits=options.spot_bits[rows],
        speaker_bits=options.speaker_bits[rows],
        helper_bits=options.helper_bits[rows],
    )
