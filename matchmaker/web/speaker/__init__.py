"""What speakers and interpreters do for themselves; invited hosts see their talks here, too."""

from matchmaker.web.speaker import availability, calendar, calendars, contact, home, profile, talks
from matchmaker.web.speaker.room import blueprint

__all__ = [
    "availability",
    "blueprint",
    "calendar",
    "calendars",
    "contact",
    "home",
    "profile",
    "talks",
]
