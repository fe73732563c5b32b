"""One messages.mo a language, from all rooms; two rooms may not disagree."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

import pytest

from matchmaker.translations.compile import (
    TranslationConflictError,
    compile_all,
    ensure_compiled,
)

HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)
MAIL = (
    'msgid "Sent"\nmsgstr "Gesendet"\n\n'
    'msgctxt "round"\nmsgid "Sent"\nmsgstr "Versendet"\n\n'
    'msgid "%(num)s talk"\nmsgid_plural "%(num)s talks"\n'
    'msgstr[0] "%(num)s Gespräch"\nmsgstr[1] "%(num)s Gespräche"\n'
)


def write(folder: Path, name: str, body: str, locale: str = "de") -> Path:
    path = folder / locale / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(HEADER + body, encoding="utf-8")
    return path


def load(folder: Path, locale: str = "de") -> gettext.GNUTranslations:
    with (folder / locale / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def test_compile_merges_the_rooms_with_contexts_and_plurals(tmp_path: Path) -> None:
    write(tmp_path, "mail.po", MAIL)
    write(tmp_path, "host.po", 'msgid "Back"\nmsgstr "Zurück"\n')
    assert compile_all(tmp_path) == [tmp_path / "de" / "LC_MESSAGES" / "messages.mo"]
    words = load(tmp_path)
    assert (
        words.gettext("Sent"),
        words.pgettext("round", "Sent"),
        words.ngettext("%(num)s talk", "%(num)s talks", 2),
        words.gettext("Back"),
    ) == ("Gesendet", "Versendet", "%(num)s Gespräche", "Zurück")


def test_compile_refuses_two_translations_of_one_message(tmp_path: Path) -> None:
    write(tmp_path, "host.po", 'msgid "Back"\nmsgstr "Zurück"\n')
    write(tmp_path, "mail.po", 'msgid "Back"\nmsgstr "Nach hinten"\n')
    with pytest.raises(TranslationConflictError, match=r"'Back'.*host\.po.*mail\.po"):
        compile_all(tmp_path)


def test_compile_takes_the_finished_entry_over_an_empty_or_fuzzy_one(tmp_path: Path) -> None:
    write(tmp_path, "a.po", '#, fuzzy\nmsgid "Back"\nmsgstr "Rücken"\n')
    write(tmp_path, "b.po", 'msgid "Back"\nmsgstr "Zurück"\n')
    write(tmp_path, "c.po", 'msgid "Back"\nmsgstr ""\n')
    compile_all(tmp_path)
    assert load(tmp_path).gettext("Back") == "Zurück"


def test_ensure_compiled_works_only_when_a_source_is_newer(tmp_path: Path) -> None:
    source = write(tmp_path, "host.po", 'msgid "Back"\nmsgstr "Zurück"\n')
    first = ensure_compiled(tmp_path)
    second = ensure_compiled(tmp_path)
    later = first[0].stat().st_mtime_ns + 1_000_000_000
    os.utime(source, ns=(later, later))
    assert (len(first), second, ensure_compiled(tmp_path)) == (1, [], first)


def test_compile_leaves_no_scratch_file_beside_the_result(tmp_path: Path) -> None:
    write(tmp_path, "host.po", 'msgid "Back"\nmsgstr "Zurück"\n')
    compile_all(tmp_path)
    names = [path.name for path in (tmp_path / "de" / "LC_MESSAGES").iterdir()]
    assert names == ["messages.mo"]
