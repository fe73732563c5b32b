"""Text that strangers typed, made safe for formats in which a control character has a meaning."""

from __future__ import annotations

import re
import unicodedata

# Everything that some reader takes for the end of a line (str.splitlines and old mail programs).
_LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# C0, DEL, C1, and lone surrogates, which no UTF-8 file can hold.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Directions that a text may force upon what stands around it. The marks for one letter (U+200E,
# U+200F) are harmless, and people who write from right to left need them.
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")

_BYTE_ORDER = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Python knows more names, but some of them are no character sets, and some take for ever.
_CHARSET = re.compile(
    r"us-ascii|latin-?1|utf-?(8|16|16le|16be)|iso-?8859-\d+|(windows-?|cp)12\d\d|koi8-[ru]"
    r"|gb2312|gbk|gb18030|big5|euc-(jp|kr)|shift_jis|iso-2022-jp",
    re.IGNORECASE,
)


def decoded(content: bytes, charset: str = "") -> str:
    """A stranger's text: by its byte order mark, in UTF-8, as declared, or as Windows has it."""
    for mark, name in _BYTE_ORDER:
        if content.startswith(mark):
            return content.decode(name, "replace")
    known = charset if _CHARSET.fullmatch(charset) else "utf-8"
    for name in ("utf-8", known):
        try:
            return content.decode(name)
        except (LookupError, ValueError):
            continue
    return content.decode("cp1252", "replace")


def clean_typed(text: str) -> str:
    """What somebody typed, as `clean_text` leaves it, that can turn nothing around.

    Not for our own texts: `isolated` puts such marks around what stands in them.
    """
    return clean_text(_DIRECTIONS.sub("", text))


def clean_text(text: str) -> str:
    r"""Text of several lines: `\n` is the only control character left, no blank edges."""
    lines = (_CONTROLS.sub("", line.replace("\t", " ")) for line in _LINE_ENDS.split(text))
    return "\n".join(line.rstrip() for line in lines).strip()


def clean_line(text: str) -> str:
    """Text of one line: line ends and runs of white space become one space, no blank edges."""
    # Most texts hold nothing to take out; a mail asks for dozens of them.
    return " ".join((text if text.isprintable() else clean_text(text)).split())


def isolated(text: str) -> str:
    """Keeps words written from right to left from taking the neighbouring figures with them.

    Texts without such letters stay as they are, so that hardly anybody meets a mark.
    """
    if any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text):
        return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
    return text
