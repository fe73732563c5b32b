"""JSON documents in and out of files: plain, gzipped or through the standard streams."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matchmaker.scheduling.formats.faults import Fault, FormatError
from matchmaker.scheduling.formats.readers import Repeating

STREAM = "-"
LARGEST_DOCUMENT = 512 * 2**20  # bytes, unpacked; the largest size that counts takes about 100 MB
_GZIP_MAGIC = b"\x1f\x8b"


def load_bytes(path: str | Path, largest: int = LARGEST_DOCUMENT) -> bytes:
    """The document at the path (`-` is standard input), unpacked if it is gzipped.

    Raises FormatError for a broken or oversized file and OSError for one that cannot be opened.
    """
    if str(path) == STREAM:
        data = sys.stdin.buffer.read(largest + 1)
    else:
        with Path(path).open("rb") as file:
            data = file.read(largest + 1)
    if data.startswith(_GZIP_MAGIC):
        data = _unpacked(data, largest)
    if len(data) > largest:
        raise _broken("the document is too large", f"at most {largest} bytes")
    return data


def _unpacked(data: bytes, largest: int) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            return file.read(largest + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise _broken("the gzip data is damaged or cut short", "a whole gzip file") from error


def parse_json(data: bytes) -> Any:
    """The JSON value of UTF-8 bytes (a byte order mark is passed over); raises FormatError."""
    try:
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise _broken(f"byte {error.start} is not UTF-8", "a JSON text in UTF-8") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise _broken(f"it is no JSON ({error.msg}, {place})", "a JSON text") from error
    except RecursionError as error:
        raise _broken("it is nested too deeply", "a few levels") from error
    except ValueError as error:  # Python refuses to convert integers of thousands of digits
        raise _broken("a number has too many digits", "numbers of a few digits") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    keys = [key for key, _ in pairs]
    return Repeating(pairs, frozenset(key for key in found if keys.count(key) > 1))


def _broken(wrong: str, expected: str) -> FormatError:
    return FormatError([Fault("$", wrong, expected)])


def document_text(document: Mapping[str, Any]) -> str:
    """JSON with one line for every key and for every entry of a list at the top."""
    lines = [f" {_dump(key)}: {_value_text(value)}" for key, value in document.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _value_text(value: object) -> str:
    if isinstance(value, list) and value:
        return "[\n  " + ",\n  ".join(map(_dump, value)) + "\n ]"
    return _dump(value)


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def write_document(path: str | Path, document: Mapping[str, Any]) -> None:
    """Write as JSON, gzipped if the name ends in `.gz`, to standard output for `-`.

    A file appears whole or not at all, and equal documents make equal bytes. Raises OSError.
    """
    data = document_text(document).encode()
    if str(path) == STREAM:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    if Path(path).suffix == ".gz":
        data = gzip.compress(data, mtime=0)
    if is_replaceable(path):
        _replace(Path(path).resolve(), data)
    else:
        Path(path).write_bytes(data)


def is_replaceable(path: str | Path) -> bool:
    """Whether the path is a file or nothing yet: devices and pipes can only be written to."""
    return Path(path).is_file() or not Path(path).exists()


def _replace(target: Path, data: bytes) -> None:
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
