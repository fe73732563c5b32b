"""Days and times as browsers and people write them; the services read them the same way."""

from matchmaker.dates import read_day, read_time

__all__ = ["read_day", "read_time"]
