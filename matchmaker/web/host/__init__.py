"""The way in for associations: the form in eight steps, the status page, the own requests."""

from matchmaker.web.host import change, draft, mine, start, status
from matchmaker.web.host.room import blueprint

__all__ = ["blueprint", "change", "draft", "mine", "start", "status"]
