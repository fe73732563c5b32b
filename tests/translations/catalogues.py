"""What the product says (extracted from its sources) and what the .po files answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
TRANSLATIONS = ROOT / "matchmaker" / "translations"
LAZY = {
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "lazy_npgettext": ((1, "c"), 2, 3),
}
KEYWORDS = {**DEFAULT_KEYWORDS, **LAZY}
# %(name)s and {name}; a doubled %% is a plain percent sign
PLACEHOLDER = re.compile(r"(?<!%)%(?:%%)*\((\w+)\)[#0\- +]*\d*(?:\.\d+)?[sdfri]|\{(\w+)[^}]*\}")


class Key(NamedTuple):
    """What gettext looks a message up by."""

    text: str
    context: str | None = None

    def __str__(self) -> str:
        return f"{self.text!r}" + (f" [{self.context}]" if self.context else "")


def used() -> dict[Key, str]:
    """Every message of the sources with the place where it stands first."""
    places: dict[Key, str] = {}
    for folder, method in (("matchmaker", "python"), ("templates", "jinja2")):
        found = extract_from_dir(
            ROOT / folder,
            method_map=[("**.py" if method == "python" else "**.*", method)],
            options_map={"**": {"silent": "false", "encoding": "utf-8"}},
            keywords=KEYWORDS,
        )
        for name, line, text, _comments, context in found:
            singular = text if isinstance(text, str) else text[0]
            places.setdefault(Key(singular, context), f"{folder}/{name}:{line}")
    return places


def entries(locale: str) -> Iterator[tuple[str, Key, Message]]:
    """File name, key and message of every entry of a language, comments and header left out."""
    for path in sorted((TRANSLATIONS / locale).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=locale, abort_invalid=True):
                if message.id:
                    singular = message.id if isinstance(message.id, str) else message.id[0]
                    yield path.name, Key(singular, message.context), message


def placeholders(text: str) -> set[str]:
    """The names that are filled in: {'count'} for 'We sent %(count)s mails'."""
    return {percent or brace for percent, brace in PLACEHOLDER.findall(text)}
