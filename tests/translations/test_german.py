"""Every text has its German words, filled in with the same things, and none is left over."""

from __future__ import annotations

import pytest

from matchmaker.translations.compile import is_translated
from tests.translations.catalogues import Key, entries, placeholders, used


@pytest.fixture(scope="module")
def translated() -> set[Key]:
    return {key for _file, key, message in entries("de") if is_translated(message)}


def test_german_has_every_message(translated: set[Key]) -> None:
    missing = [f"{place}: {key}" for key, place in used().items() if key not in translated]
    assert not missing, "\n".join(missing)


def test_german_entries_fill_in_what_the_source_gives() -> None:
    wrong = []
    for file, key, message in entries("de"):
        given = {name for form in _forms(message.id) for name in placeholders(form)}
        asked = [placeholders(form) for form in _forms(message.string)]
        # A singular may say "one" in words; no form may ask for a name that nobody gives.
        if any(form - given for form in asked) or asked[-1] != placeholders(_forms(message.id)[-1]):
            wrong.append(f"{file}: {key} -> {message.string!r}")
    assert not wrong, "\n".join(wrong)


def test_german_has_no_entry_that_nobody_uses() -> None:
    known = used()
    obsolete = [f"{file}: {key}" for file, key, _message in entries("de") if key not in known]
    assert not obsolete, "\n".join(obsolete)


def _forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text or ""] if isinstance(text, str | None) else list(text)
