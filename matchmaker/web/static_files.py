"""Style sheets, script and sprite: their addresses, and how they are sent.

They are packed for browsers that take them so. Pages are not: a page holds the token of its forms
beside text that others have typed, and how well both pack together would tell about the token.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import cache
from io import BytesIO
from pathlib import Path

from flask import current_app, request, send_file, url_for
from werkzeug.wrappers import Response

FOLDER = Path(__file__).parent.parent / "static"
PACKED = {path.name: path for path in FOLDER.iterdir() if path.suffix in {".css", ".js", ".svg"}}


def asset(name: str) -> str:
    """The address of a static file; it changes with the content, so browsers may keep it."""
    return url_for("static", filename=name, v=_fingerprint(name))


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:10]


def send(filename: str) -> Response:
    """A static file, packed if it is text and the browser takes gzip."""
    path = PACKED.get(filename)
    if path is None:
        return current_app.send_static_file(filename)
    if request.accept_encodings.quality("gzip") > 0:
        response = _packed(path)
    else:
        response = current_app.send_static_file(filename)
    response.vary.add("Accept-Encoding")
    return response


def _packed(path: Path) -> Response:
    response = send_file(
        BytesIO(_bytes(path)),
        mimetype=mimetypes.guess_type(path.name)[0],
        etag=f"{_fingerprint(path.name)}-gzip",
        conditional=True,
    )
    response.headers["Content-Encoding"] = "gzip"
    return response


@cache
def _bytes(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)
