"""Links that are keys (feeds, answers, sign-ins, requests) never stand in a log line."""

from __future__ import annotations

import logging
import re

from flask import Flask

_KEY = re.compile(r"(/(?:kalender|antwort|anmelden|anfrage(?:/entwurf)?)/)[A-Za-z0-9_-]{20,}")


class WithoutKeys(logging.Filter):
    """Flask names the path of a request that failed; the token in it is left out."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        discreet = _KEY.sub(r"\1…", message)
        if discreet != message:
            record.msg, record.args = discreet, None
        return True


def install(app: Flask) -> None:
    app.logger.addFilter(WithoutKeys())
