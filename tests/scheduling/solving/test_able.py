"""Who could take part in which request, whatever the day."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matchmaker.scheduling.problem import Interpreting, Mode, Problem, RequestMode, Weights
from matchmaker.scheduling.solving.able import able_interpreters, able_speakers, interpreted
from matchmaker.scheduling.solving.tables import tabulate
from tests.scheduling import small
from tests.scheduling.solving.choices import Fit, fits, surroundings

Pairs = dict[tuple[str, str], Fit]


def speakers(problem: Problem, *chosen: int) -> Pairs:
    around = surroundings(problem, *problem.fixed)
    rows = np.array(chosen or range(len(problem.requests)))
    return fits(around.case.tables, rows, able_speakers(around.case, around.speakers, rows))


def interpreters(problem: Problem) -> Pairs:
    around = surroundings(problem, *problem.fixed)
    rows = np.arange(len(problem.requests))
    return fits(around.case.tables, rows, able_interpreters(around.case, around.interpreters, rows))


def one_speaker(request: dict[str, Any], **fields: Any) -> Fit | None:
    """R1 and what A1 asks for; `None` if R1 is not able."""
    problem = small.problem(
        requests=(small.request(**request),), speakers=(small.speaker(**fields),), interpreters=()
    )
    return speakers(problem).get(("A1", "R1"))


def one_interpreter(request: dict[str, Any], **fields: Any) -> Fit | None:
    """S1 and what A1 asks for, Arabic if nothing else is said."""
    asked = small.request(**{"languages": ("ar",), **request})
    problem = small.problem(requests=(asked,), interpreters=(small.interpreter(**fields),))
    return interpreters(problem).get(("A1", "S1"))


def test_able_speakers_are_listed_request_by_request() -> None:
    problem = small.problem(
        requests=(
            small.request(),
            small.request("A2", topics=("T9",)),
            small.request("A3", topics=("T2", "T1"), max_speakers=2),
        ),
        speakers=(small.speaker(), small.speaker("R2", topics={"T2": 1})),
    )
    assert list(speakers(problem)) == [("A1", "R1"), ("A3", "R1"), ("A3", "R2")]
    assert list(speakers(problem, 1, 2)) == [("A3", "R1"), ("A3", "R2")]


@pytest.mark.parametrize(
    ("topics", "max_speakers", "able"),
    [
        (("T1",), 1, True),
        (("T1", "T2"), 1, True),
        (("T2", "T1"), 1, False),
        (("T2", "T1"), 2, True),
        (("T2", "T3", "T4", "T5", "T6", "T1"), 3, True),
        (("T2",), 3, False),
    ],
)
def test_a_speaker_needs_the_first_topic_alone_and_any_in_a_team(
    topics: tuple[str, ...], max_speakers: int, able: bool
) -> None:
    found = one_speaker({"topics": topics, "max_speakers": max_speakers})
    assert (found is not None) == able


@pytest.mark.parametrize(
    ("request_fields", "fields", "able"),
    [
        ({"people": 10}, {"min_people": 10}, True),
        ({"people": 9}, {"min_people": 10}, False),
        ({"excluded_speakers": ("R1",)}, {}, False),
        ({"womens_group": True}, {"womens_groups": False}, False),
        ({"womens_group": True}, {"womens_groups": True}, True),
        ({"womens_group": False}, {"womens_groups": False}, True),
        ({}, {"max_talks": 0}, False),
        ({}, {"max_talks": 1}, True),
        ({}, {"districts": ("02",)}, False),
        ({}, {"districts": ("02", "01")}, True),
        ({}, {"modes": (Mode.ONLINE,)}, False),
    ],
)
def test_a_speaker_must_fit_group_host_district_and_mode(
    request_fields: dict[str, Any], fields: dict[str, Any], able: bool
) -> None:
    assert (one_speaker(request_fields, **fields) is not None) == able


@pytest.mark.parametrize(
    ("request_fields", "fields", "able"),
    [
        ({"womens_group": True}, {"womens_groups": False}, False),
        ({}, {"max_talks": 0}, False),
        ({}, {"districts": ("02",)}, False),
        ({}, {"modes": (Mode.ONLINE,)}, False),
        ({}, {"languages": ("tr",)}, False),
        ({"interpreting": Interpreting.NEVER}, {}, False),
        ({"people": 0}, {}, True),
    ],
)
def test_an_interpreter_must_fit_language_group_district_and_mode(
    request_fields: dict[str, Any], fields: dict[str, Any], able: bool
) -> None:
    assert (one_interpreter(request_fields, **fields) is not None) == able


def test_a_standing_talk_uses_up_the_last_one_of_a_person() -> None:
    last = small.problem(
        speakers=(small.speaker(max_talks=1), small.speaker("R2", max_talks=2)),
        fixed=(small.talk("A1"), small.talk("A2", "2027-01-13T17:00", speakers=("R2",))),
        requests=(small.request(), small.request("A2"), small.request("A3")),
    )
    assert [pair for pair in speakers(last) if pair[0] == "A3"] == [("A3", "R2")]


@pytest.mark.parametrize(
    ("spoken", "interpreting", "alone", "interpreted"),
    [
        (("de",), Interpreting.IF_NEEDED, ("de",), ("ar", "tr")),
        (("de",), Interpreting.NEVER, ("de",), ()),
        (("de", "tr"), Interpreting.IF_NEEDED, ("de", "tr"), ("ar", "tr")),
        (("ar",), Interpreting.IF_NEEDED, ("ar",), ("ar",)),
        (("ar", "tr"), Interpreting.NEVER, ("ar", "tr"), ()),
    ],
)
def test_a_speaker_is_interpreted_from_german_into_the_languages_asked_for(
    spoken: tuple[str, ...],
    interpreting: Interpreting,
    alone: tuple[str, ...],
    interpreted: tuple[str, ...],
) -> None:
    asked = {"languages": ("ar", "de", "tr"), "interpreting": interpreting}
    found = one_speaker(asked, languages=spoken)
    assert found is not None
    assert found[:2] == (alone, interpreted)


@pytest.mark.parametrize(
    ("asked", "spoken", "interpreting"),
    [
        (("ar",), ("tr",), Interpreting.IF_NEEDED),
        (("ar",), ("de",), Interpreting.NEVER),
        (("de",), ("ar",), Interpreting.IF_NEEDED),
    ],
)
def test_a_speaker_without_a_way_to_be_understood_is_not_able(
    asked: tuple[str, ...], spoken: tuple[str, ...], interpreting: Interpreting
) -> None:
    assert one_speaker({"languages": asked, "interpreting": interpreting}, languages=spoken) is None


def test_helped_are_the_languages_that_need_an_interpreter() -> None:
    problem = small.problem(
        requests=(small.request(languages=("tr", "ar", "de")),),
        speakers=(small.speaker(languages=("de", "tr")),),
    )
    around = surroundings(problem)
    able = able_speakers(around.case, around.speakers, np.arange(1))
    assert (able.spoken.tolist(), able.via.tolist(), able.helped.tolist()) == ([0b101], [0b11], [2])


@pytest.mark.parametrize(
    ("asked", "interprets", "found"),
    [
        (("tr", "ar"), ("ar",), ("ar",)),
        (("tr", "ar", "de", "ru", "fr", "es"), ("es", "tr", "de"), ("tr", "es")),
        (("de", "ar"), ("ar", "de"), ("ar",)),
    ],
)
def test_an_interpreter_offers_the_languages_asked_for_and_never_german(
    asked: tuple[str, ...], interprets: tuple[str, ...], found: tuple[str, ...]
) -> None:
    fit = one_interpreter({"languages": asked}, languages=interprets)
    assert fit is not None
    assert fit[:2] == ((), found)


def test_nobody_interprets_for_requests_in_german() -> None:
    assert one_interpreter({"languages": ("de",)}, languages=("de", "ar")) is None


def test_a_request_is_interpreted_into_all_its_languages_but_german() -> None:
    problem = small.problem(
        requests=(
            small.request(languages=("ar", "de", "tr")),
            small.request("A2", languages=("ar",), interpreting=Interpreting.NEVER),
        )
    )
    assert interpreted(tabulate(problem), np.array([1, 0])).astype(int).tolist() == [
        [0, 0, 0, 0, 0, 0],
        [1, 0, 1, 0, 0, 0],
    ]


@pytest.mark.parametrize(
    ("mode", "fields", "points"),
    [
        (RequestMode.ONSITE, {}, (-20, None)),
        (RequestMode.ONLINE, {}, (None, 0)),
        (RequestMode.EITHER, {}, (-20, 0)),
        (RequestMode.EITHER, {"home": "02"}, (-45, 0)),
        (RequestMode.EITHER, {"home": "07"}, (-60, 0)),
        (RequestMode.EITHER, {"modes": (Mode.ONSITE,)}, (-20, None)),
        (RequestMode.EITHER, {"modes": (Mode.ONLINE,)}, (None, 0)),
        (RequestMode.EITHER, {"districts": ("02",)}, (None, 0)),
        (RequestMode.EITHER, {"past_talks": 3}, (-50, -30)),
    ],
)
def test_the_way_costs_on_site_and_past_talks_cost_everywhere(
    mode: RequestMode, fields: dict[str, Any], points: tuple[int | None, int | None]
) -> None:
    speaker = one_speaker({"mode": mode}, **fields)
    interpreter = one_interpreter({"mode": mode}, **fields)
    assert speaker is not None
    assert interpreter is not None
    assert (speaker[2:], interpreter[2:]) == (points, points)


def test_preferred_and_published_people_earn_their_points_at_their_own_request() -> None:
    weights = Weights(travel=0, preferred=7, swap_speaker=100, swap_interpreter=1000)
    problem = small.problem(
        weights=weights,
        speakers=(small.speaker(), small.speaker("R2"), small.speaker("R3")),
        interpreters=(small.interpreter(), small.interpreter("S2")),
        requests=(
            small.request(languages=("ar",), preferred_speakers=("R2", "R3")),
            small.request("A2", languages=("ar",), preferred_speakers=("R1",)),
        ),
        published=(
            small.talk("A1", language="ar", speakers=("R1", "R3"), interpreters=("S2",)),
            small.talk("A2", language="ar", speakers=("R2",), interpreters=("S1",)),
        ),
    )
    assert {pair: fit.onsite for pair, fit in speakers(problem).items()} == {
        ("A1", "R1"): 100,
        ("A1", "R2"): 7,
        ("A1", "R3"): 107,
        ("A2", "R1"): 7,
        ("A2", "R2"): 100,
        ("A2", "R3"): 0,
    }
    assert {pair: fit.onsite for pair, fit in interpreters(problem).items()} == {
        ("A1", "S1"): 0,
        ("A1", "S2"): 1000,
        ("A2", "S1"): 1000,
        ("A2", "S2"): 0,
    }
