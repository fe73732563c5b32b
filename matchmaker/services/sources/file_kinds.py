"""Files that people take for their calendar: what they are, by their first bytes."""

from __future__ import annotations

from matchmaker.i18n import N_

_EXPORT = N_(
    "File: this is a PDF. Please export your calendar in your calendar program as an .ics file."
)
_PICTURE = N_(
    "File: this is a picture. Please export your calendar in your calendar program as an .ics file."
)
_ARCHIVE = N_(
    "File: this is an archive or an Office document. If it is a .zip, please unpack it and choose "
    "the .ics file in it."
)
_PAGE = N_(
    "File: this is a web page. Please export your calendar in your calendar program as an .ics "
    "file."
)

_STARTS = (
    (b"%PDF-", _EXPORT),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"PK\x03\x04", _ARCHIVE),
    (b"\xd0\xcf\x11\xe0", _ARCHIVE),
    (b"<!doctype html", _PAGE),
    (b"<html", _PAGE),
)


def other_kind(body: bytes) -> str:
    """What to say of a file that is certainly no calendar; empty for all others."""
    start = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    low = start.lower()
    return next(
        (words for mark, words in _STARTS if start.startswith(mark) or low.startswith(mark)), ""
    )
