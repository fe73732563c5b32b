"""The solver: from a problem to the best plan that the time allows, with a proven bound.

Front to back: `case` (the problem as arrays, and what already stands) → `places`, `able`, `cells`
(when, who, and who when) → `block` and `market` (all that talks are put together from) → `pricing`
and `teams` (what each possible talk is worth at given prices) → `rows` (what talks have to share) →
`linear` (the relaxation), `ground`, `fill`, `mend`, `exact` (the plan and the proof) → `nearly`,
`exactly`, `search` and `planner` (the proposal). Only this package imports numpy and ortools,
ortools inside functions.
"""

from matchmaker.scheduling.solving.explain import explain
from matchmaker.scheduling.solving.planner import solve

__all__ = ["explain", "solve"]
