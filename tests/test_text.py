"""Strangers' texts: no control character gets through, nothing else is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.text import clean_line, clean_text, clean_typed, isolated

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

# Texts as they come from files and forms, in which surrogates and controls do occur.
anything = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    ("given_text", "line", "text"),
    [
        ("  a\tb  c ", "a b c", "a b  c"),
        ("a\r\nb\rc\nd", "a b c d", "a\nb\nc\nd"),
        (
            "a\x0bb\x0cc\x1cd\x1de\x1ef\x85g\u2028h\u2029i",
            "a b c d e f g h i",
            "a\nb\nc\nd\ne\nf\ng\nh\ni",
        ),
        ("a\x00\x07\x1b\x7f\x80b", "ab", "ab"),
        ("a\n\n\nb\n", "a b", "a\n\n\nb"),
        ("x\ud800y", "xy", "xy"),
        ("أهلاً \N{SEEDLING} ü", "أهلاً \N{SEEDLING} ü", "أهلاً \N{SEEDLING} ü"),
        ("", "", ""),
    ],
)
def test_known_texts_are_cleaned(given_text: str, line: str, text: str) -> None:
    assert (clean_line(given_text), clean_text(given_text)) == (line, text)


@given(anything)
def test_no_control_character_gets_through(given_text: str) -> None:
    line, text = clean_line(given_text), clean_text(given_text)
    assert (CONTROL.findall(line), set(CONTROL.findall(text)) - {"\n"}) == ([], set())


@given(anything)
def test_cleaning_twice_changes_nothing(given_text: str) -> None:
    line, text = clean_line(given_text), clean_text(given_text)
    assert (clean_line(line), clean_text(text)) == (line, text)


@given(st.text(alphabet=st.characters(exclude_categories=("C", "Z")), max_size=50))
def test_visible_text_is_kept(given_text: str) -> None:
    assert (clean_line(given_text), clean_text(given_text)) == (given_text, given_text)


def test_only_words_from_right_to_left_are_isolated_from_figures_beside_them() -> None:
    assert isolated("Amina Koch") == "Amina Koch"
    assert (
        isolated("أمينة Amina") == "\N{FIRST STRONG ISOLATE}أمينة Amina\N{POP DIRECTIONAL ISOLATE}"
    )


@pytest.mark.parametrize("code", [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
def test_typed_text_turns_nothing_around(code: int) -> None:
    typed = f"{chr(code)} Rana\nnetsop {chr(code)}moc.elpmaxe"
    assert clean_typed(typed) == "Rana\nnetsop moc.elpmaxe"


def test_typed_text_keeps_other_directions_and_our_own_marks_stay() -> None:
    assert clean_typed("\u200fأهلاً (a)\u200e") == "\u200fأهلاً (a)\u200e"
    assert clean_text(isolated("أهلاً")) == "\u2068أهلاً\u2069"
