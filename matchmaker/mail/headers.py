"""Header lines of a mail (RFC 5322), with text beyond ASCII as encoded words (RFC 2047).

The standard library's `EmailMessage` parses every header that it is given before it writes it,
which takes longer than everything else about a mail. Ours are known to be single clean lines.
Those that mail after mail repeats, such as the sender's, are remembered.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable
from email.header import Header
from email.utils import quote
from functools import lru_cache
from itertools import groupby

LONGEST_LINE = 78
LONGEST_ENCODED = 64
"""Short enough to stand beside the name of every header (RFC 2047 allows 75)."""
_SPECIAL = re.compile(r'[][\\()<>@,:;".]')
_FOLD = "\r\n "


@lru_cache
def header(name: str, value: str) -> str:
    """The header broken at blanks, which stay; a word longer than a line stays whole."""
    line = f"{name}: {value}"
    if len(line) <= LONGEST_LINE:
        return line
    lines = textwrap.wrap(line, LONGEST_LINE - 1, break_long_words=False, break_on_hyphens=False)
    return _FOLD.join(lines)


def text(shown: str) -> str:
    """`shown`, one clean line, as the value of a header."""
    return _encoded(shown, _is_plain)


@lru_cache
def mailbox(shown: str, address: str) -> str:
    """`shown <address>`. `shown` is one clean line, `address` comes as it is sent."""
    if not shown:
        return address
    if not all(map(_is_plain, shown.split(" "))):
        phrase = _encoded(shown, lambda word: _is_plain(word) and not _SPECIAL.search(word))
    else:
        phrase = f'"{quote(shown)}"' if _SPECIAL.search(shown) else shown
    return f"{phrase} <{address}>"


def _is_plain(word: str) -> bool:
    """Whether readers take the word as it is, not as an encoded one."""
    return word.isascii() and "=?" not in word


def _encoded(text: str, stays: Callable[[str], bool]) -> str:
    """The words of `text` as they are where they may stay so, the others encoded together."""
    groups = groupby(text.split(" "), stays)
    return " ".join(" ".join(words) if plain else _encoded_words(words) for plain, words in groups)


def _encoded_words(words: Iterable[str]) -> str:
    # Breaks only between two characters; readers drop the blank between two encoded words.
    header = Header(" ".join(words), "utf-8", maxlinelen=LONGEST_ENCODED, continuation_ws=" ")
    return header.encode(linesep="")
