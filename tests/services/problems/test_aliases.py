from __future__ import annotations

from matchmaker.services.problems.aliases import Aliases, spoken

ALIASES = Aliases.of(
    {"A001": frozenset({"S1"}), "A009": frozenset({"S1"})},
    {"A001": ["ar", "de"], "A002": ["ar"]},
)


def test_only_requests_with_a_ban_get_names_of_their_own() -> None:
    assert ALIASES.named("A001", "ar") == "ar~A001"
    assert ALIASES.named("A002", "ar") == "ar"


def test_german_keeps_its_name_because_nobody_interprets_it() -> None:
    assert ALIASES.named("A001", "de") == "de"


def test_a_ban_for_a_request_that_is_not_planned_is_no_matter() -> None:
    assert ALIASES.named("A009", "ar") == "ar"


def test_naming_twice_is_naming_once() -> None:
    assert ALIASES.named("A001", ALIASES.named("A001", "ar")) == "ar~A001"


def test_everybody_but_the_banned_gets_the_name() -> None:
    assert list(ALIASES.added("S2", ["ar", "kmr"])) == ["ar~A001"]
    assert list(ALIASES.added("S1", ["ar", "kmr"])) == []
    assert list(ALIASES.added("R01", ["de"])) == []


def test_spoken_gives_the_language_back() -> None:
    assert [spoken(tag) for tag in ("ar~A001", "ar", "fa-AF")] == ["ar", "ar", "fa-AF"]
