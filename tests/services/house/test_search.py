from __future__ import annotations

import pytest

from matchmaker.services.house.search import folded, matches


@pytest.mark.parametrize(
    "spelling", ["Referent*in", "referent:in", "Referent_in", "Referent/-in", "REFERENT/in"]
)
def test_signs_for_all_genders_are_the_same(spelling: str) -> None:
    assert folded(spelling) == "referent*in"


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("kilic", "Mehmet Kılıç (Demo)"),
        ("markovic jel", "Jelena Marković"),
        ("strasse", "Vesnastraße 3"),
        ("migrant:innen", "Forum der Migrant*innen e.V."),
        ("", "anything"),
    ],
)
def test_query_finds(query: str, text: str) -> None:
    assert matches(query, text)


def test_every_word_must_be_found() -> None:
    assert not matches("rana kilic", "Rana Haddad", None)
    assert matches("rana ufer", "Rana Haddad", "Haus Zwei Ufer")
