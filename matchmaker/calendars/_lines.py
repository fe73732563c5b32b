"""Content lines of calendars that other programs wrote, read as far as they can be read.

`icalendar` refuses a whole object for one line that it does not like; here a broken line costs
nothing but itself. All patterns take time in proportion to the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_FOLD = re.compile(r"(?:\r\n|\r|\n)[ \t]")
_LINE_END = re.compile(r"\r\n|\r|\n")
_NAME = re.compile(r"[A-Za-z0-9-]{1,60}")
_VALUE = r'(?:"[^"]*"|[^";:,]*)'
_PARAMETER = re.compile(rf";\s*([A-Za-z0-9-]{{1,60}})=({_VALUE}(?:,{_VALUE})*)")
_ONE_VALUE = re.compile(_VALUE)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
MOST_PARAMETERS = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One property: name and parameter names in upper case, values as they stand there."""

    name: str
    value: str
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def parameter(self, name: str) -> str:
        """The first value of a parameter, empty without."""
        return next(iter(self.parameters.get(name, ())), "")

    @property
    def text(self) -> str:
        r"""The value of a TEXT property: `\n`, `\,`, `\;` and `\\` mean what they stand for."""
        return unescaped(self.value)


def unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def content_lines(text: str) -> Iterator[Line]:
    """Every line that has a name and a value, with folded lines put together."""
    for raw in _LINE_END.split(_FOLD.sub("", text)):
        line = _read(raw)
        if line is not None:
            yield line


def _read(raw: str) -> Line | None:
    name = _NAME.match(raw)
    if name is None:
        return None
    parameters: dict[str, tuple[str, ...]] = {}
    end = name.end()
    while (found := _PARAMETER.match(raw, end)) is not None and len(parameters) < MOST_PARAMETERS:
        # The first one counts, as in every program that we know of.
        parameters.setdefault(found[1].upper(), _values(found[2]))
        end = found.end()
    if raw[end : end + 1] != ":":
        return None
    return Line(name[0].upper(), raw[end + 1 :].strip(), parameters)


def _values(written: str) -> tuple[str, ...]:
    found, end = [], 0
    while True:
        value = _ONE_VALUE.match(written, end)
        if value is None:  # cannot be: it has just been matched
            break
        found.append(value[0].strip().strip('"').strip())
        end = value.end()
        if written[end : end + 1] != ",":
            break
        end += 1
    return tuple(found)
