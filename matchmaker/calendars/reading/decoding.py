"""From a file's bytes to unfolded lines, whatever program has written them."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from matchmaker.calendars.reading.limits import MAX_BYTES
from matchmaker.calendars.reading.report import Reason

_LINE_END = re.compile(rb"\r\n|\n|\r")
_FOLD = (b" ", b"\t")


class NotACalendarError(ValueError):
    """The file is something else; the text says so in one line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One content line, unfolded; `number` is that of its first line in the file, from 1."""

    number: int
    text: str


def decoded(data: bytes) -> tuple[list[Line], list[Reason]]:
    """The content lines, and what is to be said about the file as a whole.

    Of a file too large only the beginning is read. Raises NotACalendarError.
    """
    warnings = []
    cut = len(data) > MAX_BYTES
    if cut:
        warnings.append(Reason.TOO_LARGE)
        data = data[:MAX_BYTES]
    raw = _unfolded(_as_utf8(data))
    if cut and raw:
        raw.pop()  # half a line may say something else than the whole one
    lines, strange = _texts(raw)
    if strange:
        warnings.append(Reason.ENCODING)
    if not data.strip():
        raise NotACalendarError("the file is empty")
    if not any(line.text.strip().upper() == "BEGIN:VCALENDAR" for line in lines):
        raise NotACalendarError("the file is no calendar: it has no line BEGIN:VCALENDAR")
    return lines, warnings


def _as_utf8(data: bytes) -> bytes:
    """UTF-16 is only taken for that if the file says so by its first bytes."""
    if data.startswith(codecs.BOM_UTF8):
        return data[len(codecs.BOM_UTF8) :]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data


def _unfolded(data: bytes) -> list[tuple[int, bytes]]:
    """Lines are put together as bytes: programs fold in the middle of a letter, too."""
    result: list[tuple[int, list[bytes]]] = []
    for number, line in enumerate(_LINE_END.split(data), start=1):
        if line.startswith(_FOLD) and result:
            result[-1][1].append(line[1:])
        else:
            result.append((number, [line]))
    return [(number, b"".join(pieces)) for number, pieces in result]


def _texts(raw: list[tuple[int, bytes]]) -> tuple[list[Line], bool]:
    """Every line as UTF-8, or as the Windows code page if it cannot be that."""
    lines, strange = [], False
    for number, content in raw:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            text, strange = content.decode("cp1252", "replace"), True
        lines.append(Line(number, text))
    return lines, strange
