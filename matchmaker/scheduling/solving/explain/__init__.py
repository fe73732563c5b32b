"""Why a request has a place in a plan or has none, what would give it one, and where else it fits.

`options` holds all that a request could choose from, and the rules that stand against it: `alone`
before any plan, `beside` with what the plan adds. `rivals` and `clearing` name the talks that are
in the way, `remedies` what would have to change (`world` and `legal` carry each out), `worth` and
`teams` find the best places that there are.
"""

from matchmaker.scheduling.solving.explain.alternatives import (
    Alternative,
    Why,
    alternatives,
    why,
)
from matchmaker.scheduling.solving.explain.explain import explain, explain_one, reasons

__all__ = ["Alternative", "Why", "alternatives", "explain", "explain_one", "reasons", "why"]
