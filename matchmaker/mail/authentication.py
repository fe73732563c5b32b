"""What the own mail server says of a mail's sender: Authentication-Results (RFC 8601)."""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST = 8000
"""Letters of one such header. No honest server writes that many."""

_DMARC = re.compile(r"(?:^|[;\s])dmarc\s*(?:/\s*\d+\s*)?=\s*\"?([a-z]+)", re.IGNORECASE)
# Right behind a semicolon it counts wherever it stands: a sender's address can hold a parenthesis
# or a quotation mark, and not every server writes it so that the rest can still be told apart.
_FAILED = re.compile(r";\s*dmarc\s*(?:/\s*\d+\s*)?=\s*\"?fail\b", re.IGNORECASE)
_PLAIN = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[^"\\()]+|.', re.DOTALL)
_COMMENT = re.compile(r"\\.|[^\\()]+|.", re.DOTALL)


def dmarc(values: Sequence[str], authserv: str) -> str:
    """The result in lower case, empty if there is none; a failure outweighs everything else.

    Others may have written such headers before: only those with the own server's name (`authserv`)
    count, or with the name in the topmost one. One that is too long to be read is a failure.
    """
    if any(len(value) > LONGEST for value in values):
        return "fail"
    read = [(*_identified(value), value) for value in values]
    trusted = authserv.casefold() or (read[0][0] if read else "")
    own = [(said, value) for name, said, value in read if name == trusted]
    if any(_FAILED.search(value) for _, value in own):
        return "fail"
    results = [found[1].lower() for said, _ in own for found in _DMARC.finditer(said)]
    return "fail" if "fail" in results else next(iter(results), "")


def _identified(value: str) -> tuple[str, str]:
    """The name of the server and what it found. Microsoft's servers leave their name out."""
    plain = _plain(value)
    name, _, rest = plain.partition(";")
    if "=" in name:
        return "", plain
    return (name.split() or [""])[0].strip('"').casefold(), rest


def _plain(value: str) -> str:
    """Without comments, of which one can stand in another."""
    kept, depth, at = [], 0, 0
    while found := (_COMMENT if depth else _PLAIN).match(value, at):
        at = found.end()
        if found[0] == "(":
            depth += 1
        elif found[0] == ")":
            depth = max(depth - 1, 0)
            kept.append(" ")
        elif depth == 0:
            kept.append(found[0])
    return "".join(kept)
