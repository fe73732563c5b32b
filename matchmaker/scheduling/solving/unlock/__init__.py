"""What unlocks most: the single change by which a plan would gain most requests, most points.

`newcomers` invents people; `ground` solves the problem as it is and keeps its prices; `bounds` and
`candidates` bound what every single change could gain; `evaluate` solves one, going on from the
ground (`relaxing`), `narrow` says how much of it is needed; `ranking` solves as many as it takes.
"""

from matchmaker.scheduling.solving.unlock.ranking import unlock

__all__ = ["unlock"]
