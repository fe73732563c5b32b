"""What the Host header says is anybody's guess: no address of ours is made of it.

Links in mails come from MATCHMAKER_BASE_URL, and those in pages are paths, so that a probe by IP
address is answered as well.
"""

from __future__ import annotations

from typing import NoReturn
from urllib.parse import urlsplit

from flask import Flask, Request, request
from werkzeug.exceptions import BadHost
from werkzeug.routing import MapAdapter, RequestRedirect

ANY_HOST = "localhost"


class HostlessFlask(Flask):
    """A Flask that finds its way whatever host it is called by."""

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """With a host that no name server could know, the error page still has its links."""
        try:
            return super().create_url_adapter(request)
        except BadHost as refusal:
            if request is None:
                raise
            request.routing_exception = refusal
            return self.url_map.bind_to_environ({**request.environ, "HTTP_HOST": ANY_HOST})

    def raise_routing_exception(self, request: Request) -> NoReturn:
        """Tidying an address up leads to a path of ours, not to whatever host was named."""
        refusal = request.routing_exception
        if isinstance(refusal, RequestRedirect):
            tidy = urlsplit(refusal.new_url)
            # A second slash in front would name a host again.
            path = "/" + tidy.path.lstrip("/\\")
            refusal.new_url = f"{path}?{tidy.query}" if tidy.query else path
        super().raise_routing_exception(request)


def refuse_impossible() -> None:
    """Before a request, and before anything else: 400 for a host that cannot be one."""
    if isinstance(request.routing_exception, BadHost):
        raise request.routing_exception
