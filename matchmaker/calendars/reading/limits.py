"""How much of a stranger's calendar is read at all."""

MAX_BYTES = 1024 * 1024
MAX_ENTRIES = 5_000
MAX_DATES = 200
"""RDATE and EXDATE values of one entry."""
MAX_DAYS = 400
"""How far a reading reaches."""
MAX_OCCURRENCES = 5_000
MAX_VALUE = 16 * 1024
"""Characters of a property that counts; texts may be longer, they are never looked at."""
MAX_ZONES = 50
MAX_ZONE_PARTS = 100
"""STANDARD and DAYLIGHT sections of one time zone."""
SERIES_SECONDS = 0.5
"""Computing time for the occurrences of one entry."""
TOTAL_SECONDS = 2.5
"""Computing time for all occurrences; what is left then is reported and not read."""
WALL_SECONDS = 4.0
"""The same by the clock on the wall, for a machine that is busy with other things."""
