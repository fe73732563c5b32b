"""Keeping one interpreter away from one request, in a format that knows no such rule.

The request's language gets a name of its own (`ar~A001`), which everybody who speaks or interprets
the language has as well – except those who are kept away. Nothing else changes: rank, limits and
points stay, and the judge sees the ban as what it is, a rule. `spoken` gives the language back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

SEPARATOR = "~"
GERMAN = "de"


def spoken(tag: str) -> str:
    """The language behind a name in a problem or proposal: `ar` for `ar~A001`."""
    return tag.partition(SEPARATOR)[0]


@dataclass(frozen=True, slots=True)
class Aliases:
    """`banned` maps a request's code to the interpreters who are kept away from it."""

    banned: Mapping[str, frozenset[str]] = field(default_factory=dict)
    languages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, banned: Mapping[str, frozenset[str]], languages: Mapping[str, Iterable[str]]
    ) -> Aliases:
        """`languages` are those of each request; German is never interpreted."""
        concerned = {code: tuple(languages[code]) for code in banned if code in languages}
        return cls({code: banned[code] for code in concerned}, concerned)

    def named(self, request: str, tag: str) -> str:
        """What the language of an evening is called in the problem."""
        if request not in self.banned or tag == GERMAN or SEPARATOR in tag:
            return tag
        return f"{tag}{SEPARATOR}{request}"

    def added(self, person: str, tags: Iterable[str]) -> Iterator[str]:
        """The names that a person has on top of their languages `tags`."""
        known = set(tags)
        for request, away in self.banned.items():
            if person in away:
                continue
            for tag in self.languages[request]:
                if tag in known and self.named(request, tag) != tag:
                    yield self.named(request, tag)
