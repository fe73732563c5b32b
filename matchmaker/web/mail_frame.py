"""A mail's own HTML, which is shown in a frame that can do nothing."""

from __future__ import annotations

from flask import Response, make_response

# A mail brings its own styles and no scripts.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
)


def framed(html: str, *, links_open: bool = False) -> Response:
    """The answer for the frame. `links_open`: in the whole window, by a click; else nowhere."""
    policy = _POLICY
    if links_open:
        html = html.replace("<head>", '<head><base target="_top">', 1)
        policy += " allow-top-navigation-by-user-activation"
    response = make_response(html)
    response.headers["Content-Security-Policy"] = policy
    return response
