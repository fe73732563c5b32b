"""Turns the rooms' .po files into the one messages.mo a language that gettext reads.

Only Babel and the standard library: the build loads this file alone, without the package around it.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent


class TranslationConflictError(ValueError):
    """Two rooms translate the same words differently."""


def compile_all(folder: Path = FOLDER) -> list[Path]:
    """Write <locale>/LC_MESSAGES/messages.mo for every locale folder and return the files.

    Raises TranslationConflictError when two .po files disagree, and Babel's PoFileError for
    a file that cannot be read.
    """
    return [_compile(locale) for locale in _locales(folder)]


def ensure_compiled(folder: Path = FOLDER) -> list[Path]:
    """Compile what is older than its .po files; leave a read-only folder as it is."""
    stale = [locale for locale in _locales(folder) if _is_stale(locale)]
    return [_compile(locale) for locale in stale if os.access(locale, os.W_OK)]


def merge(locale: Path) -> Catalog:
    """One catalogue from all .po files of a locale folder.

    Entries that one file leaves untranslated or fuzzy are filled from another.
    """
    merged = Catalog(locale=locale.name, domain="messages", fuzzy=False)
    origin: dict[tuple[str, str | None], str] = {}
    for path in sorted(locale.glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=locale.name, abort_invalid=True)
        for message in catalogue:
            if not message.id or not is_translated(message):
                continue
            key = (message.id if isinstance(message.id, str) else message.id[0], message.context)
            known = merged.get(message.id, message.context)
            if known is not None and known.string != message.string:
                raise TranslationConflictError(
                    f"{locale.name}: {key[0]!r} is {known.string!r} in {origin[key]} "
                    f"and {message.string!r} in {path.name}"
                )
            merged[message.id] = message
            origin[key] = path.name
    return merged


def is_translated(message: Message) -> bool:
    """Whether every form of the message has words that a person has confirmed."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(forms) and not message.fuzzy


def _locales(folder: Path) -> list[Path]:
    return sorted({path.parent for path in folder.glob("*/*.po")})


def _target(locale: Path) -> Path:
    return locale / "LC_MESSAGES" / "messages.mo"


def _is_stale(locale: Path) -> bool:
    target = _target(locale)
    if not target.exists():
        return True
    newest = max(path.stat().st_mtime_ns for path in locale.glob("*.po"))
    return newest > target.stat().st_mtime_ns


def _compile(locale: Path) -> Path:
    """Replace the file in one step: another process may be reading the old one."""
    target = _target(locale)
    catalogue = merge(locale)
    target.parent.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".tmp", delete=False) as file:
        write_mo(file, catalogue)
    scratch = Path(file.name)
    scratch.chmod(0o644)
    scratch.replace(target)
    return target
