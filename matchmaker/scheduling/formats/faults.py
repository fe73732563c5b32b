"""What is wrong with a file, one line a fault."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_LONGEST_QUOTE = 60

Step = str | int  # a key of an object or an index of a list


@dataclass(frozen=True, slots=True)
class Fault:
    """`path` is a JSON path from the root `$`; `wrong` and `expected` are plain English."""

    path: str
    wrong: str
    expected: str

    def __str__(self) -> str:
        return f"{self.path}: {self.wrong}; expected {self.expected}"


class FormatError(ValueError):
    """A document that is not what it should be; `faults` holds everything found, at least one."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(report_lines(faults)))
        self.faults = tuple(faults)


def report_lines(faults: Sequence[Fault], at_most: int = 100) -> list[str]:
    """One line a fault; of many faults the first `at_most` and how many more there are."""
    lines = [str(fault) for fault in faults[:at_most]]
    if len(faults) > at_most:
        lines.append(f"and {len(faults) - at_most} more faults")
    return lines


def path_of(steps: Iterable[Step]) -> str:
    """`$.requests[3].windows[0].from`; unusual keys stand in brackets and quotes."""
    return "$" + "".join(_step_text(step) for step in steps)


def _step_text(step: Step) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN_KEY.fullmatch(step) else f"[{quoted(step)}]"


def quoted(value: object) -> str:
    """A JSON value as it can stand inside one line of text, shortened when long."""
    match value:
        case dict():
            return "an object"
        case list() | tuple():
            return "a list"
        case None | bool() | str():
            text = json.dumps(value)
        case int() if abs(value) >= 10**_LONGEST_QUOTE:
            return "a number of many digits"
        case _:
            text = str(value)
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"
