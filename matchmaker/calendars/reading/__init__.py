"""Other people's calendars in: when somebody is busy, and what could not be taken over, and why.

Nothing else of a calendar is kept: no titles, no places, no names. Knows no web and no clock.
Strangers' files belong into the limited process of `matchmaker.jobs.sandbox`.
"""
