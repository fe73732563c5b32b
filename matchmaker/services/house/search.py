"""Finding names however they are spelt: Referent*in, Referent:in, Referent_in, Referent/-in."""

from __future__ import annotations

import re
import unicodedata

_STARS = re.compile(r"/-|[*:_/]")
# Letters that no decomposition takes apart.
_PLAIN = str.maketrans({"ß": "ss", "ı": "i", "ł": "l", "ø": "o", "đ": "d"})


def folded(text: str) -> str:
    """Without case, accents and the choice of the sign in words for all genders."""
    decomposed = unicodedata.normalize("NFKD", _STARS.sub("*", text).casefold())
    kept = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(kept.translate(_PLAIN).split())


def matches(query: str, *texts: str | None) -> bool:
    """Whether every word of `query` is in one of the texts; an empty query matches everything."""
    hay = folded(" ".join(text for text in texts if text))
    return all(word in hay for word in folded(query).split())
