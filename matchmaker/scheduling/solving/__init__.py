"""The solver: from a problem to the best plan that the time allows, with a proven bound.

Front to back: `case` (the problem as arrays, and what already stands) → `sides` (who can speak and
interpret where and when) → `market` and `pricing` (what each possible talk is worth) → `rows` (what
talks have to share) → `linear` and `exact` (the relaxation and the proof) → `planner` (the
proposal). Only this package imports numpy and ortools, ortools inside functions.
"""

from matchmaker.scheduling.solving.explain import explain
from matchmaker.scheduling.solving.planner import solve

__all__ = ["explain", "solve"]
