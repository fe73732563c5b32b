"""A client of a service on this machine that talks real HTTP.

It has as much of the interface of Flask's test client as `tests.support.pages.Browser` uses, so
that the same steps run against an application in this process and against one in its own.
"""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from werkzeug.datastructures import Headers, MultiDict

MOST_REDIRECTS = 10
TIMEOUT = 60.0
Fields = Mapping[str, Any] | None


@dataclass(frozen=True)
class Asked:
    """The request that an answer answers."""

    path: str
    method: str


@dataclass(frozen=True)
class Answer:
    request: Asked
    status_code: int
    headers: Headers
    data: bytes

    @property
    def mimetype(self) -> str:
        return str(self.headers.get("Content-Type", "")).partition(";")[0].strip()

    def get_data(self, *, as_text: bool = False) -> Any:
        return self.data.decode("utf-8") if as_text else self.data


class HttpClient:
    """Somebody's browser: keeps cookies, follows redirects within the service if asked to."""

    def __init__(self, base_url: str, patience: float = TIMEOUT) -> None:
        self.base_url, self.patience = base_url, patience
        self.cookies: dict[str, str] = {}

    def get(self, address: str, **options: Any) -> Answer:
        return self.open(address, method="GET", **options)

    def head(self, address: str, **options: Any) -> Answer:
        return self.open(address, method="HEAD", **options)

    def post(self, address: str, **options: Any) -> Answer:
        return self.open(address, method="POST", **options)

    def open(
        self,
        address: str,
        *,
        method: str = "GET",
        data: Fields = None,
        query_string: Fields = None,
        headers: Mapping[str, str] | None = None,
        follow_redirects: bool = False,
    ) -> Answer:
        """Ask for a path, or for a full address of this service."""
        target = self._path(address)
        if query_string is not None:
            # A form sent by GET replaces the query of its address, as in browsers.
            target = f"{target.partition('?')[0]}?{urlencode(_pairs(query_string))}"
        body = None if data is None else urlencode(_pairs(data)).encode()
        answer = self._ask(method, target, body, headers or {})
        for _ in range(MOST_REDIRECTS):
            if not (follow_redirects and answer.status_code in {301, 302, 303}):
                return answer
            target = self._path(urljoin(target, answer.headers["Location"]))
            answer = self._ask("GET", target, None, headers or {})
        raise AssertionError(f"{address} leads round in circles, last to {target}")

    def _path(self, address: str) -> str:
        parts, base = urlsplit(address), urlsplit(self.base_url)
        assert parts.netloc in {"", base.netloc}, f"{address} leads away from {self.base_url}"
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def _ask(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        sent = {"Accept-Language": "de", "User-Agent": "tests", **self._cookie_header()}
        if method == "POST":
            sent |= {"Origin": self.base_url, "Sec-Fetch-Site": "same-origin"}
            sent |= {"Content-Type": "application/x-www-form-urlencoded"}
            body = body or b""
        connection = http.client.HTTPConnection(
            urlsplit(self.base_url).netloc, timeout=self.patience
        )
        try:
            connection.request(method, target, body, {**sent, **headers})
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        given = Headers(response.getheaders())
        self._keep_cookies(given)
        return Answer(Asked(target.partition("?")[0], method), response.status, given, content)

    def _cookie_header(self) -> dict[str, str]:
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": pairs} if pairs else {}

    def _keep_cookies(self, headers: Headers) -> None:
        for line in headers.getlist("Set-Cookie"):
            for name, morsel in SimpleCookie(line).items():
                gone = morsel["max-age"] == "0" or not morsel.value
                self.cookies.pop(name, None)
                if not gone:
                    self.cookies[name] = morsel.value


def _pairs(fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    if isinstance(fields, MultiDict):
        return list(fields.items(multi=True))
    return list(fields.items())


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))
